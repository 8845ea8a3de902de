"""The life of one case as the desk sees it: what it waits for, and what it is tied to."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from accounts.models import Person
from entitlements.models import Release
from escalation.actions import TOP_TIER
from outbox.hook_models import WebhookEndpoint
from sla.engine.clock import CaseState
from tickets.absence import closes_at
from tickets.actions.levels import waiting_level_requests
from tickets.actions.merging import standing_merge
from tickets.actions.tracking import standing_links, trackers
from tickets.actions.unreachable import Lower, lower_level
from tickets.models import (
    Case,
    CaseMerge,
    CaseQuestion,
    Defect,
    Message,
    ReopenRequest,
    TrackerLink,
)
from tickets.queries import visible_cases
from tickets.questions import checklist, open_questions
from tickets.reopening import waiting_reopening
from tickets.ties import (
    children_of,
    commonality,
    linked_cases,
    merged_in_sight,
    open_incidents,
    put_words_to,
)

# A bar of so many open cases is a full one.
MANY = 20


@dataclass(frozen=True)
class Common:
    """How many open cases, and companies, have the same: drawn as a bar."""

    cases: int
    companies: int

    @property
    def full(self) -> int:
        """Give the length of a full bar."""
        return max(MANY, self.cases)


@dataclass(frozen=True)
class Life:
    """What waits on a case and what it is tied to, for `by` at `at`; read when it is asked for."""

    case: Case
    state: CaseState
    by: Person
    at: datetime
    # Of the entries on the timeline: what never was costs no statement.
    kinds: frozenset[str]

    @cached_property
    def questions(self) -> list[CaseQuestion]:
        """List what the case waits for; each has the words of its entry as `said`."""
        if self.case.status != Case.Status.WAITING:
            return []
        found = open_questions(self.case)
        said = Message.objects.filter(event__in=[question.event_id for question in found])
        words = dict(said.values_list("event", "body"))
        for question in found:
            question.said = words.get(question.event_id, "")
        return found

    @property
    def checklist(self) -> tuple[str, ...]:
        return checklist(self.state.policy, self.case)

    @property
    def closes_at(self) -> datetime | None:
        """Find when the case is closed if nobody answers; None where it never is (DD-39)."""
        return closes_at(self.state)

    @cached_property
    def lower(self) -> Lower | None:
        """Find the level to offer to whoever cannot be reached; None while one waits already."""
        found = lower_level(self.case, self.state.policy)
        if found is None or not self.case.is_open:
            return None
        busy = {request.axis for request in waiting_level_requests(self.case)}
        return None if found.axis in busy else found

    @cached_property
    def reopening(self) -> ReopenRequest | None:
        if self.case.status != Case.Status.CLOSED:
            return None
        return waiting_reopening(self.case)

    @cached_property
    def merge(self) -> CaseMerge | None:
        """Find the merge that can still be undone."""
        is_merged = self.case.merged_into_id is not None
        return standing_merge(self.case.pk, self.at) if is_merged else None

    @cached_property
    def merged_into(self) -> Case | None:
        """Find where the case goes on, where one may see it."""
        if self.case.merged_into_id is None:
            return None
        return visible_cases(self.by).filter(pk=self.case.merged_into_id).first()

    @cached_property
    def merged_here(self) -> list[Case]:
        """List the cases that were merged into this one; each has what was said as `said`."""
        found, _hidden = self._merged
        put_words_to(found)
        return found

    @property
    def hidden_merged(self) -> int:
        """Count the merged cases that one may not see."""
        return self._merged[1]

    @cached_property
    def _merged(self) -> tuple[list[Case], int]:
        if "merged_here" not in self.kinds:
            return [], 0
        return merged_in_sight(self.case, self.by)

    @cached_property
    def linked(self) -> list[Case]:
        return linked_cases(self.case, self.by) if "case_linked" in self.kinds else []

    @cached_property
    def incidents(self) -> list[Case]:
        """List the open incidents that the case could hang on."""
        if self.case.is_incident:
            return []
        here = (self.case.pk, self.case.incident_id)
        return [incident for incident in open_incidents(self.by) if incident.pk not in here]

    @cached_property
    def incident(self) -> Case | None:
        """Find the incident that the case hangs on, where one may see it."""
        if self.case.incident_id is None:
            return None
        return visible_cases(self.by).filter(pk=self.case.incident_id).first()

    @cached_property
    def children(self) -> list[Case]:
        """List the cases that hang on an incident, of those that one may see."""
        return children_of(self.case, self.by) if self.case.is_incident else []

    @cached_property
    def all_children(self) -> int:
        """Count the cases that hang on an incident, whoever may see them."""
        return Case.objects.filter(incident=self.case).count() if self.case.is_incident else 0

    @property
    def open_children(self) -> int:
        """Count those that are open, whoever may see them."""
        return self.spread.cases

    @property
    def hidden_children(self) -> int:
        return self.all_children - len(self.children)

    @cached_property
    def spread(self) -> Common:
        """Count the open cases of an incident, and the companies that have them."""
        return Common(*commonality(Q(incident=self.case.pk)))

    @cached_property
    def defect(self) -> Defect | None:
        if self.case.defect_id is None:
            return None
        return Defect.objects.select_related("release", "product").get(pk=self.case.defect_id)

    @cached_property
    def issues(self) -> list[TrackerLink]:
        """List the engineers' issues that the case is linked with."""
        return standing_links(self.case) if "tracker_linked" in self.kinds else []

    @cached_property
    def trackers(self) -> list[WebhookEndpoint]:
        """List the trackers in which the engineers could be asked."""
        return trackers() if self.case.tier >= TOP_TIER else []

    @cached_property
    def defects(self) -> list[Defect]:
        """List the faults of the product that can be tied to the case, the newest first."""
        if self.case.product_id is None:
            return []
        known = Defect.objects.filter(product=self.case.product_id)
        return list(known.exclude(state=Defect.State.SHIPPED).order_by("-pk")[:100])

    @cached_property
    def releases(self) -> list[Release]:
        """List the releases of the fault's product, the newest first."""
        if self.defect is None:
            return []
        found = Release.objects.filter(product=self.defect.product_id)
        return list(found.order_by("-version_key"))

    @cached_property
    def common(self) -> Common:
        """Count how common the fault is: open cases that have it, and companies (DD-24)."""
        return Common(*commonality(Q(defect=self.case.defect_id)))

    @property
    def fix_text(self) -> str:
        """Say how the policy mends what a case of this level is about (DD-24)."""
        level = self.state.policy.level("severity", self.case.severity)
        return level.fix if level else ""
