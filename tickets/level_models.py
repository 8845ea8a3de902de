"""Levels that are asked for or offered, and wishes for features."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Product, Release
from tickets.models import Case


class LevelRequest(TenantModel):
    """Somebody wants another level of a case: the other side decides. One waits for each axis.

    The customer asks (MX-10, DD-09) and the desk decides; the desk offers a lower one, for a
    workaround that was given (MX-13) or a customer who cannot be reached (DD-40), and the customer
    decides.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked for by the customer")
        WORKAROUND = "workaround", _("offered: there is a workaround")
        UNREACHABLE = "unreachable", _("offered: nobody could be reached")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="level_requests")
    kind = models.CharField(max_length=12, choices=Kind)
    # "severity" or "priority", and the code of a level of the case's policy.
    axis = models.CharField(max_length=10)
    level = models.CharField(max_length=40)
    reason = models.TextField(_("reason"))
    asked_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    answer = models.TextField(blank=True)
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "axis"],
                condition=Q(state="waiting"),
                name="one_level_request_waits",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="level_request_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(axis__in=["severity", "priority"]), name="level_request_axis_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.axis} {self.level}"


class FeatureRequest(TenantModel):
    """A wish for the product, logged for future consideration (MX-14, SC-14).

    Cases point at it; who wants to be kept informed hears of each change of its disposition.
    """

    class Disposition(models.TextChoices):
        LOGGED = "logged", _("logged for consideration")
        PLANNED = "planned", _("planned")
        SHIPPED = "shipped", _("shipped")
        DECLINED = "declined", _("not planned")

    title = models.CharField(_("title"), max_length=200)
    words = models.TextField(_("what is wished for"), blank=True)
    product = TenantForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="feature_requests"
    )
    release = TenantForeignKey(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    disposition = models.CharField(
        _("disposition"), max_length=10, choices=Disposition, default=Disposition.LOGGED
    )
    # What customers read about it.
    answer = models.TextField(_("in words for customers"), blank=True)
    created_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("feature request")
        verbose_name_plural = _("feature requests")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="feature_request_has_title"),
        ]

    def __str__(self) -> str:
        return self.title
