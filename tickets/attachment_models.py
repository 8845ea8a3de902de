"""Files on cases: what was uploaded, what became of it, and who had it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case, CaseEvent


class Attachment(TenantModel):
    """A file of a case, or one that is being uploaded for a case that is not sent yet.

    Bytes lie in private storage under tenant and `uuid`; the name is only ever shown. What is
    `internal` the customer cannot see.
    """

    class State(models.TextChoices):
        UPLOADING = "uploading", _("being uploaded")
        WAITING = "waiting", _("waits to be looked through")
        CLEAN = "clean", _("looked through: nothing found")
        UNCHECKED = "unchecked", _("not looked through: no scanner is set up")
        INFECTED = "infected", _("refused: harmful")
        FAILED = "failed", _("could not be looked through")
        DELETED = "deleted", _("deleted: its time was over")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    case = TenantForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    # The entry that it came with; None while it is not sent.
    event = TenantForeignKey(
        CaseEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    uploaded_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # What it will go with when it is sent: a person's draft of the filing form, or of an answer.
    draft = models.CharField(max_length=40, blank=True)
    is_internal = models.BooleanField(default=False)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADING)
    finding = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True, blank=True)
    delete_after = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "uuid"], name="attachment_uuid_once"),
            models.CheckConstraint(condition=~Q(name=""), name="attachment_has_name"),
            models.CheckConstraint(
                condition=Q(received_bytes__lte=F("size_bytes")),
                name="attachment_not_longer_than_said",
            ),
            models.CheckConstraint(
                condition=Q(event__isnull=True) | Q(case__isnull=False),
                name="attachment_event_with_its_case",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "case", "id"], name="attachment_by_case"),
            models.Index(
                fields=["tenant", "state", "delete_after"],
                condition=~Q(state="deleted"),
                name="attachment_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttachmentDownload(TenantModel):
    """Who had a file, and when (DD-35). Only ever added."""

    attachment = TenantForeignKey(Attachment, on_delete=models.PROTECT, related_name="downloads")
    person = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    downloaded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "attachment", "-id"], name="download_by_attachment"),
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id} {self.person_id}"
