"""What open cases have to say before a policy is published, and before it is laid upon them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Tenant
from accounts.tenancy import current_tenant_id
from sla.engine.clock import CaseState
from sla.engine.errors import EngineError
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import latest_policy
from sla.words import AXIS_NAMES, CLOCK_NAMES, axis_parts, part_name
from tickets.errors import CasesWithoutRule
from tickets.models import Case
from tickets.queries import OPEN
from tickets.timeline import load_timelines

AXES = ("severity", "priority", "case_type", "channel")
NAMED_CASES = 5
# So many say that the policy is not ready; the rest of the open cases need not be read.
ENOUGH = 20
CASES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Unruled:
    """A running promise of an open case for which a policy would have no rule."""

    number: int
    clock: str


def object_to_dropped_levels(policy: Policy, at: datetime) -> Iterator[str]:
    """Object to a policy that drops a level, type or channel which an open case has.

    What an earlier version dropped already is no objection to this one.
    """
    try:
        before = latest_policy().policy
    except NoPolicy:
        return
    for axis in AXES:
        dropped = codes_of(before, axis) - codes_of(policy, axis)
        in_use = Case.objects.filter(OPEN, **{f"{axis}__in": dropped})
        for code, count in _counted(in_use, axis):
            yield _objection(before, axis, code, count, in_use)


def cases_without_rule(policy: Policy, cases: QuerySet[Case] | None = None) -> list[Unruled]:
    """List the running promises of open cases that would have no rule under `policy`.

    Of all open cases, or of those among `cases`; by case number, the first ENOUGH. Takes no locks.
    """
    return list(islice(_unruled(policy, cases), ENOUGH))


def refuse_cases_without_rule(policy: Policy, cases: QuerySet[Case] | None = None) -> None:
    """Raise CasesWithoutRule when a running promise would have no rule under `policy`."""
    unruled = cases_without_rule(policy, cases)
    if not unruled:
        return
    prefix = Tenant.objects.get(pk=current_tenant_id()).case_prefix
    places = [
        _("%(case)s (%(clock)s)") % {"case": f"{prefix}-{one.number}", "clock": clock_name(one)}
        for one in unruled[:NAMED_CASES]
    ]
    raise CasesWithoutRule(len(unruled), ", ".join(places), at_least=len(unruled) == ENOUGH)


def unruled_clocks(state: CaseState, policy: Policy) -> list[str]:
    """Name the kinds of running promises for which `policy` has no rule, as the facts are now."""
    running = [clock.kind for clock in state.open_clocks if clock.is_promised]
    try:
        return [kind for kind in running if policy.cell(kind, state.facts) is None]
    except EngineError:  # such as a region that the policy does not know
        return running


def lacks_level(case: Case, policy: Policy) -> bool:
    """Tell whether a case has a level, type or channel that `policy` does not know."""
    given = ((axis, getattr(case, axis)) for axis in AXES)
    return any(code and code not in codes_of(policy, axis) for axis, code in given)


def codes_of(policy: Policy, axis: str) -> set[str]:
    """List the codes of an axis."""
    return {part.code for part in axis_parts(policy, axis)}  # type: ignore[attr-defined]


def clock_name(unruled: Unruled) -> str:
    """Name the clock of a running promise, for people."""
    return str(CLOCK_NAMES.get(unruled.clock, unruled.clock))


def _unruled(policy: Policy, cases: QuerySet[Case] | None) -> Iterator[Unruled]:
    chosen = (Case.objects.all() if cases is None else cases).filter(OPEN)
    for chunk in _chunks(chosen):
        for timeline in load_timelines(chunk):
            for clock in unruled_clocks(timeline.state(), policy):
                yield Unruled(timeline.case.number, clock)


def _counted(cases: QuerySet[Case], axis: str) -> Iterable[tuple[str, int]]:
    return cases.order_by(axis).values_list(axis).annotate(Count("pk"))


def _objection(before: Policy, axis: str, code: str, count: int, in_use: QuerySet[Case]) -> str:
    cases = in_use.filter(**{axis: code}).select_related("tenant").order_by("number")
    numbers = [f"{case.tenant.case_prefix}-{case.number}" for case in cases[:NAMED_CASES]]
    told = ngettext(
        "The %(axis)s “%(level)s” is dropped, but %(count)d open case has it: %(cases)s. "
        "Keep it, or close or change this case first.",
        "The %(axis)s “%(level)s” is dropped, but %(count)d open cases have it: %(cases)s. "
        "Keep it, or close or change these first.",
        count,
    )
    return told % {
        "axis": AXIS_NAMES[axis],
        "level": part_name(before, axis, code),
        "count": count,
        "cases": ", ".join(numbers) + (" …" if count > NAMED_CASES else ""),
    }


def _chunks(cases: QuerySet[Case]) -> Iterator[list[Case]]:
    """Read cases by number, some at a time: a desk may have more open than a page should hold."""
    last = 0
    while chunk := list(cases.filter(number__gt=last).order_by("number")[:CASES_AT_ONCE]):
        yield chunk
        last = chunk[-1].number
