"""What people changed in the admin: one insert-only row for each time that they pressed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class Change(TenantModel):
    """Something that somebody did to one row: who, when, before and after, and why.

    Made by `accounts.changes.keep_change`; the database lets nobody change or delete it. `model`
    and `row` say what it was done to, `named` how that was called then, for it may be gone. `lines`
    holds what was before and after, as `accounts.changes.Line` says; `words` is an act that is no
    change of fields. `at` is desk time.
    """

    class Act(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("removed")

    # Who did something here is not deleted: `PersonAdmin.get_deleted_objects` says so in words.
    by = TenantForeignKey(Person, on_delete=models.DO_NOTHING, related_name="+")
    at = models.DateTimeField()
    act = models.CharField(max_length=10, choices=Act)
    model = models.CharField(max_length=80)
    row = models.CharField(max_length=120)
    named = models.CharField(max_length=300)
    lines = models.JSONField(default=list)
    words = models.CharField(max_length=1000, blank=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(act__in=["added", "changed", "removed"]),
                name="change_act_is_known",
            ),
        ]
        indexes = [
            # Read by the history of one row, and by the newest of all.
            models.Index(fields=["tenant", "model", "row", "-id"], name="change_of_row"),
            models.Index(fields=["tenant", "-id"], name="change_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.named} {self.act}"
