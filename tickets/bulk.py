"""One change of many cases, before it is done: what was chosen, and what would become of each.

`changes` is {step: value}; what has no key is left as it is. `owner` and `team` are keys (None =
nobody), `severity`, `priority` and `case_type` codes, `add_tags` and `remove_tags` lists of names,
`says` one of SAYS. The words are the change's own columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person, Team
from accounts.tenancy import current_tenant_id
from knowledge.addresses import article_is_internal, closed_articles, refuse_closed
from sla.engine.policy import Policy
from sla.models import PolicyVersion
from sla.queries import policies_by_number
from tickets.audience import customer_sides
from tickets.bulk_errors import (
    ClosesOnly,
    NothingChosen,
    NothingToDo,
    TeamNoteMissing,
    TooManyChosen,
)
from tickets.bulk_models import BulkCase, BulkChange
from tickets.canned import PLACEHOLDER, PLACEHOLDERS, fill, promises_of
from tickets.errors import (
    CaseIsClosed,
    CaseIsNotOpen,
    CaseIsNotSolved,
    NotAtWork,
    NothingSaid,
    UnknownLevel,
)
from tickets.level_errors import ReasonMissing
from tickets.models import Case
from tickets.queries import OPEN, visible_cases
from tickets.tags import TAGS_A_CASE, tag_name, tags_on_cases
from tickets.teamwork_errors import IsOfOneCustomer, PlaceholderLeft, TooManyTags

MOST_CASES = 1_000
# So many are changed while one waits; more are long work.
AT_ONCE = 25
FORGOTTEN = timedelta(days=1)
LEVELS = ("severity", "priority", "case_type")
TAGS = ("add_tags", "remove_tags")
CLOSE = "close"
SAYS = ("reply", "ask", "solve", CLOSE)
# In the order in which they are done: what the customer reads comes last.
STEPS = ("team", "owner", *LEVELS, *TAGS, "says")
# What can be put back as it was: nothing of it has left the desk.
UNDOABLE = frozenset({"team", "owner", *TAGS})
NEEDS: Mapping[str, str] = {
    "team": "hand_over",
    "owner": "assign",
    "severity": "change_level",
    "priority": "change_level",
    "case_type": "change_level",
    "add_tags": "tag_cases",
    "remove_tags": "tag_cases",
    "reply": "reply_as_agent",
    "ask": "ask_customer",
    "solve": "resolve",
    CLOSE: "resolve",
}
# What is said on an incident goes on to the customers of the cases that hang on it.
GOES_ON = frozenset({"reply"})

Changes = Mapping[str, Any]


@dataclass(frozen=True)
class CasePlan:
    """What would become of one case: the steps that change something, who is told, or why not.

    `told` are the people of its customer's who are e-mailed, `owner_before` who loses it.
    """

    case: Case
    todo: tuple[str, ...] = ()
    told: tuple[int, ...] = ()
    why: str = ""
    owner_before: int | None = None


@transaction.atomic
def prepare(
    *,
    case_ids: Sequence[int],
    changes: Changes,
    words: str = "",
    reason: str = "",
    note: str = "",
    by: Person,
    at: datetime,
) -> BulkChange:
    """Note down a change of many cases, to be looked at and then done. Nothing is changed yet.

    Cases that `by` may not see are left out. Raises NotAllowed, NothingChosen, TooManyChosen,
    NothingToDo, ClosesOnly, TeamNoteMissing, ReasonMissing, NothingSaid, ArticleIsInternal,
    NotAtWork, NotFound.
    """
    kept = check_changes(changes, words=words, reason=reason, note=note, by=by)
    found = _chosen(case_ids, by)
    own = BulkChange.objects.filter(by=by, state=BulkChange.State.PLANNED)
    own.filter(planned_at__lt=at - FORGOTTEN).delete()
    bulk = BulkChange.objects.create(
        tenant_id=current_tenant_id(),
        by=by,
        changes=kept,
        words=words.strip(),
        reason=reason.strip(),
        note=note.strip(),
        planned_at=at,
    )
    BulkCase.objects.bulk_create(
        BulkCase(tenant_id=bulk.tenant_id, bulk=bulk, case_id=key, seen_seq=seq)
        for key, seq in found
    )
    return bulk


def _chosen(case_ids: Sequence[int], by: Person) -> list[tuple[int, int]]:
    """Find the cases in sight, each with its last entry. Raises NothingChosen, TooManyChosen."""
    chosen = visible_cases(by).filter(pk__in=case_ids).order_by("pk")
    found = list(chosen.values_list("pk", "last_seq")[: MOST_CASES + 1])
    if not found:
        raise NothingChosen
    if len(found) > MOST_CASES:
        raise TooManyChosen(most=MOST_CASES)
    return found


def check_changes(
    changes: Changes, *, words: str, reason: str, note: str, by: Person
) -> dict[str, Any]:
    """Check what is to be done, and give it without what is empty. Raises as `prepare`."""
    kept = {step: _cleaned(step, changes[step]) for step in STEPS if step in changes}
    kept = {step: value for step, value in kept.items() if value or step in ("owner", "team")}
    if not kept:
        raise NothingToDo
    says = kept.get("says")
    acts = {NEEDS[step] for step in kept if step != "says"} | ({NEEDS[says]} if says else set())
    if not by.may("change_many") or not all(by.may(act) for act in acts):
        raise NotAllowed
    if says == CLOSE and not kept.keys() <= {"says", *TAGS}:
        raise ClosesOnly(field="says")
    if says and says != CLOSE and not words.strip():
        raise NothingSaid(field="words")
    if kept.keys() & set(LEVELS) and not reason.strip():
        raise ReasonMissing(field="reason")
    refuse_closed(words, by.tenant, field="words")
    refuse_closed(reason, by.tenant, field="reason")
    _check_places(kept, note)
    return kept


def access_bulk(person: Person, bulk_id: int, *, locked: bool = False) -> BulkChange:
    """Find a change of many that a person has made. Raises NotFound, for another's too."""
    own = BulkChange.objects.filter(by=person, pk=bulk_id)
    found = (own.select_for_update(of=("self",), no_key=True) if locked else own).first()
    if found is None:
        raise NotFound
    return found


