"""Making a vendor with its first manager, who is invited by mail to set a password."""

from functools import partial
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import roles
from accounts.actions import add_person, check_password_strength, create_tenant
from accounts.auth import person_with_email
from accounts.errors import Invalid, NotAllowed
from accounts.models import Person, Tenant
from accounts.places import site_url
from accounts.tenancy import tenant
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs, Rendered, register
from outbox.tasks import nudge

INVITATION = "invitation"
# What is not asked of a first manager.
_NOT_ASKED = {field.name for field in Person._meta.fields} - {"name", "email"}


def register_invitation() -> None:
    """Tell the outbox how an invitation reads."""
    register(INVITATION, _may_be_invited, _invitation)


def make_vendor(*, by: Person, manager_name: str, manager_email: str, **facts: Any) -> Tenant:
    """Make a vendor out of slug, name, zone and case prefix, and invite its first manager.

    Inside the operators' tenant. The manager is added in a transaction of its own once this one
    has committed, for nobody enters one tenant from inside another: what could be refused there is
    refused here. Raises NotAllowed, Invalid, WeakPassword, UnknownTimeZone, NameTaken.
    """
    if not by.may("make_tenants"):
        raise NotAllowed
    check_first_manager(manager_name, manager_email)
    vendor = create_tenant(**facts)
    transaction.on_commit(partial(invite_first_manager, vendor.pk, manager_name, manager_email))
    return vendor


def invite_again(*, by: Person, vendor: Tenant, manager_name: str, manager_email: str) -> None:
    """Invite a vendor's first manager anew, at the same address or another one.

    Only while no manager of the vendor has a password; after that managers see to each other. What
    came of it is not told: who is there is the vendor's alone. Inside the operators' tenant, done
    once it is left. Raises NotAllowed, Invalid, WeakPassword.
    """
    if not by.may("make_tenants"):
        raise NotAllowed
    check_first_manager(manager_name, manager_email)
    transaction.on_commit(partial(invite_first_manager, vendor.pk, manager_name, manager_email))


def check_first_manager(name: str, email: str) -> None:
    """Refuse who could not be added as a manager anywhere. Raises Invalid, WeakPassword."""
    person = Person(name=name, email=email.strip(), role=roles.MANAGER)
    try:
        person.clean_fields(exclude=_NOT_ASKED)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=f"manager_{field}") from error
    if not email.strip():
        raise Invalid(_("This field is required."), field="manager_email")
    password = _first_password()
    if password is not None:
        check_password_strength(person, password)


def invite_first_manager(vendor_id: int, name: str, email: str) -> None:
    """Invite a vendor's first manager by mail, unless one has a password. Not inside a tenant."""
    with tenant(vendor_id) as at:
        manager = _first_manager(name, email)
        if manager is None:
            return
        invitation = Queued(
            kind=INVITATION,
            recipient_id=manager.pk,
            refs={"person": manager.pk},
            dedupe_key=f"{INVITATION}:{manager.pk}:{at:%Y%m%dT%H%M%S}",
        )
        queue_messages(messages=[invitation], at=at)
    nudge()


def _first_manager(name: str, email: str) -> Person | None:
    """Find or add whom to invite, in the vendor's tenant; None once a manager has a password."""
    managers = Person.objects.filter(role=roles.MANAGER, is_active=True)
    if any(manager.has_usable_password() for manager in managers):
        return None
    known = person_with_email(email.strip())
    if known is not None:
        return known if known in managers else None
    return add_person(name=name, role=roles.MANAGER, email=email, password=_first_password())


def _first_password() -> str | None:
    # In a demonstration the mail can only be read by whoever is signed in there already.
    return settings.DEMO_PASSWORD if settings.DEMO else None


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
        "has_password": person.has_usable_password(),
        "again": site_url(person.tenant, reverse("account_reset_password")),
        "admin": site_url(person.tenant, "/admin/"),
    }
    return Rendered(
        subject=_("[%(vendor)s] Your support desk") % {"vendor": person.tenant.name},
        body=render_to_string("mail/invitation.txt", shown),
    )


def _key_of(person: Person) -> str:
    return f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
