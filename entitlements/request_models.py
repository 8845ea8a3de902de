"""What customers ask for when the gate says no, and what a manager lets through."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Company, Person
from accounts.walls import TenantForeignKey, TenantModel


class EntitlementRequest(TenantModel):
    """A customer asks a person for a pack of points, or to be let through; somebody decides.

    Made by `ask_for_entitlement`, decided by `grant_request` or `decline_request`.
    """

    class Kind(models.TextChoices):
        PACK = "pack", _("points")
        OVERRIDE = "override", _("an exception")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        GRANTED = "granted", pgettext_lazy("request", "granted")
        DECLINED = "declined", _("declined")

    company = TenantForeignKey(
        Company, on_delete=models.PROTECT, related_name="entitlement_requests"
    )
    asked_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Whom the customer named: one of their own admins or the vendor's; None = whoever sees to it.
    asked_of = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    # For points: the code of the pack.
    pack = models.CharField(max_length=60, blank=True)
    # For an exception: the codes of the refusals, comma-separated, and the subject of the draft.
    codes = models.CharField(max_length=400, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    words = models.TextField(blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, max_length=2000)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            # Asking again changes nothing while the first question waits.
            models.UniqueConstraint(
                fields=["tenant", "asked_by", "kind"],
                condition=Q(state="waiting"),
                name="one_request_of_a_kind_waits",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decided_at__isnull=False),
                name="entitlement_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(kind="pack") & ~Q(pack="") | Q(kind="override") & ~Q(codes=""),
                name="entitlement_request_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class GateOverride(TenantModel):
    """A manager lets one case of a company through, in spite of the refusals named (DD-33, SC-19).

    Good for one case until a moment; used by `open_case`, which writes the case's number here.
    """

    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="gate_overrides")
    # None: any contact of the company.
    contact = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    codes = models.CharField(max_length=400)
    reason = models.CharField(_("reason"), max_length=400)
    request = TenantForeignKey(
        EntitlementRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    good_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    case_number = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="override_says_why"),
            models.CheckConstraint(condition=~Q(codes=""), name="override_says_of_what"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, case_number__isnull=True)
                | Q(used_at__isnull=False, case_number__isnull=False),
                name="override_used_for_a_case",
            ),
            models.CheckConstraint(
                condition=Q(good_until__gt=models.F("granted_at")),
                name="override_good_for_a_while",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "company"],
                condition=Q(used_at__isnull=True),
                name="override_unused",
            )
        ]

    def __str__(self) -> str:
        return self.codes