def rows_of(bulk: BulkChange, by: Person) -> QuerySet[BulkCase]:
    """List the cases of a change that `by` still sees by number, with what became of each."""
    related = ("case", "case__company", "case__owner", "case__team", "case__contact")
    seen = bulk.rows.filter(case__in=visible_cases(by).values("pk"))
    return seen.select_related(*related).order_by("case__number")


def acts_on(bulk: BulkChange) -> str:
    """Name what is said to the customers; empty where nothing is."""
    return str(bulk.changes.get("says", ""))


def is_undoable(bulk: BulkChange) -> bool:
    """Tell whether all that a change does can be put back."""
    return bulk.changes.keys() <= UNDOABLE


def plan_bulk(bulk: BulkChange, *, by: Person) -> list[CasePlan]:
    """Say what a change would do to each of its cases now, by number, and who hears of it.

    A case that `by` may not see any more is left out. A handful of statements for any number.
    """
    chosen = Q(pk__in=bulk.rows.values("case"))
    related = ("company", "contact", "owner", "team", "product", "tenant")
    cases = list(visible_cases(by).filter(chosen).select_related(*related).order_by("number"))
    return [one.plan for one in Planning(bulk, cases, by).each()]


class Planning:
    """What the plans of many cases share, each read once."""

    def __init__(self, bulk: BulkChange, cases: Sequence[Case], by: Person) -> None:
        self.bulk, self.cases, self.by = bulk, cases, by
        self.changes: Changes = bulk.changes
        self.tags = tags_on_cases(case.pk for case in cases) if self._touches(TAGS) else {}
        self.policies = _policies_of(cases) if self._touches(LEVELS) else {}

    def each(self) -> Iterable["_OneCase"]:
        return [_OneCase(self, case) for case in self.cases]

    @cached_property
    def promises(self) -> Mapping[int, str]:
        """Map cases to their next promise, where what is said names it."""
        return promises_of(self.cases) if "promise" in placeholders_in(self.bulk.words) else {}

    @cached_property
    def closed(self) -> list[str]:
        """Name the articles in what is said that no customer can open, or not any more."""
        words = [self.bulk.words] if "says" in self.changes else []
        return closed_articles("\n".join([*words, self.bulk.reason]), self.by.tenant)

    @cached_property
    def readers(self) -> Mapping[int, Sequence[int]]:
        """Map cases to whom of the customer's a message on them goes."""
        children = self._children
        found = customer_sides([*self.cases, *children])
        if acts_on(self.bulk) in GOES_ON:
            for child in children:
                assert child.incident_id is not None
                found[child.incident_id] = [*found[child.incident_id], *found[child.pk]]
        return found

    @cached_property
    def _children(self) -> list[Case]:
        incidents = [case.pk for case in self.cases if case.is_incident]
        goes_on = incidents and acts_on(self.bulk) in GOES_ON
        return list(Case.objects.filter(OPEN, incident__in=incidents)) if goes_on else []

    def _touches(self, steps: Iterable[str]) -> bool:
        return bool(self.changes.keys() & set(steps))


