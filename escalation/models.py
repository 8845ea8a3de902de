"""Who is told of what, who is on duty, and escalations that customers ask for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Team
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case, CaseEvent


class NoticeBatch(TenantModel):
    """What one person is told in one message; notices join it until it leaves.

    `leaves_at` is desk time: at once for what is urgent, else the next of the recipient's hours.
    `unwatched_since`: since when nothing had watched the clocks when it was made, desk time; None
    where nothing was amiss.
    """

    person = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="notice_batches")
    is_urgent = models.BooleanField(default=False)
    is_page = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    leaves_at = models.DateTimeField()
    unwatched_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "person", "-id"], name="batch_by_person")]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Notice(TenantModel):
    """One step of the ladder, or one hand-over, told to one person; they can acknowledge it."""

    batch = TenantForeignKey(NoticeBatch, on_delete=models.CASCADE, related_name="notices")
    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    event = TenantForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="notices")
    person = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20)
    noticed_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "event", "person", "kind"], name="notice_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "person"],
                condition=Q(acknowledged_at__isnull=True),
                name="notice_to_acknowledge",
            ),
            models.Index(fields=["tenant", "case", "-id"], name="notice_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class DutyShift(TenantModel):
    """Somebody is on duty for a team, or for all of them, from one moment to another."""

    team = TenantForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="shifts"
    )
    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("duty roster")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_lasts_a_while"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "ends_at"], name="shift_by_end")]

    def __str__(self) -> str:
        return f"shift {self.pk}"


class Absence(TenantModel):
    """Somebody of the desk is away, whole days; a stand-in takes what is theirs."""

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    stand_in = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_lasts_a_day"
            ),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in_id=F("person_id")),
                name="absence_stand_in_is_another",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "ends_on"], name="absence_by_end")]

    def __str__(self) -> str:
        return f"{self.starts_on} - {self.ends_on}"


class WorkingHours(TenantModel):
    """Hours of one weekday in which somebody wants notices that are not urgent; their own zone."""

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"))  # 0 is Monday
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "weekday", "opens"], name="hours_once"
            ),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="hours_of_a_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_last_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class EscalationRequest(TenantModel):
    """The customer asks for an escalation (DD-25): how things stand, and why. One runs at a time.

    An answer is owed by the clock `escalation_answer`; it stays open, answered or not, until
    somebody ends it.
    """

    class Way(models.TextChoices):
        PORTAL = "portal", _("on the portal")
        EMAIL = "email", _("by e-mail")
        ACCOUNT_MANAGER = "account_manager", _("through the account manager")
        PHONE = "phone", _("by phone")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        ENDED = "ended", _("ended")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="escalation_requests")
    event = TenantForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=16, choices=Way)
    asked_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    logged_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    situation = models.TextField(_("how things stand"))
    reason = models.TextField(_("why you ask"))
    is_swat = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case"],
                condition=Q(ended_at__isnull=True),
                name="one_escalation_request_runs",
            ),
            models.CheckConstraint(
                condition=~Q(situation="") & ~Q(reason=""), name="escalation_request_says_why"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="escalation_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"
