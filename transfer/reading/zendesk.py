"""Exports of Zendesk: organizations, users, tickets with comments, as its API and export give them.

Internal comments (`public: false`) become notes. Files are taken by the names that comments give
them, never fetched.
"""

from collections.abc import Iterator
from typing import IO, Any

from transfer.columns import CASE, COMPANY, ENTRY, PERSON
from transfer.reading.documents import objects_in
from transfer.reading.plain import plain_text
from transfer.reading.rows import Row, Unread

_ROLES = {"end-user": "contact", "agent": "agent", "admin": "agent"}
_CHANNELS = {"email": "email", "voice": "phone", "phone": "phone", "web": "portal"}
_GONE = ("deleted",)
Json = dict[str, Any]


def read_zendesk(file: IO[bytes], name: str) -> Iterator[Row | Unread]:
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
    elif "comment" in called or "audit" in called:
        if data.get("ticket_id"):
            yield ENTRY, {"case": data["ticket_id"], **_entry(data, None)}
    elif "ticket" in called and data.get("status") not in _GONE:
        yield from _people_of(data)
        yield CASE, _case(data)


def _people_of(data: Json) -> Iterator[tuple[str, Json]]:
    """The full export has the people of a ticket in it."""
    for name in ("requester", "submitter", "assignee"):
        if isinstance(data.get(name), dict) and data[name].get("id"):
            yield PERSON, _person(data[name])


def _company(data: Json) -> Json:
    domains = data.get("domain_names")
    return {
        "id": data.get("id"),
        "name": data.get("name"),
        "domains": domains if isinstance(domains, list) else [],
    }


def _person(data: Json) -> Json:
    return {
        "id": data.get("id"),
        "name": data.get("name") or data.get("email"),
        "email": data.get("email"),
        "role": _ROLES.get(str(data.get("role") or "end-user"), "contact"),
        "company": data.get("organization_id"),
        "phone": data.get("phone"),
        "language": str(data.get("locale") or "")[:2].lower(),
        "is_active": bool(data.get("active", True)) and not data.get("suspended"),
    }


def _case(data: Json) -> Json:
    comments = data.get("comments")
    told = comments if isinstance(comments, list) else []
    entries = [_entry(one, data) for one in told if isinstance(one, dict)]
    status = str(data.get("status") or "open")
    via = data.get("via") if isinstance(data.get("via"), dict) else {}
    if not entries and data.get("description"):
        entries = [_described(data)]
    return {
        "id": data.get("id"),
        "number": data.get("id"),
        "company": data.get("organization_id"),
        "contact": _who(data, "requester"),
        "subject": data.get("subject") or data.get("raw_subject") or "-",
        "status": status,
        "severity": data.get("priority"),
        "priority": data.get("priority"),
        "type": data.get("type"),
        "channel": _CHANNELS.get(str((via or {}).get("channel") or ""), ""),
        "owner": _who(data, "assignee"),
        "tags": data.get("tags") if isinstance(data.get("tags"), list) else [],
        "opened_at": data.get("created_at"),
        "ended_at": data.get("updated_at") if status in ("solved", "closed") else None,
        "entries": entries,
    }


def _who(data: Json, name: str) -> Any:
    inner = data.get(name)
    return data.get(f"{name}_id") or (inner.get("id") if isinstance(inner, dict) else None)


def _described(data: Json) -> Json:
    return {
        "at": data.get("created_at"),
        "kind": "customer",
        "author": _who(data, "requester"),
        "body": data.get("description"),
    }


def _entry(data: Json, ticket: Json | None) -> Json:
    body = (
        data.get("plain_body") or plain_text(str(data.get("html_body") or "")) or data.get("body")
    )
    author = data.get("author_id")
    files = data.get("attachments")
    return {
        "at": data.get("created_at"),
        # Who of both sides wrote it is known once the author is: "said" is told apart then.
        "kind": "note" if data.get("public") is False else "said",
        "author": author,
        "body": body,
        "files": [
            str(one.get("file_name"))
            for one in (files if isinstance(files, list) else [])
            if isinstance(one, dict) and one.get("file_name")
        ],
    }
