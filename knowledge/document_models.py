"""What lies beside the articles: documents of products and releases, and dates of trainings."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Product, Release
from knowledge.models import Audience

LONGEST_NAME = 200
LONGEST_ADDRESS = 500


class Document(TenantModel):
    """A document of a product, perhaps of one release: an address elsewhere, or a file (DD-13).

    Made by `save_document`. What is internal is no document: audience is public or customer.
    """

    class Kind(models.TextChoices):
        DOCUMENTATION = "documentation", _("Documentation")
        RELEASE_NOTES = "release_notes", _("Release notes")
        TRAINING = "training", _("Training material")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.DOCUMENTATION)
    title = models.CharField(_("title"), max_length=LONGEST_NAME)
    product = TenantForeignKey(
        Product,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
    )
    release = TenantForeignKey(
        Release,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("release"),
    )
    address = models.URLField(_("address"), max_length=LONGEST_ADDRESS, blank=True)
    audience = models.CharField(
        _("who may read it"),
        max_length=10,
        choices=[(one.value, one.label) for one in (Audience.PUBLIC, Audience.CUSTOMER)],
        default=Audience.CUSTOMER,
    )
    published_on = models.DateField(_("published on"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="document_has_title"),
            models.CheckConstraint(
                condition=Q(release__isnull=True) | Q(product__isnull=False),
                name="document_release_with_product",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["public", "customer"]), name="document_is_for_customers"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "product"], name="document_by_product")]

    def __str__(self) -> str:
        return self.title


class DocumentFile(TenantModel):
    """The bytes of a document, only ever given to save. Small ones: what is large is an address.

    In a table of their own, so that no list reads them.
    """

    document = TenantForeignKey(Document, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document"], name="file_once_a_document"),
        ]

    def __str__(self) -> str:
        return self.name


class TrainingDate(TenantModel):
    """A training that is held at a time, in a room or on the net (DD-14, DD-41).

    Made by `save_training`.
    """

    title = models.CharField(_("title"), max_length=LONGEST_NAME)
    about = models.CharField(_("what it is about"), max_length=500, blank=True)
    product = TenantForeignKey(
        Product,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(pgettext_lazy("venue", "place"), max_length=LONGEST_NAME)
    address = models.URLField(
        _("address"), max_length=LONGEST_ADDRESS, blank=True, help_text=_("where one registers")
    )
    is_free = models.BooleanField(_("free of charge"), default=True)
    language = models.CharField(_("language"), max_length=10, default="en")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="training_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "ends_at"], name="training_by_end")]

    def __str__(self) -> str:
        return self.title
