"""A replay in words and figures, as its pages show it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.policy.replay_forms import days_text
from jobs.models import Job
from sla.engine.parts import LadderStep
from sla.engine.policy import Policy
from sla.engine.verdicts import OTHER, TO_KEPT, TO_LATE
from sla.words import AXIS_NAMES, STEP_CLOCK_NAMES, part_name
from tickets.reading import CLOCK_NAMES
from tickets.replay import FIGURES, MOVED
from tickets.replay_models import ReplayFlip, ReplayGap
from tickets.replay_reading import Side, offered_codes
from tickets.timeline import moment
from tickets.wording import display_number

VERDICT_NAMES = {
    "met": gettext_lazy("kept"),
    "late": gettext_lazy("late"),
    "cancelled": gettext_lazy("ended in time"),
    "open": gettext_lazy("open, in time"),
    "open_late": gettext_lazy("open, late"),
    "no_promise": gettext_lazy("nothing promised"),
}
DIRECTION_NAMES = {
    TO_LATE: gettext_lazy("late instead of kept"),
    TO_KEPT: gettext_lazy("kept instead of late"),
    OTHER: gettext_lazy("a promise that comes or goes"),
}
GROUPS = {
    "by_plan": gettext_lazy("By plan"),
    "by_severity": gettext_lazy("By severity"),
    "by_priority": gettext_lazy("By priority"),
    "by_weekday": gettext_lazy("By weekday of the opening"),
}
# In percent of the drawing; the rest is for the edge.
WIDEST = 98
STEP_MOMENTS = {
    "before": gettext_lazy("%(clock)s: warning before it is due"),
    "due": gettext_lazy("%(clock)s: it is late"),
    "after": gettext_lazy("%(clock)s: it is still overdue"),
    "opened": gettext_lazy("%(clock)s: at the opening"),
}
STEP_ACTIONS = {
    "hand_over": gettext_lazy("hand over to the next level"),
    "page": gettext_lazy("page somebody"),
    "notify": gettext_lazy("notice"),
    "swat": gettext_lazy("bring in the SWAT team"),
    "tell_customer": gettext_lazy("tell the customer who has the case"),
    "warn_customer": gettext_lazy("warn the customer"),
    "close": gettext_lazy("close the case"),
}
FAULTS = {
    "never_open": gettext_lazy("its calendar has no opening hours within ten years"),
    "scheduled_in_past": gettext_lazy("its agreed time lies before what it would count from"),
    "bad_time_zone": gettext_lazy("the customer's time zone is not known any more"),
    "bad_request": gettext_lazy("the policy has no calendar for the customer's region"),
}


@dataclass(frozen=True)
class Line:
    """One code of a group: figures, and the lengths of its bars in percent of the longest."""

    code: str
    name: str
    clocks: int
    late_before: int
    late_after: int
    to_late: int
    to_kept: int
    moved: int
    late_width: int = 0
    kept_width: int = 0


@dataclass(frozen=True)
class Group:
    """Promises by one thing that tells cases apart; `filter` is the name that flips know it by."""

    title: str
    filter: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class StepLine:
    """How often a step fired, and how often it would have."""

    name: str
    then: int
    instead: int

    @property
    def change(self) -> str:
        change = self.instead - self.then
        return f"{change:+d}" if change else "0"


@dataclass(frozen=True)
class Report:
    """A finished replay: the headline, promises by groups, all clocks, steps of the ladder."""

    headline: str
    moved: str
    aside: tuple[str, ...]
    total: Line
    groups: tuple[Group, ...]
    clocks: tuple[Line, ...]
    steps: tuple[StepLine, ...]


def report_of(job: Job, under: Policy, ran: Iterable[Policy], zone: str) -> Report:
    """Put a finished replay into words; `ran` name what the policy replayed under does not know."""
    found = job.result
    name = partial(_name, policies=(under, *ran))
    groups = (
        Group(str(title), key.removeprefix("by_"), _lines(found.get(key, {}), partial(name, key)))
        for key, title in GROUPS.items()
    )
    steps = {step.code: step for policy in (*ran, under) for step in policy.ladder}
    return Report(
        headline=_headline(job, zone),
        moved=_moved(found.get("total", {}).get(MOVED, 0)),
        aside=tuple(_aside(found)),
        total=_line("", "", found.get("total", {})),
        groups=tuple(group for group in groups if _tells_apart(group)),
        clocks=_lines(found.get("by_kind", {}), lambda kind: str(CLOCK_NAMES.get(kind, kind))),
        steps=_step_lines(found, steps),
    )


def asked_text(job: Job, zone: str) -> str:
    """Say what was asked: the span, the plan, and the policy with its checksum."""
    words = {"span": span_text(job, zone), "under": under_text(job)}
    return _("Cases opened from %(span)s, under %(under)s.") % words


def span_text(job: Job, zone: str) -> str:
    """Say the days of a replay in the vendor's zone."""
    first = moment(job.params["from"]).astimezone(ZoneInfo(zone)).date()
    last = moment(job.params["to"] - 1).astimezone(ZoneInfo(zone)).date()
    return days_text(first, last)


