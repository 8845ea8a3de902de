"""What cases were called before: in a table of its own, so that a person can be erased."""

from django.db import models

from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case, CaseEvent


class SubjectChange(TenantModel):
    """The subject of a case before and after the entry that changed it."""

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="subject_changes")
    event = TenantForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="+")
    before = models.CharField(max_length=200)
    after = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "event"], name="subject_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.event_id}"
