"""Every operation, with a request that is right: what each role and scope may do with it."""

from dataclasses import dataclass, field
from typing import Any

from accounts import roles

CUSTOMERS, DESK = roles.CUSTOMERS, roles.DESK
BOTH = CUSTOMERS | DESK
ANSWERING = frozenset({"agent", "lead", "manager"})
SORTING = ANSWERING | {"dispatcher"}
MANAGER = frozenset({"manager"})


@dataclass(frozen=True)
class Asked:
    """A request: `{case}` and the like are filled in; `open_to` are the roles that may."""

    id: str
    method: str
    path: str
    scope: str
    open_to: frozenset[str]
    said: dict[str, Any] = field(default_factory=dict)


def read(id: str, path: str, scope: str, open_to: frozenset[str] = BOTH) -> Asked:
    return Asked(id, "GET", path, scope, open_to)


def written(id: str, path: str, scope: str, open_to: frozenset[str], **said: Any) -> Asked:
    return Asked(id, "POST", path, scope, open_to, said)


def changed(id: str, path: str, scope: str, open_to: frozenset[str], **said: Any) -> Asked:
    return Asked(id, "PATCH", path, scope, open_to, said)


CASE = "cases/{case}/"
ALL = (
    read("me", "me/", ""),
    read("cases_list", "cases/", "cases:read"),
    read("cases_read", CASE, "cases:read"),
    read("cases_timeline", f"{CASE}timeline/", "cases:read"),
    read("cases_promises", f"{CASE}promises/", "cases:read"),
    read("cases_attachments", f"{CASE}attachments/", "cases:read"),
    read("escalations_list", f"{CASE}escalations/", "cases:read"),
    read("attachments_read", "attachments/{file}/", "cases:read"),
    read("attachments_content", "attachments/{file}/content/", "cases:read"),
    read("uploads_list", "uploads/", "cases:write"),
    read("notes_list", f"{CASE}notes/", "notes:read", DESK),
    read("companies_list", "companies/", "companies:read"),
    read("companies_read", "companies/{company}/", "companies:read"),
    read("contacts_list", "contacts/", "companies:read"),
    read("contacts_read", "contacts/{contact}/", "companies:read"),
    read("contracts_list", "contracts/", "contracts:read"),
    read("contracts_read", "contracts/{contract}/", "contracts:read"),
    read("points_read", "companies/{company}/points/", "points:read"),
    read("points_statement", "companies/{company}/points/statement/", "points:read"),
    read("policy_read", "policy/", "policy:read"),
    read("policy_versions", "policy/versions/", "policy:read"),
    read("policy_version", "policy/versions/1/", "policy:read"),
    read("articles_list", "articles/", "knowledge:read"),
    read("articles_read", "articles/{article}/", "knowledge:read"),
    written("promise", "promise/", "policy:read", BOTH, contact="{contact}"),
    written(
        "cases_open", "cases/", "cases:write", BOTH, contact="{contact}", subject="A", body="B"
    ),
    written(
        "cases_reply",
        f"{CASE}replies/",
        "cases:write",
        CUSTOMERS | ANSWERING,
        body="Words.",
    ),
    written("cases_ask", f"{CASE}questions/", "cases:write", ANSWERING, question="Which?"),
    written("notes_add", f"{CASE}notes/", "notes:write", DESK, body="Words."),
    written(
        "escalations_ask",
        f"{CASE}escalations/",
        "cases:write",
        BOTH,
        situation="Bad.",
        reason="Worse.",
    ),
    changed(
        "cases_change", CASE, "cases:write", SORTING, environment="staging", has_workaround=True
    ),
    written("cases_resolve", f"{CASE}resolve/", "cases:write", ANSWERING, solution="Words."),
    written("cases_reopen", f"{CASE}reopen/", "cases:write", CUSTOMERS | ANSWERING, body="Words."),
    written("cases_close", f"{CASE}close/", "cases:write", CUSTOMERS | ANSWERING),
    written("cases_credit", f"{CASE}credit/", "points:write", frozenset({"lead", "manager"})),
    written(
        "points_sell",
        "companies/{company}/points/packs/",
        "points:write",
        frozenset({"manager", "account_manager"}),
        pack="none",
        reference="1",
        bought_on="2026-01-01",
    ),
    written("companies_add", "companies/", "companies:write", MANAGER, name="New {case}"),
    changed("companies_change", "companies/{company}/", "companies:write", MANAGER, region="x"),
    written(
        "contacts_add", "contacts/", "companies:write", MANAGER, name="New", company="{company}"
    ),
    changed("contacts_change", "contacts/{contact}/", "companies:write", MANAGER, phone="1"),
    Asked("uploads_add", "POST", "uploads/", "cases:write", BOTH),
    Asked("uploads_remove", "DELETE", "uploads/{file}/", "cases:write", BOTH),
)


def filled(value: Any, names: dict[str, Any]) -> Any:
    """Fill a path or a body in; a value that is nothing but a name keeps its kind."""
    if isinstance(value, dict):
        return {name: filled(one, names) for name, one in value.items()}
    if isinstance(value, str) and value[:1] == "{" and value[1:-1] in names:
        return names[value[1:-1]]
    return value.format(**names) if isinstance(value, str) else value