class _OneCase:
    def __init__(self, shared: Planning, case: Case) -> None:
        self.shared, self.case, self.changes = shared, case, shared.changes

    @property
    def plan(self) -> CasePlan:
        case = self.case
        try:
            self._check()
        except DomainError as error:
            return CasePlan(case, why=str(error))
        todo = tuple(step for step in STEPS if step in self.changes and not self._is_so(step))
        loses = case.owner_id if {"owner", "team"} & set(todo) else None
        return CasePlan(case, todo, self._told(todo), owner_before=loses)

    def _check(self) -> None:
        says, case = self.changes.get("says"), self.case
        if says == CLOSE:
            self._check_closable()
        elif self.changes.keys() - set(TAGS) and not case.is_open:
            raise CaseIsNotOpen
        for axis in LEVELS:
            if axis in self.changes:
                check_level(case, self._policy, axis, self.changes[axis])
        names = set(self.shared.tags.get(case.pk, ()))
        if len(names | set(self.changes.get("add_tags", ()))) > TAGS_A_CASE:
            raise TooManyTags(most=TAGS_A_CASE)
        if self.shared.closed:
            raise article_is_internal(self.shared.closed)
        if says and says != CLOSE:
            promise = self.shared.promises.get(case.pk)
            filled_words(self.shared.bulk, case, self.shared.by, promise=promise)

    def _check_closable(self) -> None:
        if self.case.status == Case.Status.CLOSED:
            raise CaseIsClosed
        if self.case.status != Case.Status.RESOLVED:
            raise CaseIsNotSolved

    @property
    def _policy(self) -> Policy:
        return self.shared.policies[self.case.policy_version_id]

    def _is_so(self, step: str) -> bool:
        case, value = self.case, self.changes[step]
        if step == "team":
            return case.team_id == value
        if step == "owner":
            # Another team begins without an owner.
            moves = "team" in self.changes and not self._is_so("team")
            return (None if moves else case.owner_id) == value
        if step in LEVELS:
            return getattr(case, step) == value
        names = set(self.shared.tags.get(case.pk, ()))
        if step == "add_tags":
            return set(value) <= names
        return not names & set(value) if step == "remove_tags" else False

    def _told(self, todo: tuple[str, ...]) -> tuple[int, ...]:
        closes_quietly = self.changes.get("says") == CLOSE and not self.case.keep_informed
        if not {*LEVELS, "says"} & set(todo) or closes_quietly:
            return ()
        return tuple(dict.fromkeys(self.shared.readers[self.case.pk]))


def check_level(case: Case, policy: Policy, axis: str, code: str) -> None:
    """Refuse a level that the case's own policy does not have. Raises UnknownLevel."""
    known = policy.case_type(code) if axis == "case_type" else policy.level(axis, code)
    if known is None:
        raise UnknownLevel(level=code, field=axis)


def filled_words(bulk: BulkChange, case: Case, by: Person, *, promise: str | None = None) -> str:
    """Put what a case says into the words of a change. Raises IsOfOneCustomer, PlaceholderLeft.

    `promise` is its next promise in words, where that was read before.
    """
    known = {} if promise is None else {"promise": promise}
    filled = fill(bulk.words, case, by=by, goes_on=acts_on(bulk) in GOES_ON, known=known)
    if filled.of_one:
        raise IsOfOneCustomer(names=", ".join(filled.of_one))
    if filled.missing:
        raise PlaceholderLeft(names=", ".join(filled.missing))
    return filled.text


def placeholders_in(words: str) -> list[str]:
    """List the placeholders that words for many customers have, each once."""
    return [name for name in dict.fromkeys(PLACEHOLDER.findall(words)) if name in PLACEHOLDERS]


def _policies_of(cases: Sequence[Case]) -> dict[int, Policy]:
    """Map the keys of the versions that cases follow to their policies."""
    followed = {case.policy_version_id for case in cases}
    numbers = dict(PolicyVersion.objects.filter(pk__in=followed).values_list("pk", "number"))
    policies = policies_by_number(numbers.values())
    return {key: policies[number] for key, number in numbers.items()}


def _cleaned(step: str, value: Any) -> Any:
    if step in TAGS:
        return list(dict.fromkeys(name for name in map(tag_name, value) if name))
    return value


def _check_places(changes: Changes, note: str) -> None:
    if changes.get("owner") is not None:
        owner = Person.objects.filter(pk=changes["owner"]).first()
        if owner is None:
            raise NotFound
        if not owner.may("reply_as_agent"):
            raise NotAtWork(name=owner.name, field="owner")
    if "team" in changes:
        if not Team.objects.filter(pk=changes["team"], tier__isnull=False).exists():
            raise NotFound
        if not note.strip():
            raise TeamNoteMissing(field="note")
