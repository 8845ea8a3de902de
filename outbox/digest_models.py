"""What somebody of the desk wants to hear of at once, and what together."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class DigestWish(TenantModel):
    """That a person wants one group of messages together, each hour or each day.

    Without a row each message is sent by itself. Written by `outbox.digests.choose_digests`.
    """

    class Every(models.TextChoices):
        HOUR = "hour", _("together, each hour")
        DAY = "day", _("together, each morning at eight")

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="digest_wishes")
    group = models.CharField(max_length=20)
    every = models.CharField(max_length=4, choices=Every)

    class Meta:
        verbose_name = _("wish for a digest")
        verbose_name_plural = _("wishes for digests")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "group"], name="digest_wish_once_per_group"
            ),
            models.CheckConstraint(
                condition=Q(every__in=["hour", "day"]), name="digest_wish_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.every}"
