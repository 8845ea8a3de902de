"""Files on cases, for reading: who may have which, how much fits, what waits to be sent."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.models import Person, Tenant
from sla.engine.policy import Policy
from sla.queries import current_policy, policy_version
from tickets.attachment_models import Attachment, AttachmentDownload
from tickets.link_models import DiagnosticDrop
from tickets.models import Case
from tickets.queries import visible_cases
from tickets.sniffing import is_named_otherwise, kind_name

State = Attachment.State
MEGABYTE = 1024 * 1024
CHANNELS = dict(Person._meta.get_field("preferred_channel").choices or ())
# Of these nobody can have the bytes, and no bytes are kept.
GONE = (State.DELETED, State.INFECTED)


@dataclass(frozen=True)
class Limits:
    """How much may be sent, in bytes. `form_bytes` is for all files of a plain form together."""

    file_bytes: int
    form_bytes: int
    part_bytes: int
    files: int
    note: str = ""


def limits_of(policy: Policy) -> Limits:
    """Say how much a policy takes, and the platform (DD-35): the smaller of the two."""
    platform = settings.ATTACHMENT_MAX_MEGABYTES
    megabytes = min(policy.attachments.max_megabytes or platform, platform)
    return Limits(
        file_bytes=megabytes * MEGABYTE,
        form_bytes=min(settings.ATTACHMENT_FORM_MAX_MEGABYTES, megabytes) * MEGABYTE,
        part_bytes=settings.ATTACHMENT_PART_MEGABYTES * MEGABYTE,
        files=settings.ATTACHMENT_MAX_FILES,
        note=policy.attachments.note,
    )


def policy_for(case: Case | None, at: datetime) -> Policy:
    """Find the policy that says how large a file may be: the case's own, else the one in force."""
    return policy_version(case.policy_version_id) if case else current_policy(at).policy


def visible_attachments(person: Person, case: Case | None = None) -> QuerySet[Attachment]:
    """Select the sent files that a person may know of.

    Those of visible cases; for customers not the internal ones, but what they were offered as a
    diagnostic tool and have accepted the terms of (DD-37). `case`: only those of one that the
    person was found to see.
    """
    of_cases = Q(case__in=visible_cases(person)) if case is None else Q(case=case)
    sent = Attachment.objects.filter(of_cases, event__isnull=False)
    if person.may("use_desk"):
        return sent
    accepted = Q(drops__accepted_at__isnull=False, drops__withdrawn_at__isnull=True)
    return sent.filter(Q(is_internal=False) | accepted).distinct()


def access_attachment(person: Person, key: uuid.UUID) -> Attachment:
    """Find a file that a person may know of. Raises NotFound for none and not yours alike."""
    found = visible_attachments(person).select_related("case").filter(uuid=key).first()
    if found is None:
        raise NotFound
    return found


def uploads_of(person: Person, draft: str, case: Case | None) -> QuerySet[Attachment]:
    """Select what a person has uploaded for a form and not sent yet; nobody else sees it."""
    return unsent_of(person).filter(draft=draft, case=case).order_by("pk")


def unsent_of(person: Person) -> QuerySet[Attachment]:
    """Select what a person has uploaded for any form and not sent yet."""
    return Attachment.objects.filter(event__isnull=True, uploaded_by=person)


def is_ready(attachment: Attachment) -> bool:
    """Tell whether a file can be had: looked through, or there is no scanner at all."""
    if attachment.state == State.UNCHECKED:
        return not settings.ATTACHMENT_SCANNER
    return attachment.state == State.CLEAN


@dataclass(frozen=True)
class ShownFile:
    """A file of a case as a page shows it. `downloads` is 0 for whom it does not concern."""

    attachment: Attachment
    downloads: int = 0

    @property
    def is_ready(self) -> bool:
        return is_ready(self.attachment)

    @property
    def is_refused(self) -> bool:
        return self.attachment.state in (State.INFECTED, State.FAILED)

    @property
    def kind(self) -> str:
        return kind_name(self.attachment.content_type)

    @property
    def is_named_otherwise(self) -> bool:
        """Tell whether its name says that it is something else than it is."""
        return is_named_otherwise(self.attachment.name, self.attachment.content_type)

    @property
    def state_text(self) -> str:
        if self.attachment.state == State.WAITING:
            return _("being looked through: it can be had afterwards")
        return self.attachment.get_state_display()


