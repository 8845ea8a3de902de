"""The words that a vendor has put in the place of the given ones."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class MailText(TenantModel):
    """A vendor's own subject and body for one kind of message, to one side, in one language.

    The newest of the same kind, side and language counts; one that `is_given` puts the given words
    back. Insert-only: what was said before, by whom and why stays readable. Made by
    `outbox.texts.save_text` and `outbox.texts.restore_text`. `at` is desk time.
    """

    class Side(models.TextChoices):
        CUSTOMER = "customer", _("customers")
        DESK = "desk", _("the desk")

    kind = models.CharField(max_length=60)
    side = models.CharField(max_length=10, choices=Side)
    language = models.CharField(max_length=10)
    is_given = models.BooleanField(default=False)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=10_000, blank=True)
    why = models.CharField(_("why"), max_length=500, blank=True)
    by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=["customer", "desk"]), name="mail_text_side_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_given=True, subject="", body="")
                | (Q(is_given=False) & ~Q(subject="") & ~Q(body="")),
                name="mail_text_says_something",
            ),
        ]
        indexes = [
            # Read whenever a message leaves.
            models.Index(
                fields=["tenant", "kind", "side", "language", "-id"], name="mail_text_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.side}, {self.language})"
