"""Telling the customers who were told of a version that it is withdrawn, and what holds instead."""

from datetime import datetime

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.places import site_url
from accounts.zones import moment_text
from entitlements.customer_note import KIND as NOTE
from entitlements.customer_note import changes_for, is_addressee, zone_of
from outbox.actions import Queued, queue_messages
from outbox.models import OutboxMessage
from outbox.registry import Refs, Rendered, register
from sla.comparison import Difference
from sla.models import PolicyVersion, PolicyWithdrawal
from sla.queries import access_version, current_policy, policy_version, withdrawal_of
from sla.registry import register_withdrawal_figure, register_withdrawal_listener

KIND = "policy_note_withdrawn"

State = OutboxMessage.State
# One that waits is not sent any more once its version is withdrawn: who was told is asked again
# when the follow-up leaves.
_PERHAPS_TOLD = (*OutboxMessage.WAITING, State.SENT, State.AMBIGUOUS)
_TOLD = (State.SENDING, State.SENT, State.AMBIGUOUS)


def register_withdrawal_note() -> None:
    """Have customers told of withdrawals, and the number of them shown before."""
    register(KIND, _may_have, _render)
    register_withdrawal_listener("customer_note", tell_customers)
    register_withdrawal_figure("customer_note", customers_figure)


def tell_customers(withdrawal: PolicyWithdrawal, at: datetime) -> None:
    """Queue a follow-up to everybody to whom a note of the version was sent or is about to be."""
    number = withdrawal.version.number
    messages = [
        Queued(
            kind=KIND,
            recipient_id=recipient_id,
            refs={"version": number},
            dedupe_key=f"{KIND}:{number}:{recipient_id}",
        )
        for recipient_id in _notes(number, _PERHAPS_TOLD).values_list("recipient_id", flat=True)
    ]
    queue_messages(messages=messages, at=at)


def customers_figure(version: PolicyVersion) -> str:
    """Say how many people would be told that a version is withdrawn."""
    notes = _notes(version.number, _PERHAPS_TOLD).select_related("recipient")
    people = [note.recipient for note in notes if is_addressee(note.recipient)]
    if not people:
        return _("No customer was told of this version by mail: nobody is written to.")
    told = ngettext(
        "%(number)d person was told of this version by mail and will be told that it is withdrawn.",
        "%(number)d people were told of this version by mail and will be told that it is "
        "withdrawn.",
        len(people),
    )
    return told % {"number": len(people)}


def _notes(number: int, states: tuple[str, ...]) -> QuerySet[OutboxMessage]:
    notes = OutboxMessage.objects.filter(kind=NOTE, refs__version=number, state__in=states)
    return notes.filter(recipient__isnull=False).order_by("recipient")


def _may_have(person: Person, refs: Refs) -> bool | str:
    if not is_addressee(person):
        return False
    if not _notes(int(refs["version"]), _TOLD).filter(recipient=person).exists():
        return _("The version was withdrawn before its note was sent.")
    return True


def _render(person: Person, refs: Refs) -> Rendered:
    version = access_version(int(refs["version"]))
    withdrawal = withdrawal_of(version)
    assert withdrawal is not None
    zone = zone_of(person)
    context = {
        "person": person,
        "vendor": person.tenant,
        "words": withdrawal.customer_note,
        "has_begun": version.begun_at is not None,
        "begins": moment_text(version.begun_at or version.effective_at, zone),
        "ends": moment_text(withdrawal.withdrawn_at, zone),
        "changes": _changes_back(person, version, withdrawal),
        "url": site_url(person.tenant, reverse("portal:policy")),
    }
    subject = _("Our support policy: a change is withdrawn")
    return Rendered(subject=subject, body=render_to_string(f"mail/{KIND}.txt", context))


def _changes_back(
    person: Person, version: PolicyVersion, withdrawal: PolicyWithdrawal
) -> list[Difference]:
    """List what holds instead for a person's company; nothing where a later version counts."""
    moment = max(withdrawal.withdrawn_at, version.effective_at)
    instead = current_policy(moment)
    if instead.number > version.number:
        return []
    return changes_for(person, policy_version(version.pk), instead.policy, moment)
