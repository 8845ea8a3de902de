"""The working copy in tests, in the tenant that is entered."""

from sla.documents import read_rows
from sla.models import PolicyVersion, TargetRow
from sla.queries import working_copy


def revision() -> int:
    return working_copy().revision


def targets() -> list[TargetRow]:
    return list(read_rows(working_copy()).targets)


def target(source: str, clock: str = "first_response") -> TargetRow:
    """Find a rule of the working copy by its clause."""
    return next(row for row in targets() if (row.source, row.clock) == (source, clock))


def with_hours(source: str, hours: int) -> list[TargetRow]:
    """Give all rules, the one of a clause with other hours."""
    rows = targets()
    for row in rows:
        if row.source == source and row.clock == "first_response":
            row.amount, row.goal = hours * 3600, None
    return rows


def numbers() -> list[int]:
    return sorted(PolicyVersion.objects.values_list("number", flat=True))
