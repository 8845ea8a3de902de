"""Mail domains: which company an address speaks for (DD-17)."""

import re
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.constraints import refused_as
from accounts.errors import DomainError, Invalid
from accounts.models import DOMAIN, Company, CompanyDomain
from accounts.tenancy import current_tenant_id

LONGEST_DOMAIN = 253
_FREE_MAIL = Path(__file__).with_name("free_mail.txt")


class DomainTaken(DomainError):
    code = "domain_taken"
    message = _("%(domain)s is a mail domain of %(company)s already.")


class DomainOfAnother(DomainTaken):
    """Somebody else was faster, a moment ago: whose it is now is not looked up."""

    message = _("%(domain)s is a mail domain of another company already.")


class FreeMailDomain(Invalid):
    """A provider that gives addresses to everybody."""

    code = "free_mail_domain"
    message = _(
        "Anybody can have an address at %(domain)s, so it cannot say that somebody belongs to a "
        "company. Add its people one by one instead."
    )


@transaction.atomic
def add_domain(*, company: Company, domain: str) -> CompanyDomain:
    """Say that who has an address at `domain` belongs to `company`; a repeat changes nothing.

    Raises Invalid, FreeMailDomain, or DomainTaken by another company.
    """
    key = check_domain(domain)
    known = company_of_domain(key)
    if known is not None and known.pk != company.pk:
        raise DomainTaken(field="domain", domain=key, company=known.name)
    if known is not None:
        return CompanyDomain.objects.get(domain=key)
    taken = DomainOfAnother(field="domain", domain=key)
    with refused_as(domain_of_one_company_per_tenant=taken):
        return CompanyDomain.objects.create(
            tenant_id=current_tenant_id(), company=company, domain=key
        )


def check_domain(domain: str) -> str:
    """Normalise a domain that is to be a company's own. Raises Invalid or FreeMailDomain."""
    key = domain_key(domain)
    if not re.fullmatch(DOMAIN, key) or len(key) > LONGEST_DOMAIN:
        raise Invalid(_("Write the domain like example.com."), field="domain")
    if is_free_mail(key):
        raise FreeMailDomain(field="domain", domain=key)
    return key


def domain_key(domain: str) -> str:
    """Write a domain as it is compared; empty for one that cannot be. Pure.

    "@Müller.DE." becomes "xn--mller-kva.de".
    """
    bare = domain.strip().removeprefix("@").removesuffix(".")
    try:
        return bare.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def domain_of(email: str) -> str:
    """Name the domain of an address as `domain_key` writes it; empty without one. Pure."""
    _local, _at, domain = email.rpartition("@")
    return domain_key(domain)


def is_free_mail(key: str) -> bool:
    """Tell whether a normalised domain gives addresses to everybody: free_mail.txt. Pure."""
    return key in _free_mail()


def company_of_domain(key: str) -> Company | None:
    """Find the company that has a normalised domain on its list."""
    found = CompanyDomain.objects.filter(domain=key).select_related("company__tenant").first()
    return found.company if found else None


@cache
def _free_mail() -> frozenset[str]:
    lines = _FREE_MAIL.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
