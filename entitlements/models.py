"""What the vendor supports, and what a company has bought."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class Product(TenantModel):
    """Something that the vendor supports. Made by `add_product`."""

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="product_code_once_per_tenant")
        ]

    def __str__(self) -> str:
        return self.name


class Contract(TenantModel):
    """A plan that a company bought, for one product or all. Made by `sign_contract`."""

    company = TenantForeignKey(
        "accounts.Company",
        on_delete=models.PROTECT,
        related_name="contracts",
        verbose_name=_("company"),
    )
    plan = models.CharField(
        _("plan"),
        max_length=60,
        blank=True,
        help_text=_("a plan code of the policy; empty where the policy sells no plans"),
    )
    product = TenantForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("product"),
        help_text=_("empty: all products"),
    )
    edition = models.CharField(_("edition"), max_length=60, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(
        _("ends on"), null=True, blank=True, help_text=_("the last day; empty: open-ended")
    )
    region_override = models.CharField(_("region"), max_length=40, blank=True)
    reseller = models.CharField(
        _("reseller"), max_length=200, blank=True, help_text=_("who sold it, if not you (SP-20)")
    )
    # Who is told before it ends; else the company's admins are (MX-01).
    renewal_contact = TenantForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("renewal contact"),
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="contract_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "company"], name="contract_by_company")]

    def __str__(self) -> str:
        return f"{self.plan} ({self.starts_on})".strip()


class ContractLine(TenantModel):
    """A subscription that a contract's company bought beside its plan, for so many users (SP-04).

    `subscription` is a code of the policy. Made by `add_line`.
    """

    contract = TenantForeignKey(Contract, on_delete=models.CASCADE, related_name="lines")
    subscription = models.CharField(_("subscription"), max_length=60)
    users = models.PositiveIntegerField(_("users"), null=True, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(
        _("ends on"), null=True, blank=True, help_text=_("the last day; empty: open-ended")
    )

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="line_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(users__isnull=True) | Q(users__gte=1), name="line_users_from_1"
            ),
        ]

    def __str__(self) -> str:
        return self.subscription


# At the end: they point at products and contracts.
from entitlements.benefit_models import BenefitItem  # noqa: E402, F401
from entitlements.bulletin_models import Bulletin  # noqa: E402, F401
from entitlements.daily_models import DailyRun  # noqa: E402, F401
from entitlements.points_models import (  # noqa: E402, F401
    Correction,
    MoneyRefund,
    PointsAccount,
    PointsEntry,
    PointsLine,
    PointsLot,
)
from entitlements.registration_models import Registration  # noqa: E402, F401
from entitlements.release_models import Download, Licence, Release, TopicChoice  # noqa: E402, F401
from entitlements.request_models import EntitlementRequest, GateOverride  # noqa: E402, F401
