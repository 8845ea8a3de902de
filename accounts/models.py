"""Vendors, the companies that they support, and everybody's people."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, NullIf, Trim
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.permissions import role_has_permission, role_sees_app
from accounts.walls import TenantForeignKey, TenantModel
from accounts.zones import validate_time_zone

SLUG = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"  # a label of a host name
CASE_PREFIX = r"^[A-Z]{1,8}$"
COUNTRY = r"^[A-Z]{2}$"
DOMAIN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"


def email_key(email: F | Value) -> Func:
    """Normalise an address in the database, so that stored and looked-up keys cannot differ.

    NULL for an empty one: people without an address do not clash.
    """
    folded = Lower(
        Func(Trim(email), function="normalize", template="%(function)s(%(expressions)s, NFKC)")
    )
    return NullIf(folded, Value(""))


class Tenant(models.Model):
    """A vendor, or the reserved home of the platform's operators. Made by `create_tenant`."""

    slug = models.CharField(
        _("address"), max_length=63, unique=True, validators=[RegexValidator(SLUG)]
    )
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    case_prefix = models.CharField(
        _("case prefix"), max_length=8, validators=[RegexValidator(CASE_PREFIX)]
    )
    is_operators = models.BooleanField(default=False, editable=False)
    attachment_quota_mb = models.PositiveIntegerField(_("room for files, in MB"), default=10_240)
    # Customers are asked how it was when a case is solved.
    asks_rating = models.BooleanField(default=True, db_default=True)

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        constraints = [
            models.UniqueConstraint(
                fields=["is_operators"], condition=Q(is_operators=True), name="one_operators_tenant"
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=SLUG), name="tenant_slug_is_a_host_label"
            ),
            models.CheckConstraint(
                condition=Q(case_prefix__regex=CASE_PREFIX), name="tenant_case_prefix_is_letters"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Place(TenantModel):
    """What a company and a site have in common: a name and where on earth they are."""

    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_time_zone]
    )
    country = models.CharField(
        _("country"), max_length=2, blank=True, validators=[RegexValidator(COUNTRY)]
    )
    region = models.CharField(_("region"), max_length=40, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Company(Place):
    """A buying organisation. Made by `add_company`."""

    account_manager = TenantForeignKey(
        "accounts.Person",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_companies",
        verbose_name=_("account manager"),
    )

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="company_name_once_per_tenant")
        ]


class Site(Place):
    """An office of a company, with a zone that calendars follow. Made by `add_site`."""

    company = TenantForeignKey(
        Company, on_delete=models.CASCADE, related_name="sites", verbose_name=_("company")
    )

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "company", "name"], name="site_name_once_per_company"
            ),
            # What a person's site refers to, so that it is one of the person's own company.
            models.UniqueConstraint(
                fields=["tenant", "company", "id"], name="site_with_its_company"
            ),
        ]


