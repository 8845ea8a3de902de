"""Releases of products, licences to use them, and who wants to hear of what."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Company, Person
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Product


class Release(TenantModel):
    """A version of a product, with the end of its general support where one is said (DD-32).

    An explicit end goes before the policy's rule ("current and previous"). Where only a month is
    known its last day is stored, and the precision. Made by `add_release`.
    """

    class End(models.TextChoices):
        BY_RULE = "by_rule", _("by the rule of the policy")
        TO_BE_DETERMINED = "tbd", _("to be determined: supported")
        MONTH = "month", _("with a month")
        DAY = "day", _("on a day")

    product = TenantForeignKey(
        Product, on_delete=models.PROTECT, related_name="releases", verbose_name=_("product")
    )
    version = models.CharField(pgettext_lazy("release", "version"), max_length=40)
    # The version's numbers, each padded, so that text order is the order of versions.
    version_key = models.CharField(max_length=120, editable=False)
    major = models.PositiveIntegerField(_("major"), editable=False)
    released_on = models.DateField(_("released on"))
    support_end = models.CharField(
        _("support ends"), max_length=10, choices=End, default=End.BY_RULE
    )
    support_ends_on = models.DateField(
        _("last day of support"),
        null=True,
        blank=True,
        help_text=_("any day of it where only the month is known"),
    )

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "product", "version_key"], name="release_once_per_product"
            ),
            models.CheckConstraint(
                condition=Q(support_end__in=["by_rule", "tbd"], support_ends_on__isnull=True)
                | Q(support_end__in=["month", "day"], support_ends_on__isnull=False),
                name="release_end_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.version


def number_key(number: F | Value) -> Func:
    """Normalise a licence number in the database: one number, however its case and spaces are."""
    return Upper(Func(number, Value(r"\s+"), Value(""), Value("g"), function="regexp_replace"))


class Licence(TenantModel):
    """A company's right to use a product; verified by somebody, good until a day (DD-33).

    `maintenance_until` is apart from it: until then updates may be downloaded (DD-42). A licence
    without `verified_at` was named by the customer and seen by nobody yet. Made by `add_licence`.
    """

    company = TenantForeignKey(
        Company, on_delete=models.PROTECT, related_name="licences", verbose_name=_("company")
    )
    product = TenantForeignKey(
        Product, on_delete=models.PROTECT, related_name="licences", verbose_name=_("product")
    )
    number = models.CharField(_("licence number"), max_length=80)
    number_key = models.GeneratedField(
        expression=number_key(F("number")),
        output_field=models.CharField(max_length=80),
        db_persist=True,
    )
    edition = models.CharField(_("edition"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("the last day; empty: for ever")
    )
    maintenance_until = models.DateField(
        _("maintenance until"), null=True, blank=True, help_text=_("the last day; empty: none")
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    verified_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number_key"], name="licence_number_once"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="licence_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False),
                name="licence_verified_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "company"], name="licence_by_company")]

    def __str__(self) -> str:
        return self.number


class Download(TenantModel):
    """A service pack, patch or fix of a release, kept elsewhere (DD-42). Made by `add_download`."""

    class Kind(models.TextChoices):
        RELEASE = "release", _("Release")
        SERVICE_PACK = "service_pack", _("Service pack")
        PATCH = "patch", _("Patch")
        FIX = "fix", _("Fix")

    release = TenantForeignKey(
        Release, on_delete=models.CASCADE, related_name="downloads", verbose_name=_("release")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    address = models.URLField(
        _("address"), max_length=500, help_text=_("where the file is; shown to nobody unentitled")
    )
    published_on = models.DateField(_("published on"))

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")

    def __str__(self) -> str:
        return self.name


class TopicChoice(TenantModel):
    """What a person decided about a topic of the policy's notifications (SC-01, DD-31).

    Without a row the topic's own default counts. `product` None: for all products.
    """

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="topic_choices")
    topic = models.CharField(max_length=60)
    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    wants = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "topic", "product"],
                nulls_distinct=False,
                name="topic_chosen_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.wants}"
