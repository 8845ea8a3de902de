"""What a manager writes to the people who want to hear of a topic."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Product


class Bulletin(TenantModel):
    """A note to a topic of the policy (SC-01, SP-04). Made by `send_bulletin`.

    Kept here, for the outbox holds no text. `recipients` counts them when it was sent; who is left
    of them when a mail leaves is asked again.
    """

    topic = models.CharField(_("topic"), max_length=60)
    product = TenantForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
    )
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=10_000)
    sent_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent"))
    recipients = models.PositiveIntegerField(_("recipients"))

    class Meta:
        verbose_name = _("note to a topic")
        verbose_name_plural = _("notes to topics")
        constraints = [
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(body=""), name="bulletin_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.subject
