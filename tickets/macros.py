"""Macros: several acts in one press. What one would do here is planned first, and shown.

`steps` is {step: value}: at most one of reply, ask and solve with its text; note; severity,
priority and case_type with a code and one `reason` for all; owner "me"; tags, a list of names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from knowledge.addresses import closed_articles
from tickets.canned import check_text, check_title, fill, may_change
from tickets.models import Case
from tickets.tags import TAGS_A_CASE, tag_name, tags_of
from tickets.teamwork_errors import (
    MacroIsEmpty,
    MacroReasonMissing,
    TitleTaken,
    TooManyTags,
    UnknownStep,
)
from tickets.teamwork_models import Macro

SAYING = ("reply", "ask", "solve")
LEVELS = ("severity", "priority", "case_type")
TEXTS = (*SAYING, "note", "reason")
# What goes on from an incident to the customers of the cases that hang on it.
GOES_ON = frozenset({"reply", "solve"})
# In the order in which they are done: what the customer reads comes last.
NEEDS = {
    "owner": "assign",
    "severity": "change_level",
    "priority": "change_level",
    "case_type": "change_level",
    "tags": "tag_cases",
    "note": "add_note",
    "reply": "reply_as_agent",
    "ask": "ask_customer",
    "solve": "resolve",
}
ME = "me"


@dataclass(frozen=True)
class Planned:
    """One step of a macro on one case. `value` is a text with its values, a code, or tags.

    `is_so` says that nothing would change, `is_allowed` whether the person may do it; `missing` are
    placeholders without a value here, `of_one` those that are true of one customer of several.
    """

    step: str
    value: str
    is_so: bool = False
    is_allowed: bool = True
    missing: tuple[str, ...] = ()
    of_one: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a macro would do on a case now."""

    steps: tuple[Planned, ...]
    reason: str
    reason_of_one: tuple[str, ...] = ()
    # Articles in what the customer reads that no customer can open.
    closed: tuple[str, ...] = ()

    @property
    def todo(self) -> tuple[Planned, ...]:
        return tuple(step for step in self.steps if not step.is_so)

    @property
    def refused(self) -> tuple[Planned, ...]:
        return tuple(step for step in self.todo if not step.is_allowed)

    @property
    def of_one(self) -> tuple[str, ...]:
        """List what is true of one customer only, in words that go to several."""
        names = (name for step in self.todo for name in step.of_one)
        return tuple(dict.fromkeys((*names, *self.reason_of_one)))

    @property
    def is_possible(self) -> bool:
        return bool(self.todo) and not (self.refused or self.of_one or self.closed)

    @property
    def mark(self) -> str:
        """Name the plan, so that what is done is what was shown."""
        return sha256(repr(self).encode()).hexdigest()[:16]


def macros_for(person: Person) -> list[Macro]:
    """List the macros that a person may use, by title: their own and the shared ones."""
    return list(_usable(person).order_by("title", "pk"))


def access_macro(person: Person, macro_id: int) -> Macro:
    """Find a macro that a person may use. Raises NotFound for none and for not theirs alike."""
    found = _usable(person).filter(pk=macro_id).first()
    if found is None:
        raise NotFound
    return found


def plan_macro(macro: Macro, case: Case, *, by: Person) -> Plan:
    """Say what a macro would do on a case now, in the order in which it would be done."""
    steps = macro.steps
    planned = tuple(_planned(step, steps[step], case, by) for step in NEEDS if step in steps)
    reason = fill(steps.get("reason", ""), case, by=by, goes_on=True)
    read = [reason.text, *(one.value for one in planned if one.step in SAYING)]
    closed = closed_articles("\n".join(read), case.tenant)
    return Plan(planned, reason.text, reason.of_one, tuple(closed))


def check_steps(steps: Mapping[str, Any]) -> dict[str, Any]:
    """Check the steps of a macro and give them without what is empty.

    Raises UnknownStep, MacroIsEmpty, MacroReasonMissing, TooManyTags, and what `check_text` does.
    """
    given = {step: value for step, value in steps.items() if value}
    unknown = given.keys() - NEEDS.keys() - {"reason"}
    if unknown or len(given.keys() & set(SAYING)) > 1 or given.get("owner", ME) != ME:
        raise UnknownStep
    checked: dict[str, Any] = {}
    for step, value in given.items():
        checked[step] = _checked(step, value)
    if not checked.keys() - {"reason"}:
        raise MacroIsEmpty
    if checked.keys() & set(LEVELS) and "reason" not in checked:
        raise MacroReasonMissing(field="reason")
    return checked


@transaction.atomic
def save_macro(
    *,
    macro_id: int | None,
    title: str,
    steps: Mapping[str, Any],
    is_shared: bool,
    by: Person,
    at: datetime,
) -> Macro:
    """Write a macro, or change one. Raises NotAllowed, NotFound, TitleTaken, and what
    `check_steps` does.
    """
    macro = access_macro(by, macro_id) if macro_id else Macro(tenant_id=current_tenant_id())
    owner_id = None if is_shared else by.pk
    if (macro_id and not may_change(by, macro.owner_id)) or not may_change(by, owner_id):
        raise NotAllowed
    macro.title, macro.steps = check_title(title), check_steps(steps)
    macro.owner_id, macro.changed_at = owner_id, at
    same = Macro.objects.filter(owner=owner_id, title=macro.title).exclude(pk=macro.pk)
    if same.exists():
        raise TitleTaken(field="title", name=macro.title)
    macro.save()
    return macro


@transaction.atomic
def delete_macro(*, macro_id: int, by: Person) -> None:
    """Throw a macro away. Raises NotAllowed, NotFound."""
    macro = access_macro(by, macro_id)
    if not may_change(by, macro.owner_id):
        raise NotAllowed
    macro.delete()


def _checked(step: str, value: Any) -> Any:
    if step == "tags":
        names = [name for name in map(tag_name, value) if name]
        if len(names) > TAGS_A_CASE:
            raise TooManyTags(field="tags", most=TAGS_A_CASE)
        return list(dict.fromkeys(names))
    if not isinstance(value, str):
        raise UnknownStep
    return check_text(value, field=step) if step in TEXTS else value


def _planned(step: str, value: Any, case: Case, by: Person) -> Planned:
    is_allowed = by.may(NEEDS[step])
    if step in TEXTS:
        filled = fill(value, case, by=by, goes_on=step in GOES_ON)
        return Planned(
            step,
            filled.text,
            is_allowed=is_allowed,
            missing=filled.missing,
            of_one=filled.of_one,
        )
    if step == "tags":
        known = {tag.name for tag in tags_of(case)}
        new = [name for name in value if name not in known]
        return Planned(step, ", ".join(new or value), is_so=not new, is_allowed=is_allowed)
    if step == "owner":
        return Planned(step, by.name, is_so=case.owner_id == by.pk, is_allowed=is_allowed)
    return Planned(step, value, is_so=getattr(case, step) == value, is_allowed=is_allowed)


def _usable(person: Person) -> QuerySet[Macro]:
    return Macro.objects.filter(Q(owner=None) | Q(owner=person))
