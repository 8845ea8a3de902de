"""How rows of contracts and of cases with their entries are read."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts import roles
from sla.engine.policy import Policy
from tickets.actions.importing import CUSTOMER, KINDS, MOST_ENTRIES, NOTE, REPLY
from tickets.models import Case
from tickets.tags import TAGS_A_CASE, tag_name
from transfer.cells import Cells
from transfer.columns import CASE, COMPANY, CONTRACT, ENTRY, PERSON, PRODUCT
from transfer.files import has_file
from transfer.lookup import Found
from transfer.mapping import STATUS, mapped
from transfer.models import ImportLine
from transfer.planning import Planning, Values, reads
from transfer.reading.rows import key_of

SUBJECT_LENGTH = 200
# An entry of which only its author tells whose word it is.
SAID = "said"


@reads(CONTRACT)
def read_contract(planning: Planning, cells: Cells, line: ImportLine) -> Values:
    plan, policy = cells.text("plan"), planning.published
    if plan and policy is not None and policy.policy.plans and policy.policy.plan(plan) is None:
        cells.fault("unknown_plan", "plan", value=plan[:60])
    starts_on, ends_on = cells.day("starts_on"), cells.day("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        cells.fault("no_day", "ends_on", value=str(ends_on))
    return {
        "company": _found(planning, cells, COMPANY, "company", "no_company"),
        "points": _points(planning, cells),
        "points_end_on": cells.day("points_end_on"),
        "plan": plan,
        "product": _found(planning, cells, PRODUCT, "product", "no_product"),
        "edition": cells.text("edition"),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "region": cells.text("region"),
        "reseller": cells.text("reseller"),
    }


def _points(planning: Planning, cells: Cells) -> int | None:
    """Read what is left of the points: the policy says how long they live, and what comes anew."""
    points, ends_on = cells.amount("points_remaining"), cells.day("points_end_on")
    if points is None:
        return None
    if planning.published is None:
        cells.fault("no_policy", "points_remaining")
    if ends_on is not None and ends_on < planning.at.astimezone(planning.zone).date():
        cells.fault("points_over", "points_end_on", value=str(ends_on))
    return points


@reads(CASE)
def read_case(planning: Planning, cells: Cells, line: ImportLine) -> Values:
    published = planning.published
    if published is None:
        cells.fault("no_policy")
        return {}
    contact = _found(planning, cells, PERSON, "contact", "no_person")
    opened_at = cells.moment("opened_at")
    return {
        "nature": cells.text("id"),
        "number": cells.number("number"),
        "contact": contact,
        "company": _company(planning, cells, contact),
        "subject": _subject(cells),
        "product": _found(planning, cells, PRODUCT, "product", "no_product"),
        "owner": _owner(planning, cells),
        "tags": _tags(cells),
        "opened_at": opened_at,
        "ended_at": cells.moment("ended_at"),
        "entries": _entries(planning, cells, line),
        "reference": str(line.data.get("number") or line.data.get("id") or ""),
    } | _codes(planning, cells, published.policy)


def _codes(planning: Planning, cells: Cells, policy: Policy) -> Values:
    values: Values = {STATUS: Case.Status.OPEN}
    for name in (STATUS, "severity", "priority", "type", "channel"):
        if name in ("severity", "priority") and name not in policy.axes:
            values[name] = ""
            continue
        said = cells.text(name)
        code = mapped(name, said, planning.run.maps, policy) if said else ""
        if said and not code:
            cells.warn("not_mapped", name, value=said[:40])
        values[name] = code or values.get(name, "")
    values["channel"] = values["channel"] or _usual_channel(policy)
    return values


def _usual_channel(policy: Policy) -> str:
    codes = [channel.code for channel in policy.channels]
    known = (code for code in ("email", "portal") if code in codes)
    return next(known, codes[0] if codes else "portal")


def _subject(cells: Cells) -> str:
    return " ".join(cells.text("subject").split())[:SUBJECT_LENGTH]


def _tags(cells: Cells) -> list[str]:
    names = (tag_name(tag)[:40] for tag in cells.several("tags"))
    return list(dict.fromkeys(name for name in names if name))[:TAGS_A_CASE]


def _found(planning: Planning, cells: Cells, kind: str, column: str, missing: str) -> Found | None:
    named = cells.text(column)
    found = planning.lookup.find(kind, named) if named else None
    if named and found is None:
        cells.fault(missing, column, value=named[:60])
    return found


def _company(planning: Planning, cells: Cells, contact: Found | None) -> Found | None:
    """The company of a case is that of its contact, whatever is said beside it."""
    named = cells.text("company")
    said = planning.lookup.find(COMPANY, named) if named else None
    person = contact.row if contact else None
    if person is not None and not person.is_customer:
        cells.warn("contact_is_desk", "contact", value=cells.text("contact")[:60])
    elif said is not None and person is not None and said.row not in (None, person.company):
        cells.warn("other_company", "contact", value=cells.text("contact")[:60])
    return said


def _owner(planning: Planning, cells: Cells) -> Found | None:
    named = cells.text("owner")
    found = planning.lookup.find(PERSON, named) if named else None
    is_desk = found is not None and (found.row is None or found.row.role in roles.DESK)
    if named and not is_desk:
        cells.warn("unknown_owner", "owner", value=named[:60])
        return None
    return found


def _entries(planning: Planning, cells: Cells, line: ImportLine) -> list[Values]:
    """Read what is nested in the case, and the lines of their own that name it."""
    own = ImportLine.objects.filter(run=planning.run, kind=ENTRY, alias=line.key)
    told = [*cells.rows("entries"), *own.order_by("position").values_list("data", flat=True)]
    if len(told) > MOST_ENTRIES:
        cells.fault("too_many_entries", "entries", number=len(told), most=MOST_ENTRIES)
        return []
    return [found for data in told if (found := _entry(planning, cells, data)) is not None]


def _entry(planning: Planning, above: Cells, data: Mapping[str, Any]) -> Values | None:
    """Read one entry; what is wrong with it is told of its case."""
    cells = Cells(ENTRY, {"case": "-", **data}, planning.zone, above.at)
    kind = cells.text("kind").lower() or CUSTOMER
    if kind not in (*KINDS, SAID):
        cells.fault("unknown_kind", "kind", value=kind[:40])
    at, named = cells.moment("at"), cells.text("author")
    author = planning.lookup.find(PERSON, named) if named else None
    if named and author is None:
        cells.warn("unknown_author", "author", value=named[:60])
    found = {
        "at": at,
        "kind": kind,
        "author": author,
        "body": cells.text("body"),
        "files": _files(planning, cells),
    }
    above.faults += cells.faults
    is_empty = not found["body"] and not found["files"] and kind in (CUSTOMER, REPLY, NOTE, SAID)
    return None if at is None or is_empty else found


def _files(planning: Planning, cells: Cells) -> list[str]:
    found = []
    for name in cells.several("files"):
        if has_file(planning.bundle, planning.run.folder, name):
            found.append(name)
        else:
            cells.warn("file_not_there", "files", value=name[:60])
    return found


def aliases_of(kind: str, data: Mapping[str, Any]) -> str:
    """Give the digest of another name by which others may speak of a row; see ImportLine."""
    names = {PERSON: "email", COMPANY: "name", ENTRY: "case"}
    said = data.get(names.get(kind, ""))
    return key_of(said) if isinstance(said, str | int) and str(said).strip() else ""


def key_in(kind: str, data: Mapping[str, Any]) -> Any:
    """Give what a row is called at its source."""
    return data.get("code") if kind == PRODUCT else data.get("id")


def faults_once(faults: Iterable[Any]) -> list[Any]:
    """Leave out what was said before of the same row: an unknown author wrote a hundred entries."""
    seen, kept = set(), []
    for fault in faults:
        same = (fault.code, fault.column, str(fault.figures))
        if same not in seen:
            seen.add(same)
            kept.append(fault)
    return kept
