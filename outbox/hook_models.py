"""Where programs of others are told what happens: endpoints, and each thing that went to one."""

import secrets
from typing import cast

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from accounts.secrets import Sealed, SealedField
from accounts.walls import TenantForeignKey, TenantModel


def new_hook_token() -> str:
    """Make the part of an address that only the other side knows: 192 bits."""
    return secrets.token_urlsafe(24)


class WebhookEndpoint(TenantModel):
    """One place outside that is told what happens, in the shape that it understands.

    Changed by `outbox.endpoints`; `failing_since` and the others of its health by the deliverer.
    The address is sealed like the secrets: with chat services it is all that one needs to know.

    `since`, `disabled_at`: desk time. `failing_since`, `old_secret_until`: real time.
    """

    class Shape(models.TextChoices):
        STANDARD = "standard", _("Webhook (Standard Webhooks)")
        SLACK = "slack", _("Slack")
        TEAMS = "teams", _("Microsoft Teams")
        PAGERDUTY = "pagerduty", _("PagerDuty")
        OPSGENIE = "opsgenie", _("Opsgenie")
        JIRA = "jira", _("Jira")
        GITHUB = "github", _("GitHub")
        GITLAB = "gitlab", _("GitLab")

    class Scope(models.TextChoices):
        PUBLIC = "public", _("What customers may know")
        DESK = "desk", _("What the desk knows")

    TRACKERS = (Shape.JIRA, Shape.GITHUB, Shape.GITLAB)
    PAGERS = (Shape.PAGERDUTY, Shape.OPSGENIE)

    name = models.CharField(_("name"), max_length=80)
    shape = models.CharField(_("shape"), max_length=10, choices=Shape)
    url = SealedField()
    # What of the address may be shown.
    host = models.CharField(max_length=255)
    # What signs a webhook; the key of a pager; the token of a tracker.
    secret = SealedField()
    old_secret = SealedField()
    old_secret_until = models.DateTimeField(null=True, blank=True)
    # Of a tracker: owner/name of a repository, the key of a project, the path of one.
    project = models.CharField(_("project"), max_length=200, blank=True)
    # What comes in: a part of the address, and what its sender signs with or sends along.
    hook_token = models.CharField(max_length=64, default=new_hook_token, editable=False)
    hook_secret = SealedField()
    kinds = models.JSONField(default=list)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.PUBLIC)
    with_text = models.BooleanField(_("with what was written"), default=False)
    is_active = models.BooleanField(default=True)
    since = models.DateTimeField()
    made_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="endpoint_name_once"),
            models.UniqueConstraint(fields=["tenant", "hook_token"], name="endpoint_token_once"),
            models.CheckConstraint(condition=~Q(name=""), name="endpoint_has_name"),
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_at__isnull=True)
                | Q(is_active=False, disabled_at__isnull=False) & ~Q(disabled_why=""),
                name="endpoint_disabled_says_why",
            ),
            models.CheckConstraint(
                condition=Q(scope="desk") | Q(with_text=False), name="endpoint_text_in_desk_scope"
            ),
        ]

    @property
    def revealed_secret(self) -> str:
        """Give the secret as it was entered."""
        return cast(Sealed, self.secret).reveal()

    @property
    def revealed_url(self) -> str:
        """Give the address as it was entered."""
        return cast(Sealed, self.url).reveal()

    def __str__(self) -> str:
        return self.name

    @property
    def is_tracker(self) -> bool:
        return self.shape in self.TRACKERS

    @property
    def is_pager(self) -> bool:
        return self.shape in self.PAGERS


class WebhookDelivery(TenantModel):
    """One thing that one endpoint is told; its webhook id stays the same over all tries.

    Made by `outbox.hooks`; its state is changed by `outbox.hook_claims` while it is delivered, and
    by `outbox.endpoints` when a person decides. Holds ids and codes only, as outgoing messages do.

    `queued_at`, `sent_at`: desk time. `recorded_at`, `due_at`, `claimed_until`: real time of the
    database.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", pgettext_lazy("webhook", "Delivered")
        SKIPPED = "skipped", _("Not sent on purpose")
        FAILED = "failed", _("Failed")
        HELD = "held", _("Held back")

    endpoint = TenantForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    kind = models.CharField(max_length=60)
    refs = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200)
    webhook_id = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    why = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "endpoint", "dedupe_key"], name="delivery_queued_once"
            ),
            models.UniqueConstraint(fields=["tenant", "webhook_id"], name="delivery_id_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sent", "skipped", "failed", "held"]),
                name="delivery_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "failed", "held"]) | ~Q(why=""),
                name="delivery_unsent_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="queued") | Q(claimed_until__isnull=True),
                name="delivery_at_rest_is_unclaimed",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="delivery_sent_has_moment",
            ),
        ]
        indexes = [
            # Polled every few seconds by webhook_tenants(), then read by hook_claims.
            models.Index(
                fields=["tenant", "endpoint", "due_at", "id"],
                condition=Q(state="queued"),
                name="delivery_waiting",
            ),
            models.Index(fields=["tenant", "endpoint", "-id"], name="delivery_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class WebhookTry(TenantModel):
    """One attempt at a delivery: when, how long it took, what came back. Real time. Only added."""

    delivery = TenantForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    tried_at = models.DateTimeField()
    # 0 = there was no answer.
    status = models.PositiveSmallIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=2_000, blank=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["tenant", "delivery", "id"], name="try_of_delivery")]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"
