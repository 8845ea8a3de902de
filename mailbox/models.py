"""Where mail comes in, and every mail that came: kept as it was before anybody looks into it."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.secrets import SealedField
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case, CaseEvent

# What stands before the @: no plus sign, which our reply addresses have.
LOCAL_PART = r"^[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?$"


class Mailbox(TenantModel):
    """One address of a vendor that receives mail: `<code>@<vendor>.<MAIL_IN_DOMAIN>`.

    Its mail comes by the listener in any case; perhaps by IMAP, or by the webhook of a provider
    too. Made by `mailbox_of` and `save_mailbox`; `imap_*` figures are kept by `mailbox.pulling`.
    """

    class Purpose(models.TextChoices):
        CASES = "cases", _("cases: questions and answers")
        ESCALATION = "escalation", _("escalations that customers ask for")

    class Authentication(models.TextChoices):
        REQUIRED = "required", _("only who is proven to be the sender")
        CLAIMED = "claimed", _("whoever the mail says")

    class Security(models.TextChoices):
        TLS = "tls", _("TLS from the first byte")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none: only on the same machine")

    code = models.CharField(_("before the @"), max_length=40)
    purpose = models.CharField(
        _("what it is for"), max_length=12, choices=Purpose, default=Purpose.CASES
    )
    authentication = models.CharField(
        _("whose mail is believed"), max_length=10, choices=Authentication
    )
    is_active = models.BooleanField(_("receives mail"), default=True)
    # Who vouches for senders where mail is pulled or a provider brings it; for what comes to the
    # listener it is MAIL_AUTHSERV_IDS, which nobody from outside may write.
    authserv_id = models.CharField(_("who vouches for senders"), max_length=253, blank=True)
    # The webhook of a provider: which, and what it signs with. A new serial makes a new address.
    hook_provider = models.CharField(_("provider"), max_length=20, blank=True)
    hook_key = SealedField()
    hook_serial = models.PositiveIntegerField(default=1)
    imap_host = models.CharField(_("IMAP server"), max_length=253, blank=True)
    imap_port = models.PositiveIntegerField(_("port"), default=993)
    imap_security = models.CharField(
        _("encryption"), max_length=10, choices=Security, default=Security.TLS
    )
    imap_user = models.CharField(_("user name"), max_length=254, blank=True)
    imap_password = SealedField()
    imap_folder = models.CharField(_("folder"), max_length=100, blank=True, default="INBOX")
    # Where mail is moved that was taken over; it stays and is marked as read where there is none.
    imap_done_folder = models.CharField(_("move to"), max_length=100, blank=True)
    # Up to which message of which life of the folder all is taken over.
    imap_validity = models.PositiveBigIntegerField(null=True, blank=True)
    imap_last_uid = models.PositiveBigIntegerField(default=0)
    pulled_at = models.DateTimeField(null=True, blank=True)
    # Real time: who pulls, and until when nobody else does.
    pull_claimed_until = models.DateTimeField(null=True, blank=True)
    pull_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="mailbox_code_once"),
            models.CheckConstraint(
                condition=Q(code__regex=LOCAL_PART), name="mailbox_code_is_a_local_part"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_pulled(self) -> bool:
        return self.is_active and bool(self.imap_host)


class RawMail(TenantModel):
    """One mail that came in, byte for byte in private storage, and what became of it.

    Made by `mailbox.receiving.keep_mail`; settled by `mailbox.reading`; then changed by
    `mailbox.actions` only. `sender` is what its From claims until `is_trusted` says otherwise.
    """

    class Source(models.TextChoices):
        LISTENER = "listener", _("mail server")
        IMAP = "imap", _("IMAP")
        HOOK = "hook", _("provider")
        FILE = "file", _("file")

    class State(models.TextChoices):
        RECEIVED = "received", _("waits to be read")
        JOINED = "joined", _("put onto a case")
        OPENED = "opened", _("opened a case")
        HELD = "held", _("held for a person")
        QUARANTINED = "quarantined", _("in quarantine")
        REFUSED = "refused", _("not taken")
        IGNORED = "ignored", _("kept, nobody was told")
        BINNED = "binned", _("thrown away")

    # On the list of what somebody has to look at.
    FOR_A_PERSON = (State.HELD, State.QUARANTINED)

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    mailbox = TenantForeignKey(Mailbox, on_delete=models.PROTECT, related_name="mails")
    source = models.CharField(max_length=10, choices=Source)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.JSONField(default=list)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    # A code, and what figures its sentence takes: see mailbox.words.
    why = models.CharField(max_length=40, blank=True)
    figures = models.JSONField(default=dict)
    # What its sender was told, in their language.
    told = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # All that was read of it; None until then, and where it cannot be read.
    parsed = models.JSONField(null=True, blank=True)
    message_id = models.CharField(max_length=250, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    sender_domain = models.CharField(max_length=253, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    is_trusted = models.BooleanField(default=False)
    # Who of the customer's or the desk has that address.
    person = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What it became part of, and which case it may be about while nobody has decided.
    case = TenantForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="mails"
    )
    event = TenantForeignKey(
        CaseEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    about = TenantForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Who of the desk says that the sender is who the mail says.
    vouched_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "mailbox", "sha256"], name="mail_kept_once_a_mailbox"
            ),
            models.UniqueConstraint(fields=["tenant", "uuid"], name="mail_uuid_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "received",
                        "joined",
                        "opened",
                        "held",
                        "quarantined",
                        "refused",
                        "ignored",
                        "binned",
                    ]
                ),
                name="mail_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="received", settled_at__isnull=True)
                | (~Q(state="received") & Q(settled_at__isnull=False)),
                name="mail_settled_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "quarantined", "refused", "ignored"]) | ~Q(why=""),
                name="mail_at_rest_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["joined", "opened"]) | Q(case__isnull=False),
                name="mail_taken_has_its_case",
            ),
        ]
        indexes = [
            # Polled by the readers, through mail_tenants().
            models.Index(
                fields=["tenant", "id"], condition=Q(state="received"), name="mail_to_read"
            ),
            # Counted with every page of the desk.
            models.Index(
                fields=["tenant", "-id"],
                condition=Q(state__in=["held", "quarantined"]),
                name="mail_for_a_person",
            ),
            # How often somebody was answered by themselves lately.
            models.Index(
                fields=["tenant", "answered_at", "sender"],
                condition=Q(answered_at__isnull=False),
                name="mail_answered_lately",
            ),
            models.Index(fields=["tenant", "message_id"], name="mail_by_message_id"),
            models.Index(fields=["tenant", "case"], name="mail_by_case"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"
