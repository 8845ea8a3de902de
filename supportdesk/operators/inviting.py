"""Making a vendor with its first manager, who is invited by mail to set a password."""

from functools import partial
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import roles
from accounts.actions import add_person, create_tenant
from accounts.errors import NotAllowed
from accounts.models import Person, Tenant
from accounts.places import site_url
from accounts.tenancy import tenant
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs, Rendered, register
from outbox.tasks import nudge

INVITATION = "invitation"


def register_invitation() -> None:
    """Tell the outbox how an invitation reads."""
    register(INVITATION, _may_be_invited, _invitation)


def make_vendor(*, by: Person, manager_name: str, manager_email: str, **facts: Any) -> Tenant:
    """Make a vendor out of slug, name, zone and case prefix, and invite its first manager.

    Inside the operators' tenant. The manager is added in a transaction of its own once this one
    has committed, for nobody enters one tenant from inside another. Raises NotAllowed, Invalid,
    UnknownTimeZone, NameTaken.
    """
    if not by.may("make_tenants"):
        raise NotAllowed
    vendor = create_tenant(**facts)
    transaction.on_commit(partial(_invite, vendor.pk, manager_name, manager_email))
    return vendor


def _invite(vendor_id: int, name: str, email: str) -> None:
    with tenant(vendor_id) as at:
        # In a demonstration the mail can only be read by whoever is signed in there already.
        password = settings.DEMO_PASSWORD if settings.DEMO else None
        manager = add_person(name=name, role=roles.MANAGER, email=email, password=password)
        invitation = Queued(
            kind=INVITATION,
            recipient_id=manager.pk,
            refs={"person": manager.pk},
            dedupe_key=f"{INVITATION}:{manager.pk}",
        )
        queue_messages(messages=[invitation], at=at)
    nudge()


def _may_be_invited(person: Person, _refs: Refs) -> bool:
    return person.may("use_admin")


def _invitation(person: Person, _refs: Refs) -> Rendered:
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": "UID", "key": "KEY"},
    ).replace("UID-KEY", _key_of(person))
    shown = {
        "person": person,
        "vendor": person.tenant,
        "link": site_url(person.tenant, path),
        "again": site_url(person.tenant, reverse("account_reset_password")),
        "admin": site_url(person.tenant, "/admin/"),
    }
    return Rendered(
        subject=_("[%(vendor)s] Your support desk") % {"vendor": person.tenant.name},
        body=render_to_string("mail/invitation.txt", shown),
    )


def _key_of(person: Person) -> str:
    return f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
