"""What is to leave the desk, and, in a demonstration, what has arrived in its mailboxes."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class OutboxMessage(TenantModel):
    """One thing that is to leave the desk, to one recipient; neither names nor text, only ids.

    Made by `queue_messages`. Its state is changed by `outbox.claims` while it is being delivered,
    by `send_again` and `release_held` when a person decides, by `outbox.digests` for those that
    leave as a part of another one, and by nothing else.

    Desk time: `queued_at`, `sent_at`. Real time of the database: `recorded_at`, `due_at`,
    `claimed_until`; a desk clock that is moved forward must not hold mail back.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not sent on purpose")
        FAILED = "failed", _("Failed")
        AMBIGUOUS = "ambiguous", _("Perhaps sent")
        HELD = "held", _("Held back")
        JOINED = "joined", _("In a digest")

    WAITING = (State.QUEUED, State.SENDING)
    UNSENT = (State.SKIPPED, State.FAILED, State.AMBIGUOUS, State.HELD)
    FOR_A_PERSON = (State.FAILED, State.AMBIGUOUS, State.HELD)

    kind = models.CharField(max_length=60)
    recipient = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refs = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200)
    message_id = models.CharField(max_length=200)
    urgent = models.BooleanField(default=False)
    # Where it goes: to the mailbox, or to the address for pages.
    channel = models.CharField(
        max_length=10, choices=[("mail", _("mail")), ("page", _("page"))], default="mail"
    )
    # Desk time before which it does not leave: the recipient's own hours; None = at once.
    hold_until = models.DateTimeField(null=True, blank=True)
    # The message in which it is told with others; only while it is joined, or once it was.
    digest = TenantForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined"
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    # The last thing that kept it from being sent; kept on a row that waits for another try.
    why = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Attempts after which nobody knows whether the server took it.
    doubts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "dedupe_key"], name="message_queued_once"),
            models.UniqueConstraint(fields=["tenant", "message_id"], name="message_id_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "queued",
                        "sending",
                        "sent",
                        "skipped",
                        "failed",
                        "ambiguous",
                        "held",
                        "joined",
                    ]
                ),
                name="message_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="joined") | Q(digest__isnull=False),
                name="message_joined_has_digest",
            ),
            models.CheckConstraint(condition=~Q(dedupe_key=""), name="message_has_dedupe_key"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "failed", "ambiguous", "held"]) | ~Q(why=""),
                name="message_unsent_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_until__isnull=False),
                name="message_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending"]) | Q(claimed_until__isnull=True),
                name="message_at_rest_is_unclaimed",
            ),
        ]
        indexes = [
            # Polled every few seconds by outbox_tenants(), then read by claims.claim_messages.
            models.Index(
                fields=["tenant", "-urgent", "due_at", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="message_waiting",
            ),
            # Found by what may still be added to, while it has not left.
            models.Index(
                fields=["tenant", "recipient"],
                condition=Q(state="queued"),
                name="message_by_recipient",
            ),
            # Read by digests: what waits in one, and what has to follow it.
            models.Index(
                fields=["tenant", "digest"],
                condition=Q(state="joined"),
                name="message_joined",
            ),
            # Read by queries.messages_in: what left, what did not, and all to some people.
            models.Index(fields=["tenant", "state", "-id"], name="message_by_state"),
            models.Index(fields=["tenant", "recipient", "-id"], name="message_to_whom"),
            # Read by queries.messages_for_a_person and counted by outbox_backlog().
            models.Index(
                fields=["tenant", "-id"],
                condition=Q(state__in=["failed", "ambiguous", "held"]),
                name="message_for_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class DeliveredMail(TenantModel):
    """One e-mail in one mailbox of the demonstration. Written by `outbox.mailbox.MailboxBackend`.

    It stands for the recipient's mail server: mail that is sent twice is here twice.
    """

    to_address = models.CharField(max_length=254)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True, db_default="")
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200)
    delivered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("delivered e-mail")
        verbose_name_plural = _("delivered e-mails")
        indexes = [
            models.Index(fields=["tenant", "-id"], name="mail_newest"),
            models.Index(fields=["tenant", "to_address", "-id"], name="mail_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.to_address}: {self.subject}"

    @property
    def is_page(self) -> bool:
        return self.headers.get("X-Supportdesk-Channel") == "page"


# At the end, as every app does.
from outbox.digest_models import DigestWish  # noqa: E402, F401
from outbox.hook_models import WebhookDelivery, WebhookEndpoint, WebhookTry  # noqa: E402, F401
from outbox.text_models import MailText  # noqa: E402, F401
