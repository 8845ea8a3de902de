"""Cases, their timelines, and the stored clocks."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Person, Site, Team
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Product, Release
from sla.models import PolicyVersion


class Case(TenantModel):
    """One issue of one company, handled to its end.

    Changed only by `tickets.actions` and `escalation.actions`. The columns repeat what the timeline
    says, for lists; the timeline wins.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("With support")
        WAITING = "waiting", _("Waiting for the customer")
        RESOLVED = "resolved", _("Solved")
        CLOSED = "closed", _("Closed")

    class Environment(models.TextChoices):
        PRODUCTION = "production", _("production")
        STAGING = "staging", _("staging")
        TEST = "test", _("test or development")

    class Affected(models.TextChoices):
        ONE = "one", _("one person")
        SOME = "some", _("several people or one team")
        ALL = "all", _("everybody in the company")
        CUSTOMERS = "customers", _("our customers too")

    class Origin(models.TextChoices):
        SPLIT = "split", _("split off")
        FOLLOW_UP = "follow_up", _("a new case about a closed one")

    number = models.PositiveIntegerField()
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="cases")
    site = TenantForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    contact = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="contact_cases")
    product = TenantForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    # The version in use at the customer's, as the contact named it.
    release = TenantForeignKey(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    # What this case was split off from (SC-13), or is a new one about (SC-18).
    origin = TenantForeignKey(
        "tickets.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="offspring"
    )
    origin_kind = models.CharField(max_length=10, choices=Origin, blank=True)
    # The contact wants to hear of the disposition (SC-14).
    keep_informed = models.BooleanField(default=False)
    # How the customer judged it; the columns without "reported" are how the desk does (MX-10).
    reported_severity = models.CharField(max_length=40, blank=True)
    reported_priority = models.CharField(max_length=40, blank=True)
    environment = models.CharField(max_length=12, choices=Environment, blank=True)
    # Whose operations suffer (MS-11).
    affected = models.CharField(max_length=12, choices=Affected, blank=True)
    has_workaround = models.BooleanField(default=False)
    # A security matter: seen by those it concerns only (DD-06).
    is_restricted = models.BooleanField(default=False)
    # The customer was put through to somebody at once (MX-15).
    live_transfer = models.BooleanField(default=False)
    # What triage said of when support begins; never later than the promise (MX-23).
    estimate_at = models.DateTimeField(null=True, blank=True)
    meeting_link = models.URLField(blank=True)
    # How this case is to be answered, where it is not as the contact wants it anyway (DD-29).
    preferred_channel = models.CharField(max_length=10, blank=True)
    # The last day on which the customer is away; the case is not closed before its end (DD-39).
    away_until = models.DateField(null=True, blank=True)
    # Many cases, one cause: an answer on the incident answers them all.
    is_incident = models.BooleanField(default=False)
    incident = TenantForeignKey(
        "tickets.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="children",
    )
    merged_into = TenantForeignKey(
        "tickets.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged",
    )
    defect = TenantForeignKey(
        "tickets.Defect",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="cases",
    )
    feature_request = TenantForeignKey(
        "tickets.FeatureRequest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="cases",
    )
    # Since when the SWAT team works on it (DD-26); None = it does not.
    swat_since = models.DateTimeField(null=True, blank=True)
    # What support declines and this case asked for, a code of its policy version (SC-15).
    declined = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    # Codes of the case's policy version; blank where the policy has no such axis.
    case_type = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=40, blank=True)
    priority = models.CharField(max_length=40, blank=True)
    plan = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=40)
    # The customer's zone, frozen at opening: see accounts.queries.whereabouts.
    time_zone = models.CharField(max_length=64)
    policy_version = TenantForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="cases")
    tier = models.PositiveSmallIntegerField(default=1)
    team = TenantForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    owner = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_cases"
    )
    availability = models.TextField(
        blank=True, help_text=_("How and when the customer can be reached (DD-10).")
    )
    # The customer was told to call, and nobody has called yet (MX-07).
    call_owed = models.BooleanField(default=False)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    first_closed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_public_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    last_seq = models.PositiveIntegerField(default=0)
    # The soonest answer that is owed, promised or aimed at, else progress; for the queue.
    next_due_at = models.DateTimeField(null=True, blank=True)
    # The next instant at which any step of the ladder could fall due, for the tick.
    next_mark_at = models.DateTimeField(null=True, blank=True)
    # A case that failed in the tick rests until then; the health page lists it.
    set_aside_until = models.DateTimeField(null=True, blank=True)
    set_aside_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="case_number_once"),
            models.UniqueConstraint(fields=["tenant", "uuid"], name="case_uuid_once"),
            models.CheckConstraint(
                condition=Q(tier__gte=1, tier__lte=3), name="case_tier_is_1_to_3"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False),
                name="case_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(origin__isnull=True, origin_kind="")
                | Q(origin__isnull=False, origin_kind__in=["split", "follow_up"]),
                name="case_origin_with_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(is_incident=False) | Q(incident__isnull=True),
                name="case_incident_is_no_child",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(status="closed"),
                name="case_merged_is_closed",
            ),
        ]
        indexes = [
            # Polled by the tick, through due_cases().
            models.Index(
                fields=["tenant", "next_mark_at"],
                condition=Q(next_mark_at__isnull=False),
                name="case_by_next_mark",
            ),
            # The queue: open work, soonest due first.
            models.Index(
                fields=["tenant", "next_due_at", "severity"],
                condition=~Q(status__in=["resolved", "closed"]),
                name="case_queue",
            ),
            models.Index(fields=["tenant", "company", "-last_public_at"], name="case_by_company"),
            # Few cases have any of these, so their indexes hold few.
            *(
                models.Index(
                    fields=["tenant", name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"case_by_{name}",
                )
                for name in ("incident", "merged_into", "defect", "feature_request")
            ),
            # Counted with every page of the queue: closed cases are most, and in none of its views.
            models.Index(
                fields=["tenant", "status", "next_due_at"],
                condition=~Q(status="closed"),
                name="case_by_status",
            ),
            # Lists of all cases in a policy's order: each level by what is due next, or all.
            *(
                models.Index(
                    fields=["tenant", axis, "next_due_at", "number"], name=f"case_by_{axis}"
                )
                for axis in ("severity", "priority")
            ),
            models.Index(fields=["tenant", "next_due_at", "number"], name="case_by_due"),
            # What a search leaves out for whom it does not concern.
            models.Index(
                fields=["tenant", "id"], condition=Q(is_restricted=True), name="case_restricted"
            ),
            # Replays and reports: the cases of a span.
            models.Index(fields=["tenant", "opened_at"], name="case_by_opening"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.OPEN, self.Status.WAITING)


class CaseCounter(TenantModel):
    """The last case number of a tenant; locked last of all, so that filings do not queue up."""

    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="counter_once_a_tenant"),
        ]

    def __str__(self) -> str:
        return str(self.last_number)


