"""Taking over a case that was handled elsewhere, with its history: silently, and uncharged.

Nothing of it goes out, no clock of its past is judged and no step fires. What is owed on the day
of the import is promised from that moment on (decision 0028).
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection, transaction

from accounts.models import Company, Person, Site, Team
from accounts.queries import Whereabouts, first_team_of, whereabouts
from accounts.tenancy import current_tenant_id
from entitlements.gate_holdings import Holdings
from entitlements.models import Product
from sla.engine.kinds import IMPORTED
from sla.engine.parts import Facts
from sla.queries import Published, current_policy
from tickets.filing import Wish, facts_as_wished
from tickets.models import Case, CaseCounter, CaseEvent, InternalNote, Message
from tickets.questions import write_question
from tickets.timeline import Timeline, keep_endings, save_new_timeline

FIRST_TIER = 1
MOST_ENTRIES = 5_000
CUSTOMER, REPLY, QUESTION = "customer", "reply", "question"
SOLUTION, NOTE, CLOSED, REOPENED = "solution", "note", "closed", "reopened"
SAID = (CUSTOMER, REPLY, QUESTION, SOLUTION)
KINDS = (*SAID, NOTE, CLOSED, REOPENED)

_EVENTS = {
    CUSTOMER: "customer_replied",
    REPLY: "agent_replied",
    QUESTION: "question_asked",
    SOLUTION: "resolved",
    NOTE: "note_added",
    CLOSED: "closed",
    REOPENED: "reopened",
}
_MESSAGES = {
    CUSTOMER: Message.Kind.CUSTOMER,
    REPLY: Message.Kind.REPLY,
    QUESTION: Message.Kind.QUESTION,
    SOLUTION: Message.Kind.SOLUTION,
}
_ENDED = {Case.Status.RESOLVED: SOLUTION, Case.Status.CLOSED: CLOSED}

# Whoever keeps a number that is free also moves the counter behind it, for good.
KEEP_NUMBER = """
    INSERT INTO tickets_casecounter AS counter (tenant_id, last_number)
    VALUES (%(tenant)s, %(kept)s) ON CONFLICT (tenant_id) DO UPDATE
    SET last_number = greatest(counter.last_number, excluded.last_number)
