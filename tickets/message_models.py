"""What is said on cases: to the customer, or among the desk."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case, CaseEvent


class Message(TenantModel):
    """What the customer may read: a public message of either side, with its event."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("From the customer")
        REPLY = "reply", _("Reply")
        QUESTION = "question", _("Question to the customer")
        SOLUTION = "solution", _("Solution")
        CALL = "call", _("Call")
        REASON = "reason", _("Reason for a change")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    event = TenantForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="messages")
    author = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    body = models.TextField()
    # What it quotes of older mail, where it came by mail; folded away, and not searched.
    quoted = models.TextField(blank=True, default="", db_default="")
    # By which way it came, where that is not the page that it is written on.
    way = models.CharField(max_length=10, blank=True, default="", db_default="")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "event"], name="message_once_an_event"),
            models.CheckConstraint(condition=~Q(body=""), name="message_says_something"),
        ]
        indexes = [models.Index(fields=["tenant", "case", "id"], name="message_by_case")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class InternalNote(TenantModel):
    """What only the desk may read. A table of its own: a forgotten filter cannot select it."""

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    event = TenantForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="notes")
    author = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="notes"
    )
    body = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "event"], name="note_once_an_event"),
            models.CheckConstraint(condition=~Q(body=""), name="note_says_something"),
        ]
        indexes = [models.Index(fields=["tenant", "case", "id"], name="note_by_case")]

    def __str__(self) -> str:
        return f"note {self.pk}"
