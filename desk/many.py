"""One change of many cases in words: what it would do, who hears of it, what came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import Person, Team
from desk.queue_rows import part_name
from desk.words import AXIS_LABELS
from sla.engine.policy import Policy
from tickets.bulk import LEVELS, STEPS, CasePlan, is_undoable, plan_bulk
from tickets.bulk_models import BulkCase, BulkChange
from tickets.models import Case

STEP_NAMES: Mapping[str, str | Promise] = {
    "team": gettext_lazy("Team"),
    "owner": gettext_lazy("Owner"),
    **AXIS_LABELS,
    "add_tags": gettext_lazy("Tags added"),
    "remove_tags": gettext_lazy("Tags taken off"),
    "says": gettext_lazy("To the customers"),
}
SAID: Mapping[str, str | Promise] = {
    "reply": gettext_lazy("a reply is sent"),
    "ask": gettext_lazy("a question is asked, and the clocks stand still"),
    "solve": gettext_lazy("the solution is sent, and the case is solved"),
    "close": pgettext_lazy("act", "the case is closed"),
}
State = BulkCase.State


def _by_reason(refused: Iterable[tuple[str, Case]]) -> list[tuple[str, list[Case]]]:
    found: dict[str, list[Case]] = {}
    for why, case in refused:
        found.setdefault(why, []).append(case)
    return list(found.items())


@dataclass(frozen=True)
class StepTold:
    """One thing that is done: its name, what it becomes, for how many cases it changes anything."""

    name: str
    value: str
    count: int
    same: int


@dataclass
class Preview:
    """What a change would do now, before anybody presses the button."""

    bulk: BulkChange
    by: Person
    policy: Policy

    @cached_property
    def plans(self) -> list[CasePlan]:
        return plan_bulk(self.bulk, by=self.by)

    @property
    def changed(self) -> list[CasePlan]:
        return [plan for plan in self.plans if plan.todo]

    @property
    def same(self) -> list[CasePlan]:
        return [plan for plan in self.plans if not plan.todo and not plan.why]

    @property
    def refused(self) -> list[CasePlan]:
        return [plan for plan in self.plans if plan.why]

    @property
    def reasons(self) -> list[tuple[str, list[Case]]]:
        """List why cases are left as they are, each with its cases."""
        return _by_reason((plan.why, plan.case) for plan in self.refused)

    @property
    def steps(self) -> list[StepTold]:
        """List what is done, in the order in which it is done."""
        counts = Counter(step for plan in self.changed for step in plan.todo)
        possible = len(self.plans) - len(self.refused)
        return [
            StepTold(
                str(STEP_NAMES[step]), self._value(step), counts[step], possible - counts[step]
            )
            for step in STEPS
            if step in self.bulk.changes
        ]

    @property
    def customers_told(self) -> str:
        """Say how many people of how many customers get a letter."""
        told = [(person, plan.case.company_id) for plan in self.changed for person in plan.told]
        people, companies = len({one for one, _of in told}), len({of for _one, of in told})
        if not people:
            return _("No customer is e-mailed.")
        if people == 1:
            return _("1 person is e-mailed.")
        words = ngettext(
            "%(people)d people of %(companies)d customer are e-mailed.",
            "%(people)d people of %(companies)d customers are e-mailed.",
            companies,
        )
        return words % {"people": people, "companies": companies}

    @property
    def desk_told(self) -> str:
        """Say who at the desk hears that a case is theirs, or is not any more."""
        losing = {plan.owner_before for plan in self.changed} - {None, self.by.pk}
        gets = self.bulk.changes.get("owner")
        concerned = losing | ({gets} - {None, self.by.pk})
        names = Person.objects.filter(pk__in=concerned).order_by("name")
        listed = ", ".join(names.values_list("name", flat=True)) if self.changed else ""
        return _("Of the desk, %(names)s hear of it.") % {"names": listed} if listed else ""

    @property
    def leaves_the_desk(self) -> bool:
        """Tell whether some of it cannot be undone."""
        return not is_undoable(self.bulk)

    @property
    def button(self) -> str:
        count = len(self.changed)
        words = ngettext("Change %(count)d case", "Change %(count)d cases", count)
        return words % {"count": count}

    def _value(self, step: str) -> str:
        value = self.bulk.changes[step]
        if step == "says":
            return str(SAID[value])
        if step in LEVELS:
            return part_name(self.policy, step, value)
        if step == "owner":
            return Person.objects.get(pk=value).name if value else _("nobody")
        return Team.objects.get(pk=value).name if step == "team" else ", ".join(value)


@dataclass
class Report:
    """What became of every case, so far or at the end."""

    bulk: BulkChange
    rows: Sequence[BulkCase]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def done(self) -> int:
        """Count the cases that have been gone through, there or back."""
        waits = {State.DONE} if self.bulk.state == BulkChange.State.UNDOING else {State.WAITING}
        return sum(1 for row in self.rows if row.state not in waits)

    @property
    def left(self) -> list[BulkCase]:
        return [row for row in self.rows if row.state in (State.REFUSED, State.KEPT)]

    @property
    def reasons(self) -> list[tuple[str, list[Case]]]:
        """List why cases were left as they are, each with its cases."""
        return _by_reason((row.why, row.case) for row in self.left)

    @property
    def others(self) -> list[BulkCase]:
        return [row for row in self.rows if row.state not in (State.REFUSED, State.KEPT)]

    @property
    def sentences(self) -> Iterable[str]:
        """Say how many cases came to what; nothing of what there was none."""
        counts = Counter(row.state for row in self.rows)
        return [
            words % {"count": counts[state]} for state, words in self._told(counts) if counts[state]
        ]

    def _told(self, counts: Mapping[str, int]) -> Iterable[tuple[str, str]]:
        yield (
            State.DONE,
            ngettext(
                "%(count)d case was changed.", "%(count)d cases were changed.", counts[State.DONE]
            ),
        )
        yield (
            State.UNDONE,
            ngettext(
                "%(count)d case is as it was before.",
                "%(count)d cases are as they were before.",
                counts[State.UNDONE],
            ),
        )
        yield (
            State.SAME,
            ngettext(
                "%(count)d case was so already.",
                "%(count)d cases were so already.",
                counts[State.SAME],
            ),
        )
        yield (
            State.REFUSED,
            ngettext(
                "%(count)d case was left as it is, and nothing of it was changed.",
                "%(count)d cases were left as they are, and nothing of them was changed.",
                counts[State.REFUSED],
            ),
        )
        yield (
            State.KEPT,
            ngettext(
                "%(count)d case could not be changed back.",
                "%(count)d cases could not be changed back.",
                counts[State.KEPT],
            ),
        )
