"""What the portal's pages show, prepared for the templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import NotFound
from accounts.models import Person
from portal.asked import Asked, asked_of, asking_of
from portal.entries import TITLES, Details
from portal.promises import FIRST_RESPONSE, Told, situation_of
from sla.engine.clock import CaseState
from sla.engine.ladder import marks
from sla.engine.pageparts import Phone
from sla.engine.policy import Policy
from tickets.history import Entry, entry_title, history, reasons_of
from tickets.life_reading import life_names
from tickets.models import Case, CaseEvent, CaseQuestion, Message, SplitProposal
from tickets.queries import visible_cases
from tickets.questions import open_questions
from tickets.rating import Asked as Rated
from tickets.rating import asked_about
from tickets.reading import ClockView, Receipt, Telling, clock_views, effective_dates, receipt_for
from tickets.reopening import reopen_until
from tickets.timeline import Timeline, load_timeline, load_timelines

CASES_ON_HOME = 5

FILTERS = {
    "open": (Case.Status.OPEN, Case.Status.WAITING, Case.Status.RESOLVED),
    "waiting": (Case.Status.WAITING, Case.Status.RESOLVED),
    "closed": (Case.Status.CLOSED,),
    "all": tuple(Case.Status),
}
FILTER_NAMES = {
    "open": gettext_lazy("Open"),
    "waiting": gettext_lazy("Waiting for you"),
    "closed": gettext_lazy("Closed"),
    "all": gettext_lazy("All"),
}


@dataclass(frozen=True)
class Row:
    """A case in a list, and where it stands."""

    case: Case
    situation: Told


@dataclass(frozen=True)
class Home:
    """What awaits a customer: what is asked of them, support's turn, and what was closed lately.

    `closed` has with each case what is asked about its end. `company_open` counts the open cases of
    the company for whoever may read them all, else it is 0.
    """

    asked: list[Asked]
    with_support: list[Row]
    closed: list[tuple[Case, Rated | None]]
    company_open: int


@dataclass(frozen=True)
class Line:
    """One entry of the history as the customer reads it."""

    event: CaseEvent
    title: str
    who: str
    body: str
    detail: str
    is_mine: bool
    is_open_question: bool
    message: Message | None = None


@dataclass(frozen=True)
class Promised:
    """A promise on a case, and why it is due when it is."""

    view: ClockView
    receipt: Receipt


@dataclass(frozen=True)
class CasePage:
    """Everything on the page of a case."""

    case: Case
    policy: Policy
    timeline: Timeline
    state: CaseState
    zone: str
    situation: Told
    questions: list[CaseQuestion]
    lines: list[Line]
    promised: list[Promised]
    facts: list[tuple[str, str]]
    phones: tuple[Phone, ...]
    climbs: bool
    awaits_first_response: bool
    may_reopen: bool
    reopen_until: datetime | None

    @property
    def seen(self) -> int:
        """Give the number of the last entry on the page."""
        return self.lines[-1].event.seq

    @property
    def open_promises(self) -> list[Promised]:
        return [promised for promised in self.promised if promised.view.clock.is_open]

    @property
    def ended_promises(self) -> list[Promised]:
        return [promised for promised in self.promised if not promised.view.clock.is_open]


def split_waits() -> Q:
    """Choose cases for which a case of their own is proposed that waits for the customer."""
    waiting = SplitProposal.State.WAITING
    return Q(Exists(SplitProposal.objects.filter(case=OuterRef("pk"), state=waiting)))


def home(person: Person, at: datetime) -> Home:
    """Sort a person's own cases by whose turn it is, in a fixed number of queries.

    What support owes soonest comes first, and so what is late before all; elsewhere the newest.
    """
    own = own_cases(person)
    soonest = (F("next_due_at").asc(nulls_last=True), "-number")
    unasked = own.filter(status=Case.Status.OPEN).exclude(split_waits())
    with_support = list(unasked.order_by(*soonest)[:CASES_ON_HOME])
    ended = own.filter(status=Case.Status.CLOSED).order_by("-closed_at", "-number")
    closed = list(ended[:CASES_ON_HOME])
    about = asked_about(closed)
    asking = asking_of(person, at)
    # Read together; a case is in one of the two.
    timelines = {line.case.pk: line for line in load_timelines([*asking.waiting, *with_support])}
    return Home(
        asked=asked_of(person, at, asking, timelines),
        with_support=_told_rows([timelines[case.pk] for case in with_support], at),
        closed=[(case, _still_asked(about.get(case.pk), at)) for case in closed],
        company_open=_company_open(person),
    )


def _still_asked(asked: Rated | None, at: datetime) -> Rated | None:
    """Leave out what was not answered in time."""
    is_over = asked is not None and asked.rating is None and not asked.is_open(at)
    return None if is_over else asked


def newest_case_of(person: Person) -> Case | None:
    """Find the case that a person filed last."""
    return own_cases(person).order_by("-number").first()


def case_page(case: Case, person: Person, at: datetime) -> CasePage:
    """Prepare the page of a case that `person` may see; moments are on the case's own clock."""
    timeline = load_timeline(case)
    state = timeline.state()
    situation = situation_of(case, state, at)
    entries = history(case, person)
    questions = _open_questions(case, entries)
    asked = {question.event_id for question in questions}
    until = reopen_until(case, state.policy)
    named = life_names(entry.event for entry in entries)
    details = Details(state, case.time_zone, person, named)
    return CasePage(
        case=case,
        policy=state.policy,
        timeline=timeline,
        state=state,
        zone=case.time_zone,
        situation=situation,
        questions=questions,
        lines=[_line(entry, entry.event.pk in asked, person, details) for entry in entries],
        promised=_promised(timeline, state, at, reasons_of(entries)),
        facts=_facts(case, state),
        phones=state.policy.phones_for(state.facts.region),
        climbs=any(mark.step.action == "hand_over" for mark in marks(state)),
        awaits_first_response=any(clock.kind == FIRST_RESPONSE for clock in state.open_clocks),
        may_reopen=_may_reopen(case, until, at),
        reopen_until=until,
    )


