"""By which reason a customer gets a message: said in each of them, in its signature."""

from dataclasses import replace

from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import Person
from outbox.registry import Rendered
from outbox.texts import FOOT


def with_reason(person: Person, rendered: Rendered) -> Rendered:
    """Say at the end of a customer's message why they get it, unless its text does so itself."""
    if not person.is_customer or rendered.reason == "":
        return rendered
    reason = str(rendered.reason or _of_role(person))
    body = rendered.body.rstrip("\n")
    joint = "\n" if FOOT in body else f"\n{FOOT}"
    return replace(rendered, body=f"{body}{joint}{reason}\n")


def _of_role(person: Person) -> str:
    named = {"vendor": person.tenant.name, "company": person.company.name if person.company else ""}
    if person.role == roles.COMPANY_ADMIN:
        return _("You get this as an admin of %(company)s at %(vendor)s.") % named
    if not named["company"]:
        return _("You get this because you have an account with %(vendor)s.") % named
    return _("You get this as a contact of %(company)s at %(vendor)s.") % named