def under_text(job: Job) -> str:
    """Name the policy that was replayed under."""
    digest = job.params["checksum"][:12]
    if job.params["version"]:
        words = {"number": job.params["version"], "checksum": digest}
        return _("version %(number)d (checksum %(checksum)s…)") % words
    return _("the working copy as it was then (checksum %(checksum)s…)") % {"checksum": digest}


def gap_text(gap: ReplayGap, ran: Iterable[Policy]) -> str:
    """Say what stood in the way of judging a case."""
    if not gap.axis:
        return _("It could not be worked out: %(why)s.") % {"why": FAULTS.get(gap.code, gap.code)}
    words = {"axis": AXIS_NAMES[gap.axis], "name": name_in(ran, gap.axis, gap.code)}
    return _("The %(axis)s “%(name)s” is not there any more.") % words


@dataclass(frozen=True)
class Row:
    """One flip in words; `look` is its direction."""

    flip: ReplayFlip
    number: str
    clock: str
    levels: str
    before: str
    after: str
    change: str
    weekday: str


@dataclass(frozen=True)
class Filter:
    """A choice by which the list of flips is narrowed: (code, name) pairs, and the chosen code."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]
    chosen: str


def row_of(flip: ReplayFlip, policies: Sequence[Policy]) -> Row:
    """Put a flip into words; `policies` name its codes."""
    return Row(
        flip=flip,
        number=display_number(flip.case),
        clock=str(CLOCK_NAMES.get(flip.kind, flip.kind)),
        levels=", ".join(levels_told(flip, policies)),
        before=str(VERDICT_NAMES[flip.before]),
        after=str(VERDICT_NAMES[flip.after]),
        change=str(DIRECTION_NAMES[flip.direction]),
        weekday=str(WEEKDAYS[flip.weekday]),
    )


def levels_told(flip: ReplayFlip, policies: Sequence[Policy]) -> Iterator[str]:
    """Name the plan and the levels; beside a severity a bare "High" could be either."""
    for axis in ("plan", "severity", "priority"):
        code = getattr(flip, axis)
        if code:
            name = name_in(policies, axis, code)
            is_second = axis == "priority" and flip.severity
            yield f"{AXIS_NAMES[axis]} {name}" if is_second else name


def filters_of(
    job: Job, chosen: Mapping[str, str], policies: Sequence[Policy]
) -> tuple[Filter, ...]:
    """List the choices that narrow the flips of a finished replay."""
    ways = tuple((code, str(DIRECTION_NAMES[code])) for code in offered_codes(job, "direction"))
    found = [Filter("direction", _("change"), ways, chosen.get("direction", ""))]
    for axis in ("plan", "severity", "priority"):
        codes = offered_codes(job, axis)
        options = tuple((code, name_in(policies, axis, code)) for code in codes)
        found.append(Filter(axis, str(AXIS_NAMES[axis]), options, chosen.get(axis, "")))
    return tuple(one for one in found if one.options)


def steps_told(side: Side, policies: Sequence[Policy]) -> list[tuple[str, datetime]]:
    """Say the steps of one side of a flip, with their moments."""
    return [(str(capfirst(_named_step(code, policies))), at) for code, at in side.steps]


def _named_step(code: str, policies: Sequence[Policy]) -> str:
    found = (policy.steps.named(code) for policy in policies)
    step = next((one for one in found if one is not None), None)
    return step_text(step) if step else code


def step_text(step: LadderStep) -> str:
    """Say what a step of the ladder is: "First response: warning before it is due (notice)"."""
    words = {"clock": STEP_CLOCK_NAMES.get(step.clock, step.clock)}
    what = STEP_MOMENTS[step.at] % words
    return f"{what} ({STEP_ACTIONS[step.action]})"


def _headline(job: Job, zone: str) -> str:
    found = job.result
    total = found.get("total", {})
    cases, worse, better = found.get("cases", 0), total.get(TO_LATE, 0), total.get(TO_KEPT, 0)
    words = {"cases": number_format(cases, force_grouping=True), "span": span_text(job, zone)}
    if not cases:
        return _("No case was opened from %(span)s.") % words
    opening = ngettext(
        "Of %(cases)s case opened from %(span)s",
        "Of %(cases)s cases opened from %(span)s",
        cases,
    )
    late = ngettext(
        "%(number)s promise would be late instead of kept",
        "%(number)s promises would be late instead of kept",
        worse,
    )
    kept = _("%(number)s kept instead of late")
    return _("{opening}, {late}, {kept}.").format(
        opening=opening % words,
        late=late % {"number": number_format(worse, force_grouping=True)},
        kept=kept % {"number": number_format(better, force_grouping=True)},
    )


def _moved(number: int) -> str:
    """Say how many promises keep their verdict at another time; nothing where none does."""
    if not number:
        return ""
    told = ngettext(
        "%(number)s more promise would be due at another time, with the same verdict.",
        "%(number)s more promises would be due at another time, with the same verdict.",
        number,
    )
    return told % {"number": number_format(number, force_grouping=True)}


def _aside(found: Mapping[str, int]) -> Iterable[str]:
    gaps = found.get("gaps", 0)
    if gaps:
        yield ngettext(
            "%(cases)d case has something that this policy does not know; it is listed below.",
            "%(cases)d cases have something that this policy does not know; they are listed below.",
            gaps,
        ) % {"cases": gaps}


def _lines(found: Mapping[str, Mapping[str, int]], name: Callable[[str], str]) -> tuple[Line, ...]:
    longest = max((_flips(figures) for figures in found.values()), default=0)
    return tuple(_line(code, name(code), found[code], longest) for code in sorted(found))


def _flips(figures: Mapping[str, int]) -> int:
    return max(figures.get(TO_LATE, 0), figures.get(TO_KEPT, 0))


def _line(code: str, name: str, figures: Mapping[str, int], longest: int = 0) -> Line:
    return Line(
        code,
        name,
        **{key: figures.get(key, 0) for key in FIGURES},
        late_width=figures.get(TO_LATE, 0) * WIDEST // (longest or 1),
        kept_width=figures.get(TO_KEPT, 0) * WIDEST // (longest or 1),
    )


def _tells_apart(group: Group) -> bool:
    return any(line.code for line in group.lines)


def _name(key: str, code: str, policies: Iterable[Policy]) -> str:
    if key == "by_weekday":
        return str(WEEKDAYS[int(code)])
    return name_in(policies, key.removeprefix("by_"), code) if code else _("none")


def name_in(policies: Iterable[Policy], axis: str, code: str) -> str:
    """Find the name of a code in the first of the policies that knows it; else the code itself."""
    names = (part_name(policy, axis, code) for policy in policies)
    return next((name for name in names if name != code), code)


def _step_lines(found: Mapping, steps: Mapping[str, LadderStep]) -> tuple[StepLine, ...]:
    then, instead = found.get("steps_before", {}), found.get("steps_after", {})
    return tuple(
        StepLine(
            capfirst(step_text(steps[code]) if code in steps else code),
            then.get(code, 0),
            instead.get(code, 0),
        )
        for code in dict.fromkeys([*steps, *then, *instead])
        if code in then or code in instead
    )
