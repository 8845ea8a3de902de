"""One change of many cases: what was chosen, what was to be done, and what became of each."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case


class BulkChange(TenantModel):
    """The same change of many cases. Made by `tickets.bulk.prepare`, done by `actions.bulk`.

    `changes` holds ids and codes: see `tickets.bulk`. What has no key in it is left as it is.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("being done")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    UNDER_WAY = (State.RUNNING, State.UNDOING)

    by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="bulk_changes")
    changes = models.JSONField(default=dict)
    # What the customers read, why a level changes (they read that too), and what the desk reads.
    words = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    # Of real time.
    undo_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "running", "done", "undoing", "undone"]),
                name="bulk_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY


class BulkCase(TenantModel):
    """One case of a change of many. `seen_seq` is the last entry when it was chosen.

    `before` is what an undoing puts back, `after` what it must find.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        DONE = "done", _("changed")
        SAME = "same", _("was so already")
        REFUSED = "refused", _("refused")
        UNDONE = "undone", _("changed back")
        KEPT = "kept", _("could not be changed back")

    bulk = TenantForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows")
    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="bulk_rows")
    seen_seq = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "bulk", "case"], name="bulk_case_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "kept"]) | ~Q(why=""),
                name="bulk_refusal_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.case_id}"
