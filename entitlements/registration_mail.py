"""Mail about self-registration (DD-17).

Strangers have no row that the outbox could point at, and a link must not be stored: their mail
goes straight to the server once the transaction has committed, as the one for a new password does.
Known and unknown addresses take the same way, so that the time tells nothing. People of the desk,
and who has become a customer, are told through the outbox.
"""

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import roles
from accounts.languages import spoken
from accounts.models import Person, Tenant
from accounts.places import site_url
from accounts.tenancy import current_tenant_id
from entitlements.models import Registration
from outbox.actions import Queued, queue_messages
from outbox.html_letters import html_letter
from outbox.letters import AUTOMATIC, DeskEmail, header_line, sender
from outbox.message_ids import new_message_id
from outbox.registry import Refs, Rendered, register

WAITING = "registration_waiting"
ACCEPTED = "registration_accepted"
SUBJECTS = {
    "link": gettext_lazy("Confirm your e-mail address"),
    "has_account": gettext_lazy("You have an account already"),
    "still_waiting": gettext_lazy("We are looking at your registration"),
    "declined": gettext_lazy("Your registration"),
}


def register_registration_mail() -> None:
    """Tell the outbox how these messages read."""
    register(WAITING, _may_decide, _waiting)
    register(ACCEPTED, _is_customer, _accepted)


def post_link(registration: Registration, token: str) -> None:
    """Send the link that proves the address."""
    # The name is not in it: anybody could have words of their own mailed to anybody.
    link = reverse("portal:register_link", args=[token])
    _post("link", registration.email, link=link)


def post_has_account(email: str) -> None:
    """Tell an address that there is an account for it already."""
    sign_in, reset = reverse("account_login"), reverse("account_reset_password")
    _post("has_account", email, sign_in=sign_in, reset=reset)


def post_waiting(email: str) -> None:
    """Tell an address that its registration is being looked at already."""
    _post("still_waiting", email)


def post_declined(registration: Registration) -> None:
    """Tell why there will be no account, in the person's own language."""
    with translation.override(spoken(registration.language)):
        _post("declined", registration.email, registration)


def tell_managers(registration: Registration, at: datetime) -> None:
    """Queue a note to every manager that somebody waits."""
    managers = Person.objects.filter(role=roles.MANAGER, is_active=True).exclude(email="")
    messages = [
        Queued(
            kind=WAITING,
            recipient_id=manager.pk,
            refs={"registration": registration.pk},
            dedupe_key=f"{WAITING}:{registration.pk}:{manager.pk}",
        )
        for manager in managers
    ]
    queue_messages(messages=messages, at=at)


def tell_accepted(registration: Registration, at: datetime) -> None:
    """Queue the welcome, with a link to choose a password that is made when it leaves."""
    message = Queued(
        kind=ACCEPTED,
        recipient_id=registration.person_id,
        refs={"registration": registration.pk},
        dedupe_key=f"{ACCEPTED}:{registration.pk}",
        urgent=True,
    )
    queue_messages(messages=[message], at=at)


def password_link(person: Person) -> str:
    """Make the path of a page where a person chooses a password; good once."""
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return path.replace("UID-KEY", key)


def _post(name: str, to: str, registration: Registration | None = None, **paths: str) -> None:
    vendor = Tenant.objects.get(pk=current_tenant_id())
    links = {what: site_url(vendor, path) for what, path in paths.items()}
    shown = {**links, "vendor": vendor, "registration": registration}
    subject = header_line(f"[{vendor.name}] {SUBJECTS[name]}")
    body = render_to_string(f"mail/registration_{name}.txt", shown)
    email = DeskEmail(
        tenant_id=vendor.pk,
        subject=subject,
        body=body,
        html=html_letter(vendor, subject, body),
        from_email=sender(vendor),
        to=[to],
        headers={"Message-ID": new_message_id(), **AUTOMATIC},
    )

    def send() -> None:
        email.send()

    # A mail server that is gone must not tell by an error page that something was to be sent.
    transaction.on_commit(send, robust=True)


def _may_decide(person: Person, refs: Refs) -> bool | str:
    if not person.may("edit_people"):
        return False
    waits = Registration.objects.filter(
        pk=refs["registration"], state=Registration.State.WAITING
    ).exists()
    return waits or _("The registration has been decided meanwhile.")


def _waiting(person: Person, refs: Refs) -> Rendered:
    registration = Registration.objects.get(pk=refs["registration"])
    page = reverse("admin:entitlements_registration_page", args=[registration.pk])
    shown = {
        "person": person,
        "vendor": person.tenant,
        "registration": registration,
        "page": site_url(person.tenant, page),
    }
    subject = _("%(company)s: somebody asks for an account")
    return Rendered(
        subject=subject % {"company": registration.company_name},
        body=render_to_string("mail/registration_waits.txt", shown),
    )


def _is_customer(person: Person, _refs: Refs) -> bool:
    return person.is_customer


def _accepted(person: Person, _refs: Refs) -> Rendered:
    vendor = person.tenant
    shown = {
        "person": person,
        "vendor": vendor,
        "link": site_url(vendor, password_link(person)),
        "has_password": person.has_usable_password(),
        "again": site_url(vendor, reverse("account_reset_password")),
        "portal": site_url(vendor),
    }
    return Rendered(
        subject=_("[%(vendor)s] Your account is ready") % {"vendor": vendor.name},
        body=render_to_string("mail/registration_accepted.txt", shown),
    )
