"""Issues of the engineers' tracker that cases wait for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from outbox.hook_models import WebhookEndpoint
from tickets.models import Case


class TrackerLink(TenantModel):
    """One case and one issue that engineers work on; changed by `tickets.actions.tracking` only.

    `title` and `words` are what the desk wrote for the engineers. Of theirs only the state is kept:
    what stands in a tracker is never shown to a customer. Desk time; one that was taken apart keeps
    its row.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("being opened")
        OPEN = "open", _("open")
        PROGRESS = "progress", _("being worked on")
        DONE = "done", _("done")
        DROPPED = "dropped", _("will not be done")
        FAILED = "failed", _("could not be linked")

    OVER = (State.DONE, State.DROPPED, State.FAILED)

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="tracker_links")
    endpoint = TenantForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="tracker_links"
    )
    # Empty until the tracker has said how it calls a new one.
    issue = models.CharField(max_length=60, blank=True)
    url = models.URLField(max_length=500, blank=True)
    title = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    # As the tracker calls its own state, for the desk.
    remote_state = models.CharField(max_length=80, blank=True)
    # The version in which the tracker says that it is mended.
    fixed_in = models.CharField(max_length=80, blank=True)
    why = models.CharField(max_length=300, blank=True)
    linked_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True, blank=True)
    unlinked_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unlinked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "endpoint", "issue"],
                condition=Q(unlinked_at__isnull=True) & ~Q(issue=""),
                name="issue_linked_once",
            ),
            models.CheckConstraint(
                condition=~Q(issue="") | ~Q(title=""), name="issue_is_there_or_described"
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(why=""), name="issue_failed_says_why"
            ),
        ]
        indexes = [
            # Heard of by the webhooks of trackers.
            models.Index(
                fields=["tenant", "endpoint", "issue"],
                condition=Q(unlinked_at__isnull=True),
                name="link_by_issue",
            ),
        ]

    def __str__(self) -> str:
        return self.issue or self.title
