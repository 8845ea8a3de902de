"""What moves in and out: imports with their lines, exports, what was erased, and for how long texts
are kept."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from jobs.models import Job
from tickets.models import Case


class ImportRun(TenantModel):
    """One file that somebody moves in with: looked through first, taken over when they say so.

    `source` names the system that it comes from: a row is known by it and by its id there. `maps`
    is {field: {value there: code here}}, `figures` what the last pass counted. All moments are desk
    time.
    """

    class Format(models.TextChoices):
        CSV = "csv", _("CSV files")
        LINES = "lines", _("JSON lines")
        EXPORT = "export", _("an export of this product")
        ZAMMAD = "zammad", _("an export of Zammad (JSON)")
        ZENDESK = "zendesk", _("an export of Zendesk (JSON)")

    class State(models.TextChoices):
        CHECKING = "checking", _("is being looked through")
        CHECKED = "checked", _("looked through, waits for you")
        IMPORTING = "importing", _("is being taken over")
        DONE = "done", _("taken over")

    source = models.SlugField(_("where it comes from"), max_length=40)
    format = models.CharField(_("format"), max_length=10, choices=Format)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    file_name = models.CharField(_("file"), max_length=200)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    size_bytes = models.PositiveBigIntegerField()
    # Of the command line alone: where the files of cases lie on the server.
    folder = models.CharField(max_length=400, blank=True)
    maps = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    job = TenantForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    made_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name


class ImportLine(TenantModel):
    """One row of an import, as it was read. Deleted when the import is done.

    `key` is the digest of its id at the source; `alias` that of the address or name by which others
    may speak of it too, of an entry that of its case. `position` is its place in the upload.
    """

    class Verdict(models.TextChoices):
        NEW = "new", _("added")
        KNOWN = "known", _("is here already: it is used as it is")
        CHANGED = "changed", _("has changed since: it is brought up to date")
        SAME = "same", _("was taken over before")
        FAULTY = "faulty", _("left out")

    run = TenantForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    alias = models.CharField(max_length=64, blank=True)
    file = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "position"], name="line_place_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "run", "kind", "key"], name="import_line_by_key"),
            models.Index(fields=["tenant", "run", "kind", "alias"], name="import_line_by_alias"),
        ]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class ImportFault(TenantModel):
    """What is wrong with a row, where, and what to do. A warning does not keep the row out."""

    run = TenantForeignKey(ImportRun, on_delete=models.CASCADE, related_name="faults")
    file = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=40)
    words = models.CharField(max_length=500)
    is_warning = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["tenant", "run", "id"], name="import_fault_of_run")]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.code}"


class ImportedRow(TenantModel):
    """A row of another system and what it became here: whoever imports it again finds it.

    `key` is the digest of its id there; `digest` of what it said. It outlives the erasing of a
    person, so that nobody comes back by a second import.
    """

    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    row = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "kind", "key"], name="imported_row_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "kind", "row"], name="imported_row_by_row")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.row}"


class ExportRun(TenantModel):
    """All that a vendor has, packed into one file that lies in private storage for a day."""

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    job = TenantForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    # None: an operator's command.
    made_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    packed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.CheckConstraint(
                condition=Q(packed_at__isnull=True) | Q(expires_at__isnull=False),
                name="packed_export_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


class Erasure(TenantModel):
    """Somebody was erased: who (an id), by whom, when, and what went. Only ever added."""

    person = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    with_texts = models.BooleanField(default=False)
    figures = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erased person")
        verbose_name_plural = _("erased people")

    def __str__(self) -> str:
        return f"{self.person_id}"


class RetentionRule(TenantModel):
    """For how many months after its closing the texts and files of a case are kept; None: for good.

    One row a vendor. The policy's own days for files count beside it: what is sooner counts.
    """

    texts_months = models.PositiveSmallIntegerField(_("texts"), null=True, blank=True)
    files_months = models.PositiveSmallIntegerField(_("files"), null=True, blank=True)
    changed_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="retention_once_a_tenant"),
            models.CheckConstraint(
                condition=(Q(texts_months__isnull=True) | Q(texts_months__gte=1))
                & (Q(files_months__isnull=True) | Q(files_months__gte=1)),
                name="retention_from_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.texts_months}/{self.files_months}"


class RetentionRun(TenantModel):
    """What the rule erased in one pass. Only ever added."""

    ran_at = models.DateTimeField()
    figures = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erasing after the time of keeping")
        verbose_name_plural = _("erasing after the time of keeping")

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d}"


class ErasedCase(TenantModel):
    """The texts of a case that are no longer kept: when they went."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case"], name="case_erased_once"),
        ]

    def __str__(self) -> str:
        return str(self.case_id)
