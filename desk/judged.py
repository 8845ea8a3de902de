"""How a case was judged, for the case page: levels, what waits about them, who could own it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.zones import moment_text
from desk.words import AXIS_LABELS
from sla.engine.clock import CaseState
from sla.engine.parts import Level
from tickets.actions.levels import is_for, waiting_level_requests
from tickets.assigning import Suggestion, suggest_owners
from tickets.estimates import estimate_of
from tickets.features import features_to_join, is_feature
from tickets.judging_words import environment_name
from tickets.models import Case, FeatureRequest, LevelRequest
from tickets.promises import promises_with
from tickets.timeline import Timeline, moment
from tickets.wording import next_promise, shift_texts

ASKED_OR_OFFERED = ("level_requested", "level_offered")


@dataclass(frozen=True)
class Waiting:
    """A question about a level that nobody has answered yet."""

    request: LevelRequest
    axis: str
    held: str
    wanted: str
    promises: tuple[str, ...]

    @property
    def is_ours(self) -> bool:
        """Tell whether the desk decides; else it has offered, and the customer does."""
        return self.request.kind == LevelRequest.Kind.ASKED


@dataclass(frozen=True)
class Judged:
    """What the page of a case says of its levels, at `at`; each part is read when asked for."""

    case: Case
    timeline: Timeline
    state: CaseState
    by: Person
    at: datetime

    @cached_property
    def waiting(self) -> list[Waiting]:
        asked = any(event.kind in ASKED_OR_OFFERED for event in self.timeline.events)
        if not asked or not self.case.is_open:
            return []
        return [self._waiting(request) for request in waiting_level_requests(self.case)]

    @property
    def to_decide(self) -> list[Waiting]:
        return [one for one in self.waiting if one.is_ours]

    @property
    def offered(self) -> list[Waiting]:
        return [one for one in self.waiting if not one.is_ours]

    @cached_property
    def reported(self) -> list[tuple[object, str, str]]:
        """List the axes on which another level counts than was reported: axis, both names."""
        return [
            (AXIS_LABELS[axis], self.name(axis, before), self.name(axis, now))
            for axis in self.state.policy.axes
            if (before := getattr(self.case, f"reported_{axis}"))
            and before != (now := getattr(self.case, axis))
        ]

    @cached_property
    def out_of_place(self) -> list[str]:
        """Warn of a level that is for other environments than that of the case (MX-11)."""
        return [
            _("“%(level)s” is for other systems; this one is: %(environment)s.")
            % {"level": level.name, "environment": environment_name(self.case.environment)}
            for level in self._levels()
            if not is_for(level, self.case.environment)
        ]

    @cached_property
    def lower_levels(self) -> list[tuple[str, Level]]:
        """List what the policy offers instead where there is a workaround (MX-13)."""
        policy, busy = self.state.policy, {one.request.axis for one in self.waiting}
        offers = (
            (level.axis, policy.level(level.axis, level.workaround_to)) for level in self._levels()
        )
        return [(axis, level) for axis, level in offers if level is not None and axis not in busy]

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        return suggest_owners(self.case, self.at)

    @property
    def least_loaded(self) -> str:
        """Say to whom one press gives the case, and why; "" where nobody is there."""
        others = [one for one in self.suggestions if one.person.pk != self.case.owner_id]
        return suggestion_text(others[0]) if others else ""

    @cached_property
    def estimate(self) -> datetime | None:
        return estimate_of(self.case, self.state, self.at)

    @property
    def latest_estimate(self) -> datetime | None:
        """Give the promise, which no estimate may pass; None where none is promised."""
        promised = next_promise(self.state)
        return moment(promised.due_at) if promised else None

    @property
    def is_feature(self) -> bool:
        return is_feature(self.state.policy, self.state.facts)

    @cached_property
    def feature(self) -> FeatureRequest | None:
        if self.case.feature_request_id is None:
            return None
        found = FeatureRequest.objects.select_related("release")
        return found.get(pk=self.case.feature_request_id)

    @cached_property
    def features(self) -> list[FeatureRequest]:
        return list(features_to_join(self.case)) if self.is_feature else []

    def promises(self, axis: str, level: str) -> tuple[str, ...]:
        """Say how each promise would move with another level, on the reader's clock."""
        zone = self.by.time_zone or self.by.tenant.time_zone
        shifts = promises_with(self.timeline, axis, level, self.at)
        return tuple(shift_texts(shifts, zone))

    def name(self, axis: str, code: str) -> str:
        """Name a level of the case's policy."""
        level = self.state.policy.level(axis, code)
        return level.name if level else code

    def _waiting(self, request: LevelRequest) -> Waiting:
        held = self.name(request.axis, getattr(self.case, request.axis))
        wanted = self.name(request.axis, request.level)
        promises = self.promises(request.axis, request.level)
        return Waiting(request, str(AXIS_LABELS[request.axis]), held, wanted, promises)

    def _levels(self) -> list[Level]:
        policy = self.state.policy
        levels = (policy.level(axis, getattr(self.case, axis)) for axis in policy.axes)
        return [level for level in levels if level is not None]


def suggestion_text(one: Suggestion) -> str:
    """Name somebody with what speaks for them: open cases, skills, grade (MX-28, DD-27)."""
    load = ngettext("%(count)d open case", "%(count)d open cases", one.load) % {"count": one.load}
    reasons = [load, *one.skills, *([one.grade] if one.grade else [])]
    return f"{one.person.name} ({', '.join(reasons)})"


def estimate_hint(judged: Judged, zone: str) -> str:
    """Say on whose clock an estimate is read, and how late it may be (MX-23)."""
    hint = _("On the clock of %(zone)s.") % {"zone": zone}
    latest = judged.latest_estimate
    if latest is None:
        return hint
    bound = _("Not later than the promise: %(promise)s.")
    return f"{hint} {bound % {'promise': moment_text(latest, zone)}}"
