"""The database's refusals, told in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from accounts.errors import DomainError


@contextmanager
def refused_as(**errors: DomainError) -> Iterator[None]:
    """Run one write in a savepoint; raise the error given for the constraint that it violates.

    `refused_as(team_name_once_per_tenant=NameTaken(...))`. Other violations come through as they
    are. Only for constraints that are checked at once, which unique and check constraints are.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as violation:
        error = errors.get(violated_constraint(violation))
        if error is None:
            raise
        raise error from violation


def violated_constraint(violation: IntegrityError) -> str:
    """Name the constraint; empty when the server did not say."""
    diagnosis = getattr(violation.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
