"""Tokens by which programs act for a person, what they have used, and replies that are kept."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel

LONGEST_NAME = 100
LONGEST_KEY = 200


class ApiToken(TenantModel):
    """A key by which a program acts for a person. Made by `make_token`, which shows it once.

    What is kept is its digest: whoever reads the table cannot use it. All moments are real time.
    """

    person = TenantForeignKey(
        Person, on_delete=models.PROTECT, related_name="api_tokens", verbose_name=_("acts for")
    )
    name = models.CharField(_("what it is for"), max_length=LONGEST_NAME)
    # Codes of `api.scopes`, with spaces between them, in the order of that table.
    scopes = models.CharField(max_length=500)
    # What it begins with, so that somebody who has found one knows which it is.
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    made_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Written at most once a minute.
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = TenantForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "digest"], name="api_token_once"),
            models.CheckConstraint(
                condition=Q(digest__regex="^[0-9a-f]{64}$"), name="api_token_is_a_digest"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(scopes=""), name="api_token_says_what_for"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="api_token_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def codes(self) -> tuple[str, ...]:
        """List its scopes."""
        return tuple(self.scopes.split())


class TokenUse(TenantModel):
    """How much a token has asked in the running minute. A row of its own: only it is locked.

    Written by one statement of `api.throttle`, in a transaction that is over at once.
    """

    token = TenantForeignKey(ApiToken, on_delete=models.CASCADE, related_name="uses")
    # Minutes since 1970, of real time.
    minute = models.PositiveIntegerField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "token"], name="token_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.token_id}: {self.number}"


class KeptReply(TenantModel):
    """What was answered to a request with an `Idempotency-Key`, in the transaction of its effect.

    Two requests with one key wait for each other at the unique key. Kept for two days.
    """

    token = TenantForeignKey(ApiToken, on_delete=models.CASCADE, related_name="replies")
    key = models.CharField(max_length=LONGEST_KEY)
    # Of method, address and body: another request must not take the answer of this one.
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "token", "key"], name="reply_once_a_key"),
        ]
        indexes = [models.Index(fields=["tenant", "kept_at"], name="reply_by_age")]

    def __str__(self) -> str:
        return self.key
