"""Telling a company that somebody has verified the licence that it named (DD-33)."""

from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.places import site_url
from entitlements.models import EntitlementRequest, Licence
from entitlements.points_notices import addressees
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs, Rendered, register

VERIFIED = "licence_verified"


def register_licence_mail() -> None:
    """Tell the outbox how it reads."""
    register(VERIFIED, _may_hear, _words)


def tell_verified(licence: Licence, at: datetime) -> None:
    """Queue it to the company's admins, else who files, and to who waits for an exception."""
    asked = EntitlementRequest.objects.filter(
        company=licence.company_id, state=EntitlementRequest.State.WAITING, asked_by__is_active=True
    )
    waiting = asked.order_by("pk").values_list("asked_by", flat=True)
    people = [person.pk for person in addressees([licence.company_id])[licence.company_id]]
    messages = [
        Queued(
            kind=VERIFIED,
            recipient_id=pk,
            refs={"licence": licence.pk},
            dedupe_key=f"{VERIFIED}:{licence.pk}:{pk}",
        )
        for pk in dict.fromkeys([*people, *waiting])
    ]
    queue_messages(messages=messages, at=at)


def _may_hear(person: Person, refs: Refs) -> bool:
    verified = Licence.objects.filter(pk=refs["licence"], verified_at__isnull=False)
    return person.is_customer and verified.filter(company=person.company_id).exists()


def _words(person: Person, refs: Refs) -> Rendered:
    licence = Licence.objects.select_related("product").get(pk=refs["licence"])
    subject = _("Your licence %(number)s is verified") % {"number": licence.number}
    shown = {
        "person": person,
        "vendor": person.tenant,
        "licence": licence,
        "url": site_url(person.tenant, reverse("portal:file")),
    }
    return Rendered(subject=subject, body=render_to_string("mail/licence_verified.txt", shown))
