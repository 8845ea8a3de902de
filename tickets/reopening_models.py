"""Customers who ask to have a closed case opened again, where the policy wants a look first."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case, CaseEvent


class ReopenRequest(TenantModel):
    """The customer says that it is the same problem again; somebody of the desk decides (SC-18).

    The words are the message of the entry: they stay on the case whatever is decided.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        APPROVED = "approved", _("opened again")
        DECLINED = "declined", _("another problem")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="reopen_requests")
    event = TenantForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="reopen_requests")
    asked_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case"],
                condition=Q(state="waiting"),
                name="one_reopening_waits",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="reopening_decided_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"reopening {self.pk}"