def _may_reopen(case: Case, until: datetime | None, at: datetime) -> bool:
    has_ended = not case.is_open and case.merged_into_id is None
    return has_ended and (until is None or at < until)


def promised_on(case: Case, person: Person, key: str, at: datetime) -> Promised:
    """Find one promise on a case by the key of its clock. Raises NotFound.

    The desk's own aims are not there for a customer.
    """
    timeline = load_timeline(case)
    reasons = reasons_of(history(case, person))
    promises = _promised(timeline, timeline.state(), at, reasons)
    found = next((promised for promised in promises if promised.view.key == key), None)
    if found is None:
        raise NotFound
    return found


def _company_open(person: Person) -> int:
    if not person.may("read_company_cases"):
        return 0
    return visible_cases(person).filter(status__in=FILTERS["open"]).count()


def own_cases(person: Person) -> QuerySet[Case]:
    """Select the cases of a person's own that they may see, what was said on last first."""
    cases = visible_cases(person).filter(contact=person)
    return cases.order_by("-last_public_at", "-number")


def in_view(view: str) -> Q:
    """Choose the cases of a view: a case of its own that is proposed waits for the customer."""
    chosen = Q(status__in=FILTERS[view])
    return chosen | (Q(status=Case.Status.OPEN) & split_waits()) if view == "waiting" else chosen


def rows_of(cases: list[Case], at: datetime) -> list[Row]:
    """Say where cases stand; statements do not grow with them."""
    return _told_rows(load_timelines(cases), at)


def _told_rows(timelines: list[Timeline], at: datetime) -> list[Row]:
    cases = [timeline.case.pk for timeline in timelines]
    found = SplitProposal.objects.filter(case__in=cases, state=SplitProposal.State.WAITING)
    asked = set(found.values_list("case", flat=True))
    return [
        Row(case := timeline.case, _stands(case, timeline, at, is_asked=case.pk in asked))
        for timeline in timelines
    ]


def _stands(case: Case, timeline: Timeline, at: datetime, *, is_asked: bool) -> Told:
    situation = situation_of(case, timeline.state(), at)
    is_asked = is_asked and case.status == Case.Status.OPEN and situation.kind != "late"
    return Told("split_proposed") if is_asked else situation


def _open_questions(case: Case, entries: Iterable[Entry]) -> list[CaseQuestion]:
    """List what the case waits for, oldest first; each has the words of its entry as `said`."""
    if case.status != Case.Status.WAITING:
        return []
    words = {entry.event.pk: entry.message.body for entry in entries if entry.message}
    questions = open_questions(case)
    for question in questions:
        question.said = words.get(question.event_id, "")
    return questions


def _line(entry: Entry, is_open_question: bool, person: Person, details: "Details") -> Line:
    author = entry.message.author if entry.message else entry.event.by
    return Line(
        event=entry.event,
        title=str(TITLES.get(entry.event.kind) or entry_title(entry.event)),
        who=_who(_doer(entry), person),
        body=entry.message.body if entry.message else "",
        message=entry.message,
        detail=details.of(entry.event),
        is_mine=author is not None and author.is_customer,
        is_open_question=is_open_question,
    )


def _doer(entry: Entry) -> Person | None:
    """Find who did it: what the desk files for a customer is in their words, but not by them.

    A case of its own that a customer agreed to begins with the words of support (SC-13). Another
    policy is the vendor's doing, whoever ordered it.
    """
    if entry.event.kind == "policy_retargeted":
        return None
    if entry.message is None:
        return entry.event.by
    author = entry.message.author
    if entry.event.kind == "case_opened" and author.is_customer:
        return entry.event.by or author
    return author


def _who(author: Person | None, reader: Person) -> str:
    if author is None:
        return _("by the policy")
    return _("you") if author.pk == reader.pk else author.name


def _promised(
    timeline: Timeline, state: CaseState, at: datetime, reasons: Mapping[int, str]
) -> list[Promised]:
    told = Telling(timeline, True, effective_dates(timeline.policies), reasons)
    zone = timeline.case.time_zone
    return [
        Promised(view, receipt_for(state, view, zone, told))
        for view in clock_views(state, at, for_customer=True)
    ]


def _facts(case: Case, state: CaseState) -> list[tuple[str, str]]:
    facts, policy = state.facts, state.policy
    parts = [
        (_("Type"), policy.case_type(facts.case_type)),
        (_("Severity"), policy.level("severity", facts.severity)),
        (_("Priority"), policy.level("priority", facts.priority)),
        (_("Product"), case.product),
        (_("Release"), case.release),
        (_("Plan"), policy.plan(facts.plan)),
        (_("For"), case.contact),
    ]
    named = [(name, _name_of(part)) for name, part in parts if part is not None]
    if case.availability:
        named.append((_("Can be reached"), case.availability))
    return named


def _name_of(part: object) -> str:
    return getattr(part, "name", "") or str(part)
