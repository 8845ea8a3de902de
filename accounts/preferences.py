"""What a person sets for themselves."""

from django.db import transaction

from accounts.models import Person


@transaction.atomic
def save_single_keys(*, person: Person, single_keys: bool) -> Person:
    """Let single keys do things for a person, or not (WCAG 2.1.4)."""
    person.single_keys = single_keys
    person.save(update_fields=["single_keys"])
    return person
