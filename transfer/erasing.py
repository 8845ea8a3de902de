"""Erasing a person: who they were goes, what was done stays, told of by a number.

Apps above this one say what else they keep of people (`transfer.keepers`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.change_models import Change
from accounts.changes import keep_change
from accounts.errors import NotAllowed, NotFound
from accounts.models import Company, Person, PersonSkill, TeamMember
from accounts.tenancy import current_tenant_id
from entitlements.models import Registration, TopicChoice
from escalation.models import Absence, DutyShift, WorkingHours
from outbox.models import DeliveredMail
from reports.models import ReportWish
from tickets.attachment_models import Attachment
from tickets.models import (
    ActDraft,
    Case,
    CaseDraft,
    CaseLook,
    CaseRating,
    HeldAnswer,
    Message,
    Presence,
    SavedView,
)
from transfer.blanking import ERASED, blank_written, erase_files, replace_words
from transfer.errors import ErasesOneself, IsAtWork, IsErased, NotConfirmed
from transfer.forgetting import forget_in_moves
from transfer.keepers import Known, keepers
from transfer.lookup import address_key
from transfer.models import Erasure

LONG_ENOUGH = 4
# Gone with the person: what was only theirs, and is part of nothing.
_OWN = (
    *((CaseDraft, "person"), (ActDraft, "person"), (HeldAnswer, "person"), (Presence, "person")),
    *((CaseLook, "person"), (SavedView, "owner"), (TopicChoice, "person"), (ReportWish, "person")),
    *((PersonSkill, "person"), (TeamMember, "person"), (WorkingHours, "person")),
)


@dataclass(frozen=True)
class Extent:
    """What erasing somebody would reach, for the page that asks."""

    cases: int
    messages: int
    files: int


def extent_of(person: Person) -> Extent:
    """Count what somebody wrote and sent."""
    return Extent(
        cases=len(_cases_of(person)),
        messages=Message.objects.filter(author=person).count(),
        files=Attachment.objects.filter(uploaded_by=person).exclude(state="deleted").count(),
    )


@transaction.atomic
def erase_person(
    *, person_id: int, with_texts: bool, confirmed: str, by: Person, at: datetime
) -> Erasure:
    """Erase a person for good; `confirmed` is their name once more.

    Name, addresses, phone, and what was only theirs go, everywhere: also from the texts of their
    cases and from the history of changes. What they wrote and sent goes too where `with_texts`.
    Cases, points and entries stay, with the person's number. Locks the person. Raises NotAllowed,
    NotFound, ErasesOneself, IsErased, IsAtWork, NotConfirmed.
    """
    person = _locked(person_id, confirmed, by)
    words = (person.name, person.email, person.phone, person.pager)
    known = Known(person, tuple(word for word in words if word), with_texts, at)
    cases = _cases_of(person)
    figures = {"cases": len(cases), "texts": 0, "files": 0}
    if with_texts:
        figures["texts"] = blank_written(person.pk)
        sent = Attachment.objects.filter(uploaded_by=person)
        figures["files"] = erase_files(sent, at)
    # On a case of theirs their family name alone is they, too.
    parts = [part for part in person.name.split() if len(part) >= LONG_ENOUGH]
    figures["named"] = replace_words(cases, [*known.words, *parts])
    Case.objects.filter(contact=person).exclude(availability="").update(availability="")
    figures |= {name: one.forget_person(known) for name, one in keepers().items()}
    figures["moves"] = forget_in_moves(known.words, parts, at)
    _forget_own(person, known)
    _forget_who(person)
    erasure = Erasure.objects.create(
        tenant_id=current_tenant_id(),
        person=person,
        by=by,
        at=at,
        with_texts=with_texts,
        figures=figures,
    )
    _forget_in_changes(person, known.words)
    keep_change(
        act=Change.Act.REMOVED,
        model=Person._meta.label_lower,
        row=person.pk,
        named=person.name,
        by=by,
        at=at,
    )
    return erasure


def is_erased(person: Person) -> bool:
    """Tell whether a person was erased."""
    return Erasure.objects.filter(person=person).exists()


def _locked(person_id: int, confirmed: str, by: Person) -> Person:
    if not by.may("erase_people"):
        raise NotAllowed
    people = Person.objects.select_for_update(of=("self",), no_key=True)
    person = people.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    if person == by:
        raise ErasesOneself
    if is_erased(person):
        raise IsErased
    if person.is_active and not person.is_customer:
        raise IsAtWork(name=person.name)
    if confirmed.strip() != person.name:
        raise NotConfirmed(field="confirm", word=person.name)
    return person


def _cases_of(person: Person) -> list[int]:
    """Find the cases on which somebody was the contact, or said a word."""
    said = Q(contact=person) | Q(messages__author=person) | Q(notes__author=person)
    return list(Case.objects.filter(said).order_by("pk").values_list("pk", flat=True).distinct())


def _forget_own(person: Person, known: Known) -> None:
    for model, name in _OWN:
        model._default_manager.filter(**{name: person}).delete()
    DutyShift.objects.filter(person=person, starts_at__gt=known.at).delete()
    Absence.objects.filter(person=person).exclude(note="").update(note="")
    EmailAddress.objects.filter(user=person).delete()
    CaseRating.objects.filter(rated_by=person).update(words="")
    theirs = Q(person=person)
    if person.email:
        theirs |= Q(email_key=address_key(person.email))
        DeliveredMail.objects.filter(to_address__iexact=person.email).delete()
    Registration.objects.filter(theirs).update(
        name=str(ERASED), email="", phone="", company_name=str(ERASED), licence_number="", answer=""
    )


def _forget_who(person: Person) -> None:
    """Leave nothing of the person but a number; every session ends with the password."""
    with translation.override(settings.LANGUAGE_CODE):
        name = _("Erased person %(number)d") % {"number": person.pk}
        company = _("Erased company %(number)d") % {"number": person.company_id or 0}
    # Who names no company was given one of their own name when they moved in.
    alone = Company.objects.filter(people=person, name=person.name)
    alone.update(name=company)
    Person.objects.filter(pk=person.pk).update(
        name=name,
        email="",
        phone="",
        pager="",
        grade="",
        time_zone="",
        preferred_channel="",
        password=make_password(None),
        sign_outs=F("sign_outs") + 1,
        is_active=False,
        last_login=None,
    )
    person.refresh_from_db()


def _forget_in_changes(person: Person, words: Sequence[str]) -> None:
    """Take the person's words out of the history of changes, which only the owner may touch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_person(%s, %s)", [person.pk, list(words)])
    logged = LogEntry.objects.filter(object_id=str(person.pk), content_type__model="person")
    logged.update(object_repr=person.name, change_message="")