class CaseEvent(TenantModel):
    """One entry of a case's timeline. Only ever added; the app role may not change or delete it.

    No names and no free text in payloads, only ids and codes, so that a person can be erased.
    """

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Customer and desk")
        DESK = "desk", _("Desk only")

    class Cause(models.TextChoices):
        PERSON = "person", _("A person")
        POLICY = "policy", _("The policy")
        IMPORT = "import", _("An import")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    schema = models.PositiveSmallIntegerField(default=1)
    audience = models.CharField(max_length=10, choices=Audience)
    caused_by = models.CharField(max_length=10, choices=Cause, default=Cause.PERSON)
    by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="caused_events"
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    # Set on step_fired only: what must not happen twice is a constraint, not a hope.
    clock = models.CharField(max_length=40, blank=True)
    clock_seq = models.PositiveIntegerField(null=True, blank=True)
    step = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "seq"], name="event_seq_once"),
            models.UniqueConstraint(
                fields=["tenant", "case", "clock", "clock_seq", "step"],
                condition=Q(kind="step_fired"),
                name="step_fires_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind="step_fired")
                | (Q(clock_seq__isnull=False) & ~Q(clock="") & ~Q(step="")),
                name="step_fired_names_step",
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=models.F("occurred_at")),
                name="event_recorded_after_it_occurred",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class StoredClock(TenantModel):
    """The cached result of `sla.engine.clock.run` for one obligation; rewritten by every action.

    Read by lists and reports; whatever must be exact is computed from the timeline.
    """

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=40)
    started_seq = models.PositiveIntegerField()
    state = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    due_from = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    # From when it is shown as at risk; null where nothing can be late.
    at_risk_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    need_seconds = models.PositiveIntegerField(null=True, blank=True)
    counts = models.BooleanField(default=True)
    # The customer was told of it; else it is the desk's own aim, and nothing of it is a breach.
    is_promised = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "kind", "started_seq"], name="clock_once"
            ),
        ]
        indexes = [
            # Counted with every page of the queue: what is at risk, and what stands still.
            models.Index(
                fields=["tenant", "due_at", "at_risk_at", "kind"],
                condition=Q(ended_at__isnull=True),
                name="clock_open_by_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_seq}"


class CaseDraft(TenantModel):
    """What a person has typed into the filing form so far; kept until the case is sent."""

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person"], name="draft_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


# At the end: they point at cases.
from tickets.agreement_models import RemoteConsent, SplitProposal  # noqa: E402, F401
from tickets.attachment_models import Attachment, AttachmentDownload  # noqa: E402, F401
from tickets.audit_models import ClockDifference  # noqa: E402, F401
from tickets.bulk_models import BulkCase, BulkChange  # noqa: E402, F401
from tickets.level_models import FeatureRequest, LevelRequest  # noqa: E402, F401
from tickets.link_models import CaseLink, CaseMerge, Defect, DiagnosticDrop  # noqa: E402, F401
from tickets.message_models import InternalNote, Message  # noqa: E402, F401
from tickets.question_models import CaseQuestion, ContactAttempt, QuestionItem  # noqa: E402, F401
from tickets.rating_models import CaseRating  # noqa: E402, F401
from tickets.reopening_models import ReopenRequest  # noqa: E402, F401
from tickets.replay_models import ReplayedText, ReplayFlip, ReplayGap  # noqa: E402, F401
from tickets.search_models import CaseWords  # noqa: E402, F401
from tickets.subject_models import SubjectChange  # noqa: E402, F401
from tickets.teamwork_models import (  # noqa: E402, F401
    ActDraft,
    CannedReply,
    CaseLook,
    CaseTag,
    HeldAnswer,
    Macro,
    Presence,
    SavedView,
    Tag,
    TeamRoute,
)
from tickets.tracker_models import TrackerLink  # noqa: E402, F401
