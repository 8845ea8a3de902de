"""Two who change the same at the same moment, so that the database can let only one go on."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError

# A deadlock, and a change that cannot be put in a row with another.
COLLISIONS = frozenset({"40P01", "40001"})


class ChangedAtOnce(DomainError):
    code = "changed_at_once"
    message = _(
        "Somebody changed it at the same moment, so nothing was saved. Send it again: what you "
        "wrote is still here."
    )


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Do what is inside as a whole or not at all, in a savepoint of the transaction.

    Its locks are given back where it fails. Raises ChangedAtOnce where the database has chosen it
    of two that wait for each other.
    """
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if _code_of(error) not in COLLISIONS:
            raise
        raise ChangedAtOnce from error


def _code_of(error: OperationalError) -> str | None:
    """Give the database's code of an error, by whichever name its driver has for it."""
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
