"""Why promises were missed, the monthly reports that customers were sent, and who wants them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Person
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case


class Miss(TenantModel):
    """A promise that was missed, with who held the case by then and where the time went.

    Worked out from the timeline once, after the due time has passed: nothing that is said later
    changes it. `shares` maps the codes of `reports.causes` to seconds. Written by
    `reports.misses.look_into_misses`; insert-only.
    """

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    started_seq = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    cause = models.CharField(max_length=20)
    shares = models.JSONField(default=dict)
    tier = models.PositiveSmallIntegerField()
    owner = TenantForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "kind", "started_seq"], name="miss_once_a_clock"
            ),
            models.CheckConstraint(condition=~Q(cause=""), name="miss_has_a_cause"),
        ]
        indexes = [models.Index(fields=["tenant", "due_at"], name="miss_by_due_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"


class ServiceReport(TenantModel):
    """What a company was told of one month, kept as it was. Insert-only.

    `figures` holds numbers, codes and moments, no names of people and no words of cases;
    `checksum` is that of their canonical text. Made by `reports.service.make_reports`.
    """

    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="service_reports")
    first_on = models.DateField(_("month"))
    made_at = models.DateTimeField()
    figures = models.JSONField()
    checksum = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "company", "first_on"], name="report_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(first_on__day=1), name="report_begins_with_its_month"
            ),
            models.CheckConstraint(
                condition=Q(checksum__regex="^[0-9a-f]{64}$"), name="report_has_a_checksum"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-first_on"], name="report_by_month")]

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m}"


class ReportSwitch(TenantModel):
    """A manager switched the mail of monthly reports to a company off, or on again.

    The last one counts; none is on. Insert-only, so that it says who did it and when.
    """

    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    is_on = models.BooleanField()
    switched_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    switched_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "company", "-id"], name="report_switch_by_company")
        ]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"


class ReportWish(TenantModel):
    """Whether a company admin wants the monthly report by mail; none is yes."""

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    wants = models.BooleanField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person"], name="report_wish_once_a_person")
        ]

    def __str__(self) -> str:
        return "yes" if self.wants else "no"
