"""What an audit found: where stored clocks and columns say something else than the timeline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from jobs.models import Job


class ClockDifference(TenantModel):
    """One value that differs on one open case. Nothing is repaired by finding it.

    `what` is a column of the case, a clock such as `first_response:1` (its kind and the entry that
    started it), or a column of one: `first_response:1.due_at`. Values as text, moments in ISO 8601
    and UTC; "" for none.
    """

    case = TenantForeignKey("tickets.Case", on_delete=models.CASCADE, related_name="+")
    job = TenantForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=100)
    stored = models.CharField(max_length=200, blank=True)
    computed = models.CharField(max_length=200, blank=True)
    found_at = models.DateTimeField()
    # When a manager had the case rebuilt from its timeline.
    rebuilt_at = models.DateTimeField(null=True, blank=True)
    rebuilt_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("difference of the clocks")
        verbose_name_plural = _("audit of the clocks")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "job", "case", "what"], name="difference_once_an_audit"
            ),
            models.CheckConstraint(
                condition=models.Q(rebuilt_at__isnull=True, rebuilt_by__isnull=True)
                | models.Q(rebuilt_at__isnull=False, rebuilt_by__isnull=False),
                name="difference_rebuilt_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"
