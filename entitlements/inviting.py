"""Colleagues whom a customer's admin asks to come, and the mail that does it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import add_person
from accounts.auth import person_with_email
from accounts.colleagues import ACT, Rights, lock_colleague
from accounts.errors import DomainError, EmailTaken, Invalid, NotAllowed
from accounts.models import Invitation, Person
from accounts.names import checked_name
from accounts.places import site_url
from accounts.tenancy import current_tenant_id
from entitlements.registration_mail import password_link
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs, Rendered, register

INVITED = "colleague_invited"
# Mail goes to addresses that nobody has proven yet: so many of a company in a day.
MOST_A_DAY = 30


class TooManyInvitations(DomainError):
    code = "too_many_invitations"
    message = gettext_lazy(
        "Your company has sent %(number)d invitations within a day, which is as many as there can "
        "be. Go on tomorrow, or ask the vendor to add people."
    )


class AddressNotFree(DomainError):
    """It is somebody's whom the admin does not see: to whom it belongs is not told."""

    code = "address_not_free"
    message = gettext_lazy("This address cannot be invited from here: ask the vendor.")


class IsThereAlready(DomainError):
    code = "is_there_already"
    message = gettext_lazy("%(name)s of your company has this address already.")


class IsDeactivated(DomainError):
    code = "is_deactivated"
    message = gettext_lazy(
        "%(name)s of your company has this address and was deactivated: activate them again."
    )


class NothingToInvite(DomainError):
    code = "nothing_to_invite"
    message = gettext_lazy("%(name)s has a password already, or no address, or was deactivated.")


def register_inviting() -> None:
    """Tell the outbox how an invitation reads."""
    register(INVITED, _may_be_invited, _invitation)


@transaction.atomic
def invite_colleague(
    *, name: str, email: str, rights: Rights, by: Person, at: datetime, language: str = ""
) -> Person:
    """Add a colleague who may sign in once they have chosen a password by the link in the mail.

    Locks the admin. Raises NotAllowed, Invalid, RoleDoesNotFit, TooManyInvitations, AddressNotFree,
    IsThereAlready, IsDeactivated.
    """
    admin = lock_colleague(by.pk, by)
    _check_number(admin, at)
    name = _checked_name(name)
    _check_free(email, admin)
    try:
        person = add_person(
            name=name,
            email=email,
            company=admin.company,
            language=language or admin.language,
            **rights.facts(),
        )
    except EmailTaken as error:
        raise AddressNotFree(field="email") from error
    _send(person, admin, at)
    return person


@transaction.atomic
def invite_again(*, person_id: int, by: Person, at: datetime) -> Person:
    """Send a colleague who has no password yet another link. Locks both people.

    Also one whom the desk has added and who never signed in. Raises NotAllowed, NotFound,
    TooManyInvitations, NothingToInvite.
    """
    person = lock_colleague(person_id, by)
    if not may_be_invited(person):
        raise NothingToInvite(name=person.name)
    _check_number(by, at)
    _send(person, by, at)
    return person


def may_be_invited(person: Person) -> bool:
    """Tell whether somebody has an address and is let in, and yet has no password."""
    is_let_in = person.is_active and person.is_customer and bool(person.email)
    return is_let_in and not person.has_usable_password()


def _checked_name(name: str) -> str:
    name = checked_name(name)
    if not name:
        raise Invalid(_("Write the name of your colleague."), field="name")
    return name


def _check_number(by: Person, at: datetime) -> None:
    if not by.may(ACT):
        raise NotAllowed
    sent = Invitation.objects.filter(
        person__company=by.company_id, invited_at__gt=at - timedelta(days=1)
    )
    if sent.count() >= MOST_A_DAY:
        raise TooManyInvitations(number=MOST_A_DAY)


def _check_free(email: str, by: Person) -> None:
    known = person_with_email(email)
    if known is None:
        return
    if known.company_id != by.company_id:
        raise AddressNotFree(field="email")
    refusal = IsThereAlready if known.is_active else IsDeactivated
    raise refusal(field="email", name=known.name)


def _send(person: Person, by: Person, at: datetime) -> None:
    sent = Invitation.objects.create(
        tenant_id=current_tenant_id(), person=person, invited_by=by, invited_at=at
    )
    message = Queued(
        kind=INVITED,
        recipient_id=person.pk,
        refs={"invitation": sent.pk},
        dedupe_key=f"{INVITED}:{sent.pk}",
        urgent=True,
    )
    queue_messages(messages=[message], at=at)


def _may_be_invited(person: Person, refs: Refs) -> bool | str:
    sent = Invitation.objects.filter(pk=refs["invitation"], person=person, taken_back_at=None)
    if not may_be_invited(person) or not sent.exists():
        return _("The invitation was taken back, or there is a password already.")
    return True


def _invitation(person: Person, refs: Refs) -> Rendered:
    vendor = person.tenant
    invited_by = Invitation.objects.select_related("invited_by").get(pk=refs["invitation"])
    shown = {
        "person": person,
        "vendor": vendor,
        "company": person.company,
        "by": invited_by.invited_by,
        "link": site_url(vendor, password_link(person)),
        "again": site_url(vendor, reverse("account_reset_password")),
        "portal": site_url(vendor),
    }
    subject = _("[%(vendor)s] %(by)s invites you to the support portal")
    return Rendered(
        subject=subject % {"vendor": vendor.name, "by": invited_by.invited_by.name},
        body=render_to_string("mail/colleague_invited.txt", shown),
    )