"""
NEXT_NUMBER = """
    INSERT INTO tickets_casecounter AS counter (tenant_id, last_number) VALUES (%(tenant)s, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET last_number = counter.last_number + 1
    RETURNING last_number
"""


@dataclass(frozen=True)
class PastEntry:
    """One entry of a history: one of KINDS; `author` None = nobody is known. `files`: names."""

    kind: str
    at: datetime
    body: str = ""
    author: Person | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class PastCase:
    """A case as it was elsewhere. Codes of the policy in force; `status` one of Case.Status.

    `number` is kept where it is given and free. `reference` is what it was called there, `key` the
    uuid that it had in another desk of this product.
    """

    company: Company
    contact: Person
    subject: str
    status: str
    opened_at: datetime
    entries: Sequence[PastEntry]
    ended_at: datetime | None = None
    number: int | None = None
    key: uuid.UUID | None = None
    reference: str = ""
    site: Site | None = None
    product: Product | None = None
    severity: str = ""
    priority: str = ""
    case_type: str = ""
    channel: str = ""
    owner: Person | None = None
    team: Team | None = None


@dataclass
class Imported:
    """A case that was taken over, and its entries as they were saved, each with what was said."""

    case: Case
    entries: list[tuple[PastEntry, CaseEvent]] = field(default_factory=list)


@transaction.atomic
def import_case(past: PastCase, *, at: datetime, importer: Person | None = None) -> Imported:
    """Take over one case with its history. Nobody is told, nothing is charged.

    Its first entry is of `past.opened_at`, its last, "imported", of `at`; all are caused by an
    import. Locks the number counter. Raises NoPolicy.
    """
    published = current_policy(at)
    where = whereabouts(company=past.company, person=past.contact, site=past.site)
    facts = _facts(past, published, where, at)
    entries, status = settled_history(past)
    case = _new_case(past, published, facts, where, entries, status)
    timeline = Timeline(case, {published.number: published.policy}, [])
    payload = {name: value for name, value in _told(facts).items() if value is not None}
    payload |= {"policy_version": published.number, "tier": FIRST_TIER, IMPORTED: True}
    written = _add_entries(timeline, past, entries, payload, at)
    called: dict[str, object] = {"reference": past.reference} if _is_code(past.reference) else {}
    _add(timeline, IMPORTED, at, at, by=importer, payload=called)
    keep_endings(timeline)
    save_new_timeline(timeline)
    _write_words(case, written, importer)
    return Imported(case, written)


def settled_history(past: PastCase) -> tuple[list[PastEntry], str]:
    """Put a history in order, so that it ends with the status that the case has.

    What was said after an end opened it again; a case that waits for its customer has asked
    something; one that waits without a word of the desk's is with the desk.
    """
    entries = _reopened_where_said(sorted(past.entries, key=lambda entry: entry.at))
    ends = _end_of(entries)
    last_at = max([past.opened_at, *(entry.at for entry in entries)])
    ended_at = max(past.ended_at or last_at, last_at)
    if past.status in _ENDED:
        return _ended(entries, ends, past.status, ended_at), past.status
    if ends:
        entries.append(PastEntry(REOPENED, last_at))
    if past.status == Case.Status.WAITING and not ends:
        asked = _last_word_as(entries, QUESTION)
        if asked is not None:
            return asked, past.status
    return _answered(entries), Case.Status.OPEN


def _ended(entries: list[PastEntry], ends: str, status: str, ended_at: datetime) -> list[PastEntry]:
    if ends == status:
        return entries
    if status == Case.Status.RESOLVED:
        if ends:  # closed, and told of as solved: open again, and solved
            entries = [*entries, PastEntry(REOPENED, ended_at)]
        solved = None if ends else _last_word_as(entries, SOLUTION)
        return solved or [*entries, PastEntry(SOLUTION, ended_at)]
    return [*entries, PastEntry(CLOSED, ended_at)]


def _last_word_as(entries: list[PastEntry], kind: str) -> list[PastEntry] | None:
    """Give the history with the desk's last word as one of another kind; None without one."""
    for place in range(len(entries) - 1, -1, -1):
        entry = entries[place]
        if entry.kind == CUSTOMER:
            return None
        if entry.kind in (REPLY, QUESTION) and (place or kind == SOLUTION):
            return [*entries[:place], replace(entry, kind=kind), *entries[place + 1 :]]
    return None


def _answered(entries: list[PastEntry]) -> list[PastEntry]:
    """Tell a question after which the customer said nothing as a reply: nobody waits for it."""
    last = max((n for n, one in enumerate(entries) if one.kind == CUSTOMER), default=-1)
    return [
        replace(one, kind=REPLY) if one.kind == QUESTION and place > last else one
        for place, one in enumerate(entries)
    ]


def _reopened_where_said(entries: Iterable[PastEntry]) -> list[PastEntry]:
    found: list[PastEntry] = []
    is_over = False
    for entry in entries:
        if entry.kind == REOPENED and not is_over:
            continue
        if is_over and entry.kind in (CUSTOMER, QUESTION, SOLUTION):
            found.append(PastEntry(REOPENED, entry.at))
            is_over = False
        found.append(entry)
        is_over = entry.kind in (SOLUTION, CLOSED) or (is_over and entry.kind != REOPENED)
    return found


def _end_of(entries: Iterable[PastEntry]) -> str:
    """Tell how a history ends: Case.Status.RESOLVED, CLOSED, or "" where it is open."""
    ends = ""
    for entry in entries:
        if entry.kind in (SOLUTION, CLOSED):
            ends = Case.Status.RESOLVED if entry.kind == SOLUTION else Case.Status.CLOSED
        elif entry.kind == REOPENED:
            ends = ""
    return ends


def _facts(past: PastCase, published: Published, where: Whereabouts, at: datetime) -> Facts:
    """Say by what the policy judges it: the contract of its first day, else that of today."""
    holdings = Holdings(past.company)
    days = (where.date_at(past.opened_at), where.date_at(at))
    found = ((holdings.contract_of(past.product, day), day) for day in days)
    contract, day = next((one for one in found if one[0] is not None), (None, days[1]))
    plan = holdings.plan_in_force(contract, published.policy, day)
    wish = Wish(
        company=past.company,
        contact=past.contact,
        channel=past.channel,
        site=past.site,
        product=past.product,
        case_type=past.case_type or None,
        severity=past.severity or None,
        priority=past.priority or None,
    )
    edition = (contract.edition if contract else "") or None
    facts = facts_as_wished(wish, published.policy, where, contract, plan.plan, edition)
    return published.policy.settle(facts)


def _told(facts: Facts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def _new_case(
    past: PastCase,
    published: Published,
    facts: Facts,
    where: Whereabouts,
    entries: Sequence[PastEntry],
    status: str,
) -> Case:
    opened_at = min([past.opened_at, *(entry.at for entry in entries)]).replace(microsecond=0)
    said = [entry.at for entry in entries if entry.kind != NOTE]
    is_open = status in (Case.Status.OPEN, Case.Status.WAITING)
    owner = past.owner if past.owner and (past.owner.is_active or not is_open) else None
    return Case(
        tenant_id=current_tenant_id(),
        number=_number(past.number),
        uuid=past.key or uuid.uuid4(),
        company=past.company,
        site=past.site or past.contact.site,
        contact=past.contact,
        product=past.product,
        subject=past.subject,
        status=status,
        plan=facts.plan or "",
        channel=facts.channel or "",
        time_zone=where.time_zone,
        policy_version_id=published.id,
        owner=owner,
        team=past.team or first_team_of(FIRST_TIER),
        opened_at=opened_at,
        last_public_at=max([opened_at, *said]),
        last_event_at=opened_at,
    )


def keep_numbers(number: int) -> None:
    """Let new cases have numbers behind this one, for good. Locks the number counter."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP_NUMBER, {"tenant": current_tenant_id(), "kept": number})


def _number(wanted: int | None) -> int:
    """Give the number that is wanted where it is free, else the next one.

    The counter is behind it before anybody looks: else a case that is filed meanwhile has it. An
    import moves it once for all, so that its parts hold up neither each other nor the customers.
    """
    if wanted is not None:
        if not CaseCounter.objects.filter(last_number__gte=wanted).exists():
            keep_numbers(wanted)
        if not Case.objects.filter(number=wanted).exists():
            return wanted
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, {"tenant": current_tenant_id()})
        return cursor.fetchone()[0]


def _add_entries(
    timeline: Timeline,
    past: PastCase,
    entries: list[PastEntry],
    payload: dict[str, object],
    at: datetime,
) -> list[tuple[PastEntry, CaseEvent]]:
    """Add the entries; the first words, if any were said, go with the opening."""
    opened_at = timeline.case.opened_at
    first = entries[0] if entries and entries[0].kind in (CUSTOMER, REPLY) else None
    author = first.author if first else past.contact
    opening = _add(timeline, "case_opened", opened_at, at, by=author, payload=payload)
    written = [(first, opening)] if first else []
    for entry in entries[1:] if first else entries:
        is_note = entry.kind == NOTE
        audience = CaseEvent.Audience.DESK if is_note else CaseEvent.Audience.PUBLIC
        event = _add(
            timeline, _EVENTS[entry.kind], entry.at, at, by=entry.author, audience=audience
        )
        written.append((entry, event))
    return written


def _add(
    timeline: Timeline,
    kind: str,
    occurred_at: datetime,
    at: datetime,
    *,
    by: Person | None,
    payload: dict[str, object] | None = None,
    audience: str = CaseEvent.Audience.PUBLIC,
) -> CaseEvent:
    return timeline.add(
        kind,
        at=at,
        by=by,
        occurred_at=occurred_at,
        payload=payload,
        audience=audience,
        caused_by=CaseEvent.Cause.IMPORT,
    )


def _write_words(
    case: Case, written: Sequence[tuple[PastEntry, CaseEvent]], importer: Person | None
) -> None:
    messages, notes = [], []
    for entry, event in written:
        author = entry.author or importer or case.contact
        said = {"tenant_id": case.tenant_id, "case": case, "event": event, "body": entry.body}
        said |= {"author": author, "written_at": event.occurred_at}
        if not entry.body:
            continue
        if entry.kind == NOTE:
            notes.append(InternalNote(**said))
        elif entry.kind in _MESSAGES:
            messages.append(Message(kind=_MESSAGES[entry.kind], **said))
    Message.objects.bulk_create(messages)
    InternalNote.objects.bulk_create(notes)
    _ask_again(case, written, importer)


def _ask_again(
    case: Case, written: Sequence[tuple[PastEntry, CaseEvent]], importer: Person | None
) -> None:
    """Keep the question for which a case waits, as asking it here would have done."""
    if case.status != Case.Status.WAITING:
        return
    asked = [(entry, event) for entry, event in written if entry.kind == QUESTION]
    entry, event = asked[-1]
    by = entry.author or importer
    if by is not None:
        write_question(event, items=(), why="", by=by)


def _is_code(text: str) -> bool:
    """Tell whether a text is an id rather than words: nothing else may stand in a payload."""
    return 0 < len(text) <= 60 and all(one.isalnum() or one in "-_#./:" for one in text)
