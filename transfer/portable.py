"""What a vendor has, in the form in which another desk of this product takes it over."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import Company, Person, Site
from accounts.spreadsheet import csv_file
from accounts.tenancy import desk_now
from entitlements.models import Contract, Product
from tickets.files import GONE
from tickets.models import Case, CaseEvent, Message
from transfer.columns import CASE, COMPANY, CONTRACT, KINDS, PERSON, PRODUCT, SITE
from transfer.portable_points import points_left

Json = dict[str, Any]
_MODELS: dict[str, type[Model]] = {
    PRODUCT: Product,
    COMPANY: Company,
    SITE: Site,
    PERSON: Person,
    CONTRACT: Contract,
    CASE: Case,
}
PORTABLE = tuple(_MODELS)
_SAID = {
    Message.Kind.CUSTOMER: "customer",
    Message.Kind.REPLY: "reply",
    Message.Kind.QUESTION: "question",
    Message.Kind.SOLUTION: "solution",
    Message.Kind.REASON: "reply",
}
_TURNS = {"closed": "closed", "merged": "closed", "reopened": "reopened", "unmerged": "reopened"}


def ids_of(kind: str) -> list[int]:
    """List the keys of all rows of a kind, in order."""
    return list(_MODELS[kind]._default_manager.order_by("pk").values_list("pk", flat=True))


def portable_rows(kind: str, ids: Sequence[int]) -> Iterator[Json]:
    """Write the rows of a kind between two keys, both included, as an import reads them."""
    rows = _MODELS[kind]._default_manager.filter(pk__range=(ids[0], ids[-1])).order_by("pk")
    for row in _WRITERS[kind](rows):
        said = {name: value for name, value in row.items() if value not in ("", None)}
        yield {"kind": kind, **said}


def sheet(titles: Sequence[str], rows: Iterator[Sequence[Any]]) -> Iterator[str]:
    """Write a table for spreadsheets: no cell of it is a formula."""
    return csv_file(titles, ([_cell(value) for value in row] for row in rows))


def _cell(value: Any) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return value if isinstance(value, int) else str(value)


def _products(rows: QuerySet) -> Iterator[Json]:
    return ({"code": one.code, "name": one.name} for one in rows)


def _companies(rows: QuerySet) -> Iterator[Json]:
    for one in rows.select_related("account_manager").prefetch_related("domains"):
        manager = one.account_manager
        yield {
            "id": f"company-{one.pk}",
            "domains": [domain.domain for domain in one.domains.all()],
            "account_manager": manager.email if manager else "",
        } | _place(one)


def _sites(rows: QuerySet) -> Iterator[Json]:
    for one in rows:
        yield {"id": f"site-{one.pk}", "company": f"company-{one.company_id}"} | _place(one)


def _place(one: Any) -> Json:
    return {name: getattr(one, name) for name in ("name", "time_zone", "country", "region")}


def _people(rows: QuerySet) -> Iterator[Json]:
    same = ("name", "email", "role", "phone", "language", "time_zone", "may_file", "sees_company")
    for one in rows:
        yield {
            "id": f"person-{one.pk}",
            "company": f"company-{one.company_id}" if one.company_id else "",
            "site": f"site-{one.site_id}" if one.site_id else "",
            "is_active": one.is_active,
        } | {name: getattr(one, name) for name in same}


def _contracts(rows: QuerySet) -> Iterator[Json]:
    at = desk_now()
    for one in rows.select_related("product", "company"):
        yield {
            "id": f"contract-{one.pk}",
            "company": f"company-{one.company_id}",
            "plan": one.plan,
            "product": one.product.code if one.product else "",
            "edition": one.edition,
            "starts_on": str(one.starts_on),
            "ends_on": str(one.ends_on) if one.ends_on else "",
            "region": one.region_override,
            "reseller": one.reseller,
        } | points_left(one, at)


def _cases(rows: QuerySet) -> Iterator[Json]:
    related = ("events", "messages__author", "notes", "attachments", "case_tags__tag")
    for one in rows.select_related("product").prefetch_related(*related):
        yield {
            "id": str(one.uuid),
            "number": one.number,
            "company": f"company-{one.company_id}",
            "contact": f"person-{one.contact_id}",
            "subject": one.subject,
            "status": one.status,
            "severity": one.severity,
            "priority": one.priority,
            "type": one.case_type,
            "channel": one.channel,
            "product": one.product.code if one.product else "",
            "owner": f"person-{one.owner_id}" if one.owner_id else "",
            "tags": [tagged.tag.name for tagged in one.case_tags.all()],
            "opened_at": one.opened_at.isoformat(),
            "ended_at": _ended(one),
            "entries": list(_entries(one)),
        }


def _ended(case: Case) -> str:
    ended_at = case.closed_at or case.resolved_at
    return ended_at.isoformat() if ended_at else ""


def _entries(case: Case) -> Iterator[Json]:
    """Write a history by its words and its turns, in order."""
    words: dict[int, Any] = {one.event_id: one for one in case.messages.all()}
    words |= {one.event_id: one for one in case.notes.all()}
    files = _files(case)
    for event in sorted(case.events.all(), key=lambda event: event.seq):
        said, with_files = words.get(event.pk), files.get(event.pk, [])
        if said is not None:
            kind = _kind(said) if isinstance(said, Message) else "note"
            yield _entry(event, kind, said.author_id, said.body, with_files)
        elif with_files:
            yield _entry(event, "note", event.by_id, "", with_files)
        elif event.kind == "resolved":
            yield _entry(event, "solution", event.by_id, "", [])
        if event.kind in _TURNS:
            yield _entry(event, _TURNS[event.kind], event.by_id, "", [])


def _files(case: Case) -> dict[int, list[str]]:
    files: dict[int, list[str]] = {}
    for one in case.attachments.all():
        if one.event_id and one.state not in GONE:
            files.setdefault(one.event_id, []).append(f"files/{one.uuid.hex}/{one.name}")
    return files


def _kind(message: Message) -> str:
    if message.kind == Message.Kind.CALL:
        return "customer" if message.author.is_customer else "reply"
    return _SAID[Message.Kind(message.kind)]


def _entry(event: CaseEvent, kind: str, author: int | None, body: str, files: list[str]) -> Json:
    return {
        "at": event.occurred_at.isoformat(),
        "kind": kind,
        "author": f"person-{author}" if author else "",
        "body": body,
        "files": files,
    }


_WRITERS: dict[str, Callable[[QuerySet], Iterator[Json]]] = {
    PRODUCT: _products,
    COMPANY: _companies,
    SITE: _sites,
    PERSON: _people,
    CONTRACT: _contracts,
    CASE: _cases,
}


def _sheet_rows(kind: str) -> Callable[[], Iterator[Sequence[Any]]]:
    names = [column.name for column in KINDS[kind].columns if column.holds != "rows"]

    def rows() -> Iterator[Sequence[Any]]:
        found = _MODELS[kind]._default_manager.order_by("pk")
        for row in _WRITERS[kind](found):
            yield [row.get(name) for name in names]

    return rows


def _sheets() -> Iterator[tuple[str, list[str], Callable[[], Iterator[Sequence[Any]]]]]:
    for kind in (COMPANY, SITE, PERSON, CONTRACT):
        about = KINDS[kind]
        yield about.file, [column.name for column in about.columns], _sheet_rows(kind)
    yield "cases.csv", [*_CASE_TITLES], _case_rows


_CASE_TITLES = (
    *("id", "number", "company", "contact", "subject", "status", "severity", "priority"),
    *("type", "channel", "product", "owner", "opened_at", "ended_at"),
)


def _case_rows() -> Iterator[Sequence[Any]]:
    """Write the cases without their histories, which no cell holds."""
    columns = (
        *("uuid", "number", "company__name", "contact__name", "subject", "status", "severity"),
        *("priority", "case_type", "channel", "product__code", "owner__name", "opened_at"),
        "closed_at",
    )
    return iter(Case.objects.order_by("pk").values_list(*columns).iterator())


SHEETS = tuple(_sheets())
