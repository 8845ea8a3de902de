"""What people decide about themselves."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import check_person
from accounts.errors import Invalid
from accounts.models import Person
from accounts.names import checked_name


@transaction.atomic
def change_profile(
    *,
    by: Person,
    name: str,
    phone: str = "",
    time_zone: str = "",
    language: str = settings.LANGUAGE_CODE,
    preferred_channel: str = "",
) -> Person:
    """Change what a person says about themselves. Locks the person.

    The zone is for what is opened from now on: a case keeps the one it began with. Raises Invalid
    (no name or none that is one, a language or channel that there is not), UnknownTimeZone.
    """
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    person.name = checked_name(name)
    person.phone, person.time_zone = phone.strip(), time_zone
    person.language, person.preferred_channel = language, preferred_channel
    _check(person)
    fields = ["name", "phone", "time_zone", "language", "preferred_channel"]
    person.save(update_fields=fields)
    return person


@transaction.atomic
def choose_language(*, by: Person, language: str) -> Person:
    """Have a person spoken to in a language from now on. Locks the person.

    Raises Invalid for one that the desk does not speak.
    """
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    person.language = language
    _check_language(person)
    person.save(update_fields=["language"])
    return person


@transaction.atomic
def sign_out_elsewhere(*, by: Person) -> Person:
    """End all sessions of a person; whoever calls it keeps the one at hand by signing it anew."""
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    person.sign_outs += 1
    person.save(update_fields=["sign_outs"])
    return person


def _check(person: Person) -> None:
    if not person.name:
        raise Invalid(_("Write your name."), field="name")
    _check_language(person)
    field = Person._meta.get_field("preferred_channel")
    channels = {code for code, _name in field.flatchoices}
    if person.preferred_channel and person.preferred_channel not in channels:
        raise Invalid(field="preferred_channel")
    check_person(person)


def _check_language(person: Person) -> None:
    if person.language not in dict(settings.LANGUAGES):
        raise Invalid(field="language")
