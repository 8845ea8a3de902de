"""Self-registration of customers: asked, proven by mail, accepted or declined (DD-17)."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.actions import add_company, add_person
from accounts.auth import person_with_email
from accounts.domains import add_domain, domain_of
from accounts.errors import DomainError, EmailTaken, Invalid, NotAllowed, NotFound
from accounts.models import Company, Person, email_key
from accounts.names import checked_name
from accounts.tenancy import current_tenant_id
from accounts.zones import check_time_zone
from entitlements import registration_mail
from entitlements.models import Registration
from entitlements.registration_matches import company_to_join
from outbox.clock import real_now
from sla.engine.offer import Registering
from sla.errors import NoPolicy
from sla.queries import current_policy

LINK_LIVES = timedelta(hours=48)
# Whoever forgot to open the mail may ask again; after that nothing is known of them.
ASKED_KEPT = timedelta(days=7)
# So that a second attempt is seen together with the first answer.
DECLINED_KEPT = timedelta(days=90)
ACT = "edit_people"

State = Registration.State


class RegistrationClosed(DomainError):
    code = "registration_closed"
    message = _("Accounts are added by the vendor here: ask there for one.")


class LinkDead(DomainError):
    code = "registration_link_dead"
    message = _("This link is too old, or there has been a newer one.")


class RegistrationDecided(DomainError):
    code = "registration_decided"
    message = _("This has been decided already: it is %(state)s.")


class Step(Enum):
    """What is behind a link: where its registration stands, or that there is an account."""

    PROVE = "prove"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    HAS_ACCOUNT = "has_account"


@dataclass(frozen=True)
class Said:
    """What somebody says about themselves; nothing of it is known to be true."""

    name: str
    email: str
    company_name: str
    licence_number: str = ""
    phone: str = ""
    time_zone: str = ""
    language: str = settings.LANGUAGE_CODE


@dataclass(frozen=True)
class Reached:
    """Where a link led to. `person` only where this very call made the account."""

    step: Step
    person: Person | None = None


@dataclass(frozen=True)
class Asked:
    """Where a link leads to. `said` only where it is unused: what its use would confirm.

    Anybody can register an address that is not theirs, or register it anew: whoever reads its mail
    has to see what was said. A link never confirms anything else, for other words make another one.
    """

    step: Step
    said: Registration | None = None


def registering(at: datetime) -> Registering:
    """Read the vendor's own setting; closed where there is no policy."""
    try:
        return current_policy(at).policy.registration
    except NoPolicy:
        return Registering()


