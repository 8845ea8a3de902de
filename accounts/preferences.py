"""What a person of the desk sets for themselves."""

from django.conf import settings
from django.db import transaction

from accounts.errors import Invalid
from accounts.models import Person


@transaction.atomic
def save_preferences(*, person: Person, single_keys: bool, language: str) -> Person:
    """Let single keys do things for a person, or not (WCAG 2.1.4), and choose their language.

    Raises Invalid for a language that the desk does not speak.
    """
    if language not in dict(settings.LANGUAGES):
        raise Invalid(field="language")
    person.single_keys, person.language = single_keys, language
    person.save(update_fields=["single_keys", "language"])
    return person
