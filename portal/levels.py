"""Levels on the customer's page of a case: reported and assigned, asked for, offered."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import Person
from portal.level_forms import AskLevelForm
from sla.engine.parts import Level
from sla.engine.policy import Policy
from sla.words import AXIS_NAMES
from tickets.actions.levels import waiting_level_requests
from tickets.estimates import estimate_of
from tickets.judging_words import judged_sentences
from tickets.models import Case, FeatureRequest, LevelRequest
from tickets.promises import promises_with
from tickets.timeline import Timeline
from tickets.wording import shift_texts


@dataclass(frozen=True)
class Reported:
    """A level as the customer reported it, where the desk has assigned another (MX-10)."""

    axis: str
    reported: str
    assigned: str


@dataclass(frozen=True)
class Asked:
    """A question about a level that waits: of the customer's, or an offer of the desk's."""

    request: LevelRequest
    axis: str
    held: str
    wanted: Level | None
    wanted_name: str
    promises: tuple[str, ...]

    @property
    def is_offer(self) -> bool:
        return self.request.kind != LevelRequest.Kind.ASKED


@dataclass(frozen=True)
class CaseLevels:
    """What the page of a case says and asks of its levels; each part is read when asked for."""

    case: Case
    person: Person
    timeline: Timeline
    at: datetime
    sent: AskLevelForm | None = None

    @property
    def policy(self) -> Policy:
        return self.timeline.state().policy

    @cached_property
    def waiting(self) -> list[Asked]:
        if not self.case.is_open:
            return []
        return [
            Asked(
                request,
                str(AXIS_NAMES[request.axis]),
                self._name(request.axis, getattr(self.case, request.axis)),
                self.policy.level(request.axis, request.level),
                self._name(request.axis, request.level),
                self._promises(request.axis, request.level),
            )
            for request in waiting_level_requests(self.case)
        ]

    @property
    def offers(self) -> list[Asked]:
        return [one for one in self.waiting if one.is_offer]

    @property
    def asked(self) -> list[Asked]:
        return [one for one in self.waiting if not one.is_offer]

    @cached_property
    def form(self) -> AskLevelForm | None:
        """Give the form to ask for another level; None where there is nothing to ask for."""
        if self.sent is not None:
            return self.sent
        if not self.case.is_open or not self.person.may("ask_for_level"):
            return None
        # An offer is no obstacle: it is off when they ask for something else.
        busy = {one.request.axis for one in self.asked}
        form = AskLevelForm(case=self.case, policy=self.policy, busy=busy)
        return form if form.fields["level"].choices else None

    @cached_property
    def foretold(self) -> list[tuple[str, tuple[str, ...]]]:
        """Say for each level that can be asked for what it would promise: its name, the lines."""
        if self.form is None:
            return []
        groups = (levels for code, levels in self.form.fields["level"].choices if code)
        found = (
            (name, self._promises(*code.split(":", 1)))
            for levels in groups
            for code, name in levels
        )
        return [(name, lines) for name, lines in found if lines]

    @cached_property
    def reported(self) -> list[Reported]:
        pairs = (
            (axis, getattr(self.case, f"reported_{axis}"), getattr(self.case, axis))
            for axis in self.policy.axes
        )
        return [
            Reported(str(AXIS_NAMES[axis]), self._name(axis, before), self._name(axis, now))
            for axis, before, now in pairs
            if before and before != now
        ]

    @cached_property
    def because(self) -> list[str]:
        """Say why another level counted from the opening (MX-11, MX-13)."""
        if not self.reported:
            return []
        opening = self.case.events.order_by("seq").first()
        return judged_sentences(opening.payload, self.policy) if opening else []

    @cached_property
    def estimate(self) -> datetime | None:
        if self.case.estimate_at is None or not self.case.is_open:
            return None
        return estimate_of(self.case, self.timeline.state(), self.at)

    @cached_property
    def feature(self) -> FeatureRequest | None:
        if self.case.feature_request_id is None:
            return None
        found = FeatureRequest.objects.select_related("release")
        return found.get(pk=self.case.feature_request_id)

    def _promises(self, axis: str, level: str) -> tuple[str, ...]:
        shifts = promises_with(self.timeline, axis, level, self.at)
        return tuple(shift_texts(shifts, self.case.time_zone))

    def _name(self, axis: str, code: str) -> str:
        level = self.policy.level(axis, code)
        return level.name if level else code
