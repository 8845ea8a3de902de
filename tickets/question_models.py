"""Questions to the customer: what a case waits for, and attempts to reach somebody."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case, CaseEvent


class CaseQuestion(TenantModel):
    """A question that a case waits for: a pause has one, or there is none.

    Any answer of the customer ends it. The customer may say that it is not theirs to answer
    (`disputed_at`): then the desk's clocks run again. `why` is what the customer reads about why it
    is asked (DD-28).
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        DISPUTED = "disputed", _("not for the customer to answer")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LAPSED = "lapsed", _("closed without an answer")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    # The entry that asks; its message has the words.
    event = TenantForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="questions")
    why = models.TextField(_("why we need it"), blank=True)
    asked_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "event"], name="question_once_an_event"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | ~Q(state="open") & Q(ended_at__isnull=False),
                name="question_ended_at_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "case"], condition=Q(state="open"), name="question_open"
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class QuestionItem(TenantModel):
    """One line of what is asked for, from the policy's checklist or the agent's own (DD-34)."""

    question = TenantForeignKey(CaseQuestion, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "question", "position"], name="item_once_a_question"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="item_says_something"),
        ]

    def __str__(self) -> str:
        return self.words


class ContactAttempt(TenantModel):
    """The desk tried to reach the customer and could not (DD-40)."""

    class Way(models.TextChoices):
        PHONE = "phone", _("by phone")
        EMAIL = "email", _("by e-mail")
        MEETING = "meeting", _("in a meeting")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="contact_attempts")
    event = TenantForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="contact_attempts")
    way = models.CharField(max_length=10, choices=Way)
    by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    tried_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "event"], name="attempt_once_an_event"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"