def digest_of(token: str) -> str:
    """Digest what stands in a link: the link itself is stored nowhere. Pure."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def register_customer(*, said: Said, at: datetime) -> None:
    """Take down what a stranger says and send a link to the address; tell the caller nothing.

    An address that has an account, or waits for a decision, gets a mail that says so instead: the
    page is the same. Asking again while the link is unused makes a new link and ends the old one.
    The mail leaves when the transaction has committed. Locks the address's open registration.
    Raises RegistrationClosed, Invalid or UnknownTimeZone.
    """
    if not registering(at).open:
        raise RegistrationClosed
    check_time_zone(said.time_zone)
    said = replace(said, name=checked_name(said.name))
    if person_with_email(said.email) is not None:
        registration_mail.post_has_account(said.email)
        return
    token = secrets.token_urlsafe(32)
    registration = _take_down(said, token, at)
    if registration is None:
        registration_mail.post_waiting(said.email)
    else:
        registration_mail.post_link(registration, token)


@transaction.atomic
def prove_address(*, digest: str, at: datetime) -> Reached:
    """Use the link with this digest, which proves the address: make the account, or tell managers.

    A second use of the same link changes nothing and says where things stand. Locks the
    registration. Raises LinkDead or RegistrationClosed.
    """
    registration = _locked(Q(token_digest=digest))
    if registration is None:
        raise LinkDead
    if registration.state != State.ASKED:
        return Reached(Step(registration.state))
    if registration.link_expires_at <= real_now():
        raise LinkDead
    if not registering(at).open:
        raise RegistrationClosed
    registration.proven_at = at
    return _go_on(registration, at)


def behind_link(*, digest: str) -> Asked:
    """Tell where a link leads to and what it would confirm, without using it. Raises LinkDead."""
    registration = Registration.objects.filter(token_digest=digest).first()
    if registration is None:
        raise LinkDead
    if registration.state != State.ASKED:
        return Asked(Step(registration.state))
    if registration.link_expires_at <= real_now():
        raise LinkDead
    return Asked(Step.PROVE, registration)


@transaction.atomic
def accept_registration(
    *,
    registration_id: int,
    company: Company | None,
    by: Person,
    at: datetime,
    new_company: str = "",
    with_domain: bool = False,
) -> Person | None:
    """Make the account, as a contact of a company or of a new one, and tell the person.

    `with_domain`: from now on the domain of the address is the company's. None where the address
    has an account by now: a mail says so, and nothing else is done or left to decide. Locks the
    registration. Raises NotAllowed, NotFound, RegistrationDecided, NameTaken, Invalid,
    FreeMailDomain or DomainTaken.
    """
    registration = _to_decide(registration_id, by)
    if company is None and not new_company.strip():
        raise Invalid(_("Choose a company."), field="company")
    try:
        with transaction.atomic():
            joined = company or add_company(
                name=new_company.strip(), time_zone=registration.time_zone
            )
            if with_domain:
                add_domain(company=joined, domain=domain_of(registration.email))
            return _accept(registration, joined, by=by, at=at)
    except EmailTaken:
        registration_mail.post_has_account(registration.email)
        _give_up(registration)
        return None


@transaction.atomic
def decline_registration(
    *, registration_id: int, answer: str, by: Person, at: datetime
) -> Registration:
    """Say no, in words that are mailed to the address once this has committed.

    Locks the registration. Raises NotAllowed, NotFound, RegistrationDecided or Invalid.
    """
    registration = _to_decide(registration_id, by)
    if not answer.strip():
        raise Invalid(_("Say why, so that they know what to do."), field="answer")
    registration.state = State.DECLINED
    registration.answer = answer.strip()
    registration.decided_by, registration.decided_at = by, at
    registration.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    registration_mail.post_declined(registration)
    return registration


def clear_registrations(at: datetime) -> int:
    """Forget who never proved the address, and who was declined long ago; count the rows.

    A daily task: idempotent.
    """
    unproven = Q(state=State.ASKED, link_expires_at__lt=real_now() - ASKED_KEPT)
    declined = Q(state=State.DECLINED, decided_at__lt=at - DECLINED_KEPT)
    count, _models = Registration.objects.filter(unproven | declined).delete()
    return count


def _take_down(said: Said, token: str, at: datetime) -> Registration | None:
    """Write the address's one open registration; None if that waits for a decision already."""
    facts = {
        "name": said.name,
        "email": said.email,
        "company_name": said.company_name,
        "licence_number": said.licence_number,
        "phone": said.phone,
        "time_zone": said.time_zone,
        "language": said.language,
        "token_digest": digest_of(token),
        "link_expires_at": real_now() + LINK_LIVES,
        "asked_at": at,
    }
    # Of two at once the later waits here for the earlier, and then writes over it.
    fresh = Registration(tenant_id=current_tenant_id(), **facts)
    Registration.objects.bulk_create([fresh], ignore_conflicts=True)
    key = email_key(Value(said.email))
    registration = _locked(Q(email_key=key, state__in=Registration.OPEN))
    if registration is None:  # decided in the blink between
        return _take_down(said, token, at)
    if registration.state == State.WAITING:
        return None
    for name, value in facts.items():
        setattr(registration, name, value)
    registration.save(update_fields=list(facts))
    return registration


def _go_on(registration: Registration, at: datetime) -> Reached:
    if person_with_email(registration.email) is not None:
        return _give_up(registration)
    company = company_to_join(registration, at)
    if company is not None:
        try:
            person = _accept(registration, company, by=None, at=at)
        except EmailTaken:  # added by somebody else at this very moment
            return _give_up(registration)
        return Reached(Step.ACCEPTED, person)
    registration.state = State.WAITING
    registration.save(update_fields=["state", "proven_at"])
    registration_mail.tell_managers(registration, at)
    return Reached(Step.WAITING)


def _give_up(registration: Registration) -> Reached:
    """Throw away a registration of somebody who has an account by now."""
    registration.delete()
    return Reached(Step.HAS_ACCOUNT)


def _to_decide(registration_id: int, by: Person) -> Registration:
    if not by.may(ACT):
        raise NotAllowed
    registration = _locked(Q(pk=registration_id))
    if registration is None or registration.state == State.ASKED:
        raise NotFound
    if registration.state != State.WAITING:
        raise RegistrationDecided(state=registration.get_state_display())
    return registration


def _accept(
    registration: Registration, company: Company, *, by: Person | None, at: datetime
) -> Person:
    person = add_person(
        name=registration.name,
        role=roles.CONTACT,
        email=registration.email,
        company=company,
        phone=registration.phone,
        time_zone=registration.time_zone,
        language=registration.language,
    )
    registration.state = State.ACCEPTED
    registration.person = person
    # They are the person's now.
    registration.name = registration.email = registration.phone = ""
    registration.decided_by, registration.decided_at = by, at
    registration.save()
    registration_mail.tell_accepted(registration, at)
    return person


def _locked(condition: Q) -> Registration | None:
    rows = Registration.objects.select_for_update(no_key=True, of=("self",)).filter(condition)
    return rows.select_related("tenant").first()
