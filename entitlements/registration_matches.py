"""Which company somebody speaks for who registers: by a licence, a mail domain, a name (DD-17)."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Value

from accounts.domains import company_of_domain, domain_of, is_free_mail
from accounts.models import Company
from accounts.queries import whereabouts
from entitlements.licensing import GOOD, Standing, standing_of
from entitlements.models import Licence, Registration
from entitlements.release_models import number_key

SHORTEST_NAME = 3
MOST_BY_NAME = 5


@dataclass(frozen=True)
class NamedLicence:
    """The licence that has the number that was given, and whether it is worth anything today."""

    licence: Licence
    standing: Standing


@dataclass
class Match:
    """A company that could be meant, and why."""

    company: Company
    licence: NamedLicence | None = None
    domain: str = ""
    colleagues: int = 0
    by_name: bool = field(default=False)


def company_to_join(registration: Registration, at: datetime) -> Company | None:
    """Find the company that a proven address opens by itself; None where a person has to look.

    Without a licence number: the company that has the domain on its list. With one: the company of
    the verified licence that runs today, if the domain is on its list, or, where it is on nobody's,
    if its people have addresses there. Whatever contradicts goes to a person, and so does a number
    that nobody has verified.
    """
    own = company_of_domain(domain_of(registration.email))
    if not registration.licence_number:
        return own
    named = licence_named(registration.licence_number, at)
    if named is None or named.standing.code != GOOD:
        return None
    company = named.licence.company
    if own is not None:
        return company if own == company else None
    return company if colleagues_at(registration.email).get(company.pk) else None


def licence_named(number: str, at: datetime) -> NamedLicence | None:
    """Find the licence with a number, however it is written, and judge it at `at`.

    On the calendar of its company; its last day counts. None if there is none.
    """
    found = Licence.objects.filter(number_key=number_key(Value(number)))
    licence = found.select_related("company__tenant", "product").first()
    if licence is None:
        return None
    today = whereabouts(company=licence.company).date_at(at)
    # Without days of grace: they are for customers, not for new people.
    return NamedLicence(licence, standing_of(licence, today))


def colleagues_at(email: str) -> dict[int, int]:
    """Count the active customers with an address at the same domain, by their company.

    Empty for a domain where everybody has an address.
    """
    if is_free_mail(domain_of(email)):
        return {}
    domain = unicodedata.normalize("NFKC", email.strip().rpartition("@")[2]).lower()
    rows = Company.objects.filter(
        people__is_active=True, people__email_key__endswith=f"@{domain}"
    ).annotate(number=Count("people"))
    return dict(rows.values_list("pk", "number"))


def matches_of(registration: Registration, at: datetime) -> list[Match]:
    """List the companies that a registration could mean, the best reasons first."""
    found: dict[int, Match] = {}
    named = licence_named(registration.licence_number, at) if registration.licence_number else None
    if named is not None:
        _match(found, named.licence.company).licence = named
    domain = domain_of(registration.email)
    own = company_of_domain(domain)
    if own is not None:
        _match(found, own).domain = domain
    colleagues = colleagues_at(registration.email)
    for company in Company.objects.filter(pk__in=colleagues).order_by("name", "id"):
        _match(found, company).colleagues = colleagues[company.pk]
    for company in _named_alike(registration.company_name):
        _match(found, company).by_name = True
    return list(found.values())


def _match(found: dict[int, Match], company: Company) -> Match:
    return found.setdefault(company.pk, Match(company))


def _named_alike(name: str) -> list[Company]:
    first = name.strip().split(" ")[0].rstrip(",.")
    if len(first) < SHORTEST_NAME:
        return []
    alike = Company.objects.filter(name__istartswith=first)
    return list(alike.order_by("name", "id")[:MOST_BY_NAME])