class CompanyDomain(TenantModel):
    """A domain whose addresses are a company's people (DD-17). Made by `add_domain`.

    Kept as it is compared: small letters, the ASCII form of other scripts, no dot at the end.
    """

    company = TenantForeignKey(
        Company, on_delete=models.CASCADE, related_name="domains", verbose_name=_("company")
    )
    domain = models.CharField(
        _("mail domain"), max_length=253, help_text=_("what stands behind the @ of its addresses")
    )

    class Meta:
        verbose_name = _("mail domain")
        verbose_name_plural = _("mail domains")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "domain"], name="domain_of_one_company_per_tenant"
            ),
            models.CheckConstraint(
                condition=Q(domain__regex=DOMAIN), name="company_domain_is_normal"
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class Person(TenantModel, AbstractBaseUser):
    """Somebody of one tenant, with one role: the user model. Made by `add_person`.

    A caller who never signs in may have no address and no password.
    """

    class Role(models.TextChoices):
        CONTACT = roles.CONTACT, _("contact")
        COMPANY_ADMIN = roles.COMPANY_ADMIN, _("company admin")
        AGENT = roles.AGENT, _("agent")
        LEAD = roles.LEAD, _("lead")
        MANAGER = roles.MANAGER, _("manager")
        DISPATCHER = roles.DISPATCHER, _("dispatcher")
        ACCOUNT_MANAGER = roles.ACCOUNT_MANAGER, _("account manager")
        OPERATOR = roles.OPERATOR, _("platform operator")

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), blank=True)
    email_key = models.GeneratedField(
        expression=email_key(F("email")),
        output_field=models.CharField(max_length=254, null=True),
        db_persist=True,
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    tier = models.PositiveSmallIntegerField(_("tier"), null=True, blank=True)
    company = TenantForeignKey(
        Company,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("company"),
    )
    site = TenantForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("site"),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    may_file = models.BooleanField(_("may file cases"), default=True)
    # Of a contact: also the company's cases, as its admins see them.
    sees_company = models.BooleanField(
        _("sees all cases of the company"), default=False, db_default=False
    )
    # Of a customer: the points, and where they went.
    sees_points = models.BooleanField(
        _("sees the points of the company"), default=True, db_default=True
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_time_zone]
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    # Of the desk: a grade of the policy (DD-27), and where pages go, such as a gateway to a phone.
    grade = models.CharField(_("grade"), max_length=40, blank=True)
    pager = models.EmailField(_("address for pages"), blank=True)
    # Of a customer: how they want to be answered (DD-29); "" = as the case came.
    preferred_channel = models.CharField(
        _("preferred channel"),
        max_length=10,
        blank=True,
        choices=[("portal", _("portal")), ("email", _("e-mail")), ("phone", _("phone"))],
    )
    # Of the desk: whether R alone begins a reply; see `accounts.preferences`.
    single_keys = models.BooleanField(_("single keys do things"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    # How often all of a person's sessions were ended at once; each time the others are signed out.
    sign_outs = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "email_key"], name="email_once_per_tenant"),
            models.CheckConstraint(
                condition=Q(role__in=sorted(roles.ROLES)), name="person_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(role=roles.AGENT, tier__isnull=False, tier__range=(1, 3))
                | Q(role=roles.LEAD, tier__isnull=True)
                | Q(role=roles.LEAD, tier__range=(1, 3))
                | (~Q(role__in=sorted(roles.TIERED)) & Q(tier__isnull=True)),
                name="person_tier_fits_the_role",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(roles.CUSTOMERS), company__isnull=False)
                | (~Q(role__in=sorted(roles.CUSTOMERS)) & Q(company__isnull=True)),
                name="person_company_fits_the_role",
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=True) | Q(company__isnull=False),
                name="person_site_needs_a_company",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_customer(self) -> bool:
        return self.role in roles.CUSTOMERS

    @property
    def is_staff(self) -> bool:
        """The admin asks for it."""
        return self.is_active and roles.may(self.role, "use_admin")

    def may(self, act: str) -> bool:
        """Tell whether the role allows an act, and what the company has decided for a customer."""
        if not self.is_active:
            return False
        if act == "see_points" and self.is_customer and not self.sees_points:
            return False
        return roles.may(self.role, act) or (act == "read_company_cases" and self.is_told_all)

    @property
    def is_told_all(self) -> bool:
        return self.sees_company and self.is_customer

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and role_has_permission(self.role, perm)

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and role_sees_app(self.role, app_label)

    def get_session_auth_hash(self) -> str:
        """Sign the password, the role and the count of ends: a change of any ends the sessions."""
        return self._session_hash(secret=None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret=secret)

    def _session_hash(self, *, secret: str | bytes | None) -> str:
        signed = f"{self.password}:{self.role}" + (f":{self.sign_outs}" if self.sign_outs else "")
        return salted_hmac(
            "accounts.Person.session", signed, secret=secret, algorithm="sha256"
        ).hexdigest()


class Brand(TenantModel):
    """What a vendor looks like: one row each, made and changed by `accounts.brand.save_brand`.

    The pictures themselves are only read to be served; `accounts.brand.brand_of` leaves them out. A
    picture is there when its `sha` is.
    """

    colour = models.CharField(_("colour"), max_length=7, blank=True)
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=20, blank=True)
    logo_sha = models.CharField(max_length=64, blank=True)
    logo_alt = models.CharField(_("the logo in words"), max_length=200, blank=True)
    flow_chart = models.BinaryField(null=True)
    flow_chart_type = models.CharField(max_length=20, blank=True)
    flow_chart_sha = models.CharField(max_length=64, blank=True)
    flow_chart_alt = models.TextField(_("the flow chart in words"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("name, logo and colour")
        verbose_name_plural = _("name, logo and colour")
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="one_brand_per_tenant"),
            models.CheckConstraint(
                condition=Q(colour="") | Q(colour__regex="^#[0-9a-f]{6}$"),
                name="brand_colour_is_hex",
            ),
            models.CheckConstraint(
                condition=Q(logo__isnull=True, logo_sha="")
                | Q(logo__isnull=False, logo_sha__regex="^[0-9a-f]{64}$"),
                name="brand_logo_with_its_sha",
            ),
            models.CheckConstraint(
                condition=Q(flow_chart__isnull=True, flow_chart_sha="")
                | Q(flow_chart__isnull=False, flow_chart_sha__regex="^[0-9a-f]{64}$"),
                name="brand_flow_chart_with_its_sha",
            ),
        ]

    def __str__(self) -> str:
        return str(self.tenant)


# At the end: they point at people.
from accounts.change_models import Change  # noqa: E402, F401
from accounts.invitation_models import Invitation  # noqa: E402, F401
from accounts.platform_models import CachedValue, DeskTime, Pulse  # noqa: E402, F401
from accounts.team_models import PersonSkill, Team, TeamMember  # noqa: E402, F401
