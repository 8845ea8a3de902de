"""Exports of Zammad: organizations, users, tickets with articles, as its API gives them.

With names (`expand=true`) or with ids only. Internal articles become notes, and so do the lines
that its system wrote. Files are taken by their names, never fetched.
"""

from collections.abc import Iterator
from typing import IO, Any

from transfer.columns import CASE, COMPANY, ENTRY, PERSON
from transfer.reading.documents import objects_in
from transfer.reading.plain import plain_text
from transfer.reading.rows import Row, Unread

# As a new installation has them: https://docs.zammad.org, "Ticket states" and "priorities".
_STATES = {1: "new", 2: "open", 3: "pending reminder", 4: "closed", 5: "merged"}
_PRIORITIES = {1: "1 low", 2: "2 normal", 3: "3 high"}
_SENDERS = {1: "Agent", 2: "Customer", 3: "System"}
_TYPES = {1: "email", 5: "phone", 11: "web", 10: "note"}
_CHANNELS = {"email": "email", "phone": "phone", "web": "portal"}
_GONE = ("removed",)
Json = dict[str, Any]


def read_zammad(file: IO[bytes], name: str) -> Iterator[Row | Unread]:
    """Read what one file of an export holds; whatever is of no use here is passed by."""
    for found in objects_in(file, name):
        if isinstance(found, Unread):
            yield found
            continue
        called, line, data = found
        for kind, row in _rows(called, data):
            yield Row(kind, row, name, line)


def _rows(called: str, data: Json) -> Iterator[tuple[str, Json]]:
    if "organi" in called:
        yield COMPANY, _company(data)
    elif "user" in called:
        yield PERSON, _person(data)
    elif "article" in called:
        if data.get("ticket_id"):
            yield ENTRY, {"case": data["ticket_id"], **_entry(data)}
    elif "ticket" in called and _state(data) not in _GONE:
        yield CASE, _case(data)


def _company(data: Json) -> Json:
    domain = str(data.get("domain") or "").strip()
    return {
        "id": data.get("id"),
        "name": data.get("name"),
        "domains": [domain] if domain else [],
    }


def _person(data: Json) -> Json:
    name = " ".join(str(data.get(part) or "") for part in ("firstname", "lastname")).strip()
    return {
        "id": data.get("id"),
        "name": name or data.get("email") or data.get("login"),
        "email": data.get("email"),
        "role": _role(data),
        "company": data.get("organization_id") or data.get("organization"),
        "phone": data.get("phone") or data.get("mobile"),
        "is_active": bool(data.get("active", True)),
    }


def _role(data: Json) -> str:
    """Its roles by name, or by the ids of a new installation: 1 admin, 2 agent, 3 customer."""
    roles = {str(one).lower() for one in data.get("roles") or data.get("role_ids") or []}
    return "agent" if roles & {"agent", "admin", "1", "2"} else "contact"


def _case(data: Json) -> Json:
    articles = data.get("articles") or data.get("ticket_articles")
    told = articles if isinstance(articles, list) else []
    priority = data.get("priority") or _named(_PRIORITIES, data.get("priority_id"))
    kind = data.get("create_article_type") or _TYPES.get(data.get("create_article_type_id") or 0)
    return {
        "id": data.get("id"),
        "number": data.get("number"),
        "company": data.get("organization_id") or data.get("organization"),
        "contact": data.get("customer_id") or data.get("customer"),
        "subject": data.get("title") or "-",
        "status": _state(data),
        "severity": priority,
        "priority": priority,
        "type": data.get("type"),
        "channel": _CHANNELS.get(str(kind), ""),
        "owner": _owner(data),
        "tags": data.get("tags") if isinstance(data.get("tags"), list) else [],
        "opened_at": data.get("created_at"),
        "ended_at": data.get("close_at"),
        "entries": [_entry(one) for one in told if isinstance(one, dict)],
    }


def _state(data: Json) -> str:
    return str(data.get("state") or _named(_STATES, data.get("state_id")) or "open").lower()


def _named(names: dict[int, str], key: Any) -> str:
    """Name a state or priority by its id; one of an installation's own by its number."""
    return names.get(key, f"#{key}") if isinstance(key, int) else ""


def _owner(data: Json) -> Any:
    """Ticket owner 1, written "-", is nobody."""
    owner = data.get("owner_id") or data.get("owner")
    return None if owner in (1, "1", "-") else owner


def _entry(data: Json) -> Json:
    sender = data.get("sender") or _SENDERS.get(data.get("sender_id") or 0, "")
    is_note = bool(data.get("internal")) or sender == "System"
    body = str(data.get("body") or "")
    files = data.get("attachments")
    kinds = {"Customer": "customer", "Agent": "reply"}
    return {
        "at": data.get("created_at"),
        "kind": "note" if is_note else kinds.get(sender, "said"),
        "author": data.get("origin_by_id") or data.get("created_by_id") or data.get("created_by"),
        "body": plain_text(body) if "html" in str(data.get("content_type")) else body,
        "files": [
            str(one.get("filename"))
            for one in (files if isinstance(files, list) else [])
            if isinstance(one, dict) and one.get("filename")
        ],
    }
