"""The life of a case as its customer sees it: what is asked, what stood still, what is tied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from accounts.models import Person
from portal.life_forms import AwayForm, DisputeForm
from sla.engine.clock import CaseState
from tickets.absence import LONGEST_AWAY, closes_at
from tickets.actions.tracking import engineering_state
from tickets.models import Case, CaseEvent, Defect, Message, ReopenRequest
from tickets.queries import visible_cases
from tickets.ties import linked_cases, merged_cases, put_words_to
from tickets.timeline import moment


@dataclass(frozen=True)
class Pause:
    """A span in which the clocks stood still; `until_at` is None while they do."""

    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True)
class Life:
    """What the page of a case tells of its life; read when it is asked for.

    `events` is the history of the case as it is on the page: what never happened costs no
    statement.
    """

    case: Case
    person: Person
    state: CaseState
    events: Sequence[CaseEvent]
    at: datetime
    dispute_form: DisputeForm
    away_form: AwayForm

    @property
    def closes_at(self) -> datetime | None:
        """Find when the case is closed if nobody answers; None where it never is (DD-39)."""
        return closes_at(self.state)

    @property
    def pauses(self) -> list[Pause]:
        """List the spans in which the clocks stood still for the customer's answer."""
        spans = ((moment(start), moment(end)) for start, end in self.state.pauses)
        return [Pause(start, end) for start, end in spans if start != end]

    @property
    def today(self) -> str:
        """Give the first day that can be the last one away, on the customer's clock."""
        return self._day(self.at).isoformat()

    @property
    def last_away(self) -> date:
        """Give the last day that can be the last one away, on the customer's clock."""
        return self._day(self.at + LONGEST_AWAY - timedelta(days=1))

    @cached_property
    def reopening(self) -> ReopenRequest | None:
        """Find the latest wish to open the case again while it is closed (SC-18)."""
        if self.case.status != Case.Status.CLOSED or not self._has("reopen_asked"):
            return None
        return self.case.reopen_requests.select_related("event").order_by("-pk").first()

    @property
    def asks_to_reopen(self) -> bool:
        """Tell whether the desk has to agree before the case is open again."""
        return self.state.policy.reopen.approval and self.case.status == Case.Status.CLOSED

    @property
    def declined_words(self) -> str:
        """Give what the customer wrote where it proved to be another problem, to go on with."""
        request = self.reopening
        if request is None or request.state != ReopenRequest.State.DECLINED:
            return ""
        said = Message.objects.filter(case=self.case, event__kind="reopen_asked")
        words = said.filter(event__occurred_at__gte=request.asked_at).order_by("pk")
        return "\n\n".join(words.values_list("body", flat=True))

    @cached_property
    def merged_into(self) -> Case | None:
        if self.case.merged_into_id is None:
            return None
        return visible_cases(self.person).filter(pk=self.case.merged_into_id).first()

    @cached_property
    def merged_here(self) -> list[Case]:
        """List the cases that go on in this one; each has what was said as `said`."""
        if not self._has("merged_here"):
            return []
        found = merged_cases(self.case)
        put_words_to(found)
        return found

    @cached_property
    def linked(self) -> list[Case]:
        return linked_cases(self.case, self.person)

    @cached_property
    def defect(self) -> Defect | None:
        if self.case.defect_id is None:
            return None
        return Defect.objects.select_related("release", "product").get(pk=self.case.defect_id)

    @cached_property
    def engineering(self) -> str:
        """Say how far the engineers are: planned, progress or done; "" where none are asked.

        What stands in their tracker is not the customer's to read. A fault says more by itself.
        """
        return engineering_state(self.case)

    @property
    def fix_text(self) -> str:
        """Say how the policy mends what a case of this level is about (DD-24)."""
        level = self.state.policy.level("severity", self.case.severity)
        return level.fix if level else ""

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.case.time_zone)).date()

    def _has(self, kind: str) -> bool:
        return any(event.kind == kind for event in self.events)