@dataclass(frozen=True)
class CaseFiles:
    """The files of a case as `by` sees them; read when first asked for."""

    case: Case
    by: Person
    at: datetime
    policy: Policy

    @cached_property
    def all(self) -> list[ShownFile]:
        return files_of(self.case, self.by)

    @cached_property
    def by_event(self) -> dict[int, list[ShownFile]]:
        found: dict[int, list[ShownFile]] = {}
        for shown in self.all:
            if shown.attachment.event_id is not None:
                found.setdefault(shown.attachment.event_id, []).append(shown)
        return found

    @cached_property
    def drops(self) -> list[DiagnosticDrop]:
        """List the diagnostic tools that were offered on the case (DD-37)."""
        drops = DiagnosticDrop.objects.filter(case=self.case).order_by("-pk")
        return list(drops.select_related("attachment", "offered_by", "accepted_by", "withdrawn_by"))

    @property
    def preferred(self) -> str:
        """Name the channel by which the case is to be answered (DD-29); "" for any."""
        return preferred_channel(self.case)

    @property
    def preferred_text(self) -> str:
        return channel_text(self.preferred)

    @property
    def keeps_days(self) -> int | None:
        """Say for how many days files are kept after the case was closed."""
        return self.policy.attachments.retention_days


def preferred_channel(case: Case) -> str:
    """Say how a case is to be answered: as was wished on it, else as its contact always wants."""
    return case.preferred_channel or case.contact.preferred_channel


def channel_text(channel: str) -> str:
    """Name a preferred channel; "" for none."""
    return str(CHANNELS.get(channel, channel))


def files_of(case: Case, person: Person) -> list[ShownFile]:
    """List the files of a case that a person sees, in the order in which they came.

    How often each was downloaded is told to leads and managers.
    """
    rows = visible_attachments(person, case).filter(drops__isnull=True)
    found = sorted(rows.prefetch_related("uploaded_by"), key=lambda file: file.pk)
    counts = download_counts(found) if may_see_downloads(person) else {}
    return [ShownFile(file, counts.get(file.pk, 0)) for file in found]


def may_see_downloads(person: Person) -> bool:
    """Tell whether somebody is shown who had which file (DD-35): leads and managers."""
    return person.may("see_restricted")


def download_counts(attachments: Iterable[Attachment]) -> dict[int, int]:
    """Count the downloads of files by their ids."""
    logged = AttachmentDownload.objects.filter(attachment__in=list(attachments))
    counted = logged.order_by().values_list("attachment").annotate(Count("pk"))
    return dict(counted)


def downloads_of(case: Case, person: Person) -> list[AttachmentDownload]:
    """List who had files of a case, the latest first; at most a hundred. Empty for most roles."""
    if not may_see_downloads(person):
        return []
    logged = AttachmentDownload.objects.filter(attachment__case=case)
    return list(logged.select_related("attachment", "person").order_by("-pk")[:100])


def bytes_kept() -> int:
    """Add up what the entered vendor's files take; of one that is being uploaded, what is there."""
    coming = Q(state=State.UPLOADING)
    kept = Attachment.objects.exclude(state__in=GONE).aggregate(
        whole=Sum("size_bytes", filter=~coming), begun=Sum("received_bytes", filter=coming)
    )
    return (kept["whole"] or 0) + (kept["begun"] or 0)


def room_left(vendor: Tenant) -> int:
    """Say how many bytes still fit into the vendor's room for files."""
    return max(vendor.attachment_quota_mb * MEGABYTE - bytes_kept(), 0)


def size_text(size: int) -> str:
    """Write a number of bytes for people."""
    return filesizeformat(size)
