"""A vendor's support policy: frozen versions, and the working copy in rows that managers edit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class OpenCases(models.TextChoices):
    """What publishing does to the cases that are open when the version begins."""

    KEEP = "keep", _("keep the promises they have")
    FROM_CHANGE = "from_change", _("get new promises, counted from the beginning of the version")
    FROM_OPENING = "from_opening", _("get new promises, counted from their opening")


class PolicyVersion(TenantModel):
    """One published policy, frozen: all that is computed at run time is computed from these.

    Only ever added, by `sla.publishing` and `load_document`; the app role may not change or delete
    it. Of the versions in effect that are not withdrawn the one with the highest number counts.
    """

    number = models.PositiveIntegerField(_("version"))
    document = models.TextField(_("text"))
    checksum = models.CharField(max_length=64)
    schema = models.PositiveSmallIntegerField(default=1)
    effective_at = models.DateTimeField(_("in effect from"))
    published_at = models.DateTimeField(_("published"))
    published_by = TenantForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    # Who approved it, where somebody else had asked for it.
    approved_by = TenantForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    open_cases = models.CharField(
        _("open cases"), max_length=20, choices=OpenCases, default=OpenCases.KEEP
    )
    # What the customers whose promises change are told, in the manager's words.
    customer_note = models.TextField(_("note to customers"), blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("published policy")
        verbose_name_plural = _("published policies")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="policy_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="policy_number_from_1"),
            models.CheckConstraint(condition=Q(schema__gte=1), name="policy_schema_from_1"),
            models.CheckConstraint(
                condition=Q(checksum__regex="^[0-9a-f]{64}$"), name="policy_checksum_is_sha256"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Version %(number)d") % {"number": self.number})


class PolicyWithdrawal(TenantModel):
    """The end of a published version before its time: from then on it is as if it had never begun.

    Cases that were opened under it keep their promises until they are retargeted. Only ever added.
    """

    version = TenantForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="withdrawals")
    withdrawn_at = models.DateTimeField(_("withdrawn"))
    withdrawn_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    customer_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "version"], name="version_withdrawn_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_says_why"),
        ]

    def __str__(self) -> str:
        return str(_("%(version)s, withdrawn") % {"version": self.version})


class PublishRequest(TenantModel):
    """A policy that waits for a second manager's approval, frozen as it was asked for.

    `effective_at` None = from its approval. One waits at a time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for approval")
        APPROVED = "approved", _("approved and published")
        DECLINED = "declined", _("declined")
        TAKEN_BACK = "taken_back", _("taken back")

    document = models.TextField()
    checksum = models.CharField(max_length=64)
    revision = models.PositiveIntegerField()
    # The latest version when it was asked for: what its changes are changes of.
    compared_with = TenantForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    effective_at = models.DateTimeField(_("to begin"), null=True, blank=True)
    open_cases = models.CharField(max_length=20, choices=OpenCases, default=OpenCases.KEEP)
    customer_note = models.TextField(blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    requested_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    version = TenantForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(state="waiting"), name="one_request_waits"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(version__isnull=False) & ~Q(decided_by=models.F("requested_by"))),
                name="request_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decided_at__isnull=False),
                name="request_decided_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Asked to publish"))


class PolicyDraft(TenantModel):
    """The working copy of a vendor's policy: one per tenant, changed only by `sla.actions`.

    `sections` holds the document without the parts that have rows of their own, as TOML: a JSON
    column would lose the order. `revision` counts the changes, so that nobody saves or publishes
    over what they have not seen.
    """

    base_version = TenantForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sections = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("last change"))
    updated_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("support policy")
        verbose_name_plural = _("support policy")
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="policy_draft_once_a_tenant")
        ]

    def __str__(self) -> str:
        return str(_("Working copy"))


class CalendarRow(TenantModel):
    """A calendar of the working copy: own hours in a zone, or another calendar for each region."""

    draft = TenantForeignKey(PolicyDraft, on_delete=models.CASCADE, related_name="calendars")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    name = models.TextField()
    zone = models.CharField(max_length=64, blank=True)  # an IANA name or "customer"
    holidays = models.CharField(max_length=40, blank=True)
    by_region = models.TextField(blank=True)  # "AMER=east, EMEA=west": the calendar of each region

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "draft", "code"], name="calendar_code_once_a_draft"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CalendarWindow(TenantModel):
    """One opening of one weekday, in wall time; an end at or before its start is the next day's."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    calendar = TenantForeignKey(CalendarRow, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.CharField(max_length=8)  # HH:MM[:SS] up to 24:00, which no time column holds
    closes = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="window_weekday_0_to_6"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens}-{self.closes}"


class CalendarException(TenantModel):
    """Dates with hours of their own in place of the weekly ones; no intervals = closed."""

    calendar = TenantForeignKey(CalendarRow, on_delete=models.CASCADE, related_name="exceptions")
    position = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    intervals = models.TextField(blank=True)  # "09:00-12:00, 13:00-17:00"
    name = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="calendar_exception_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} - {self.ends_on}"


class TargetRow(TenantModel):
    """One rule of the working copy: what a clock is measured by, for the facts that it names.

    An axis holds codes with commas between them; blank = any. `amount` and `goal` are in the unit
    of `kind`: seconds for elapsed and business_time, else days or weeks.
    """

    draft = TenantForeignKey(PolicyDraft, on_delete=models.CASCADE, related_name="targets")
    position = models.PositiveIntegerField()
    clock = models.CharField(max_length=40)
    plan = models.TextField(blank=True)
    severity = models.TextField(blank=True)
    priority = models.TextField(blank=True)
    case_type = models.TextField(blank=True)
    channel = models.TextField(blank=True)
    region = models.TextField(blank=True)
    edition = models.TextField(blank=True)
    product = models.TextField(blank=True)
    kind = models.CharField(max_length=20)
    amount = models.PositiveIntegerField(default=0)
    goal = models.PositiveIntegerField(null=True, blank=True)
    calendar = models.CharField(max_length=40, blank=True)  # a code, "service", or blank: 24x7
    day_rule = models.CharField(max_length=20, default="same_time")
    outside = models.CharField(max_length=20, default="next_opening")
    back = models.CharField(max_length=20, default="service_time")
    counts_late = models.BooleanField(default=True)
    promised = models.BooleanField(default=True)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(goal__isnull=True) | Q(goal__lte=models.F("amount")),
                name="target_goal_not_after_commitment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.position}"
