"""Cases without a rule, and rules without a case."""

from collections.abc import Iterator

from sla.engine.lintspace import joined, minus
from sla.engine.lintsurvey import ERROR, MAX_ROWS, NOTICE, Answer, Coverage, Finding, Survey
from sla.engine.parts import TargetRow

# Kinds of cases that are named one by one; of more only the number is told.
MOST_NAMED = 8


def lint_cells(found: Survey) -> Iterator[Finding]:
    """Find cases that nobody promises anything for, or says that nothing is; and useless rows."""
    if not any(_promises_an_answer(row) for row in found.policy.targets):
        yield Finding("no_first_response", "targets", {}, ERROR)
    for clock, coverage in found.clocks.items():
        if coverage.is_partial:
            params = {"clock": clock, "most": MAX_ROWS}
            yield Finding("too_many_rules", "targets", params, NOTICE)
            continue
        if coverage.promised:
            yield from _uncovered(found, clock, coverage)
        for answer in coverage.answers:
            if not answer.cases:
                yield _useless(found, coverage, answer)


def _promises_an_answer(row: TargetRow) -> bool:
    return row.clock == "first_response" and row.promised and row.target.kind != "none"


def _uncovered(found: Survey, clock: str, coverage: Coverage) -> Iterator[Finding]:
    boxes = joined(coverage.uncovered)
    for box in boxes[:MOST_NAMED]:
        cases = found.space.describe(box)
        yield Finding("uncovered", "targets", {"clock": clock, "cases": cases})
    more = len(boxes) - MOST_NAMED
    if more > 0:
        yield Finding("more_uncovered", "targets", {"clock": clock, "count": more})


def _useless(found: Survey, coverage: Coverage, answer: Answer) -> Finding:
    """Tell a row that others take everything from, from one whose cases nobody can file."""
    path = f"targets[{answer.number}]"
    nearer = [other for other in coverage.answers if len(other.row.when) > len(answer.row.when)]
    taken_by = tuple(f"targets[{one.number}]" for one in nearer if _shares(one, answer))
    if not taken_by or minus([answer.admits], [one.admits for one in nearer]):
        return Finding("row_for_nobody", path, {"clock": answer.row.clock})
    return Finding("unreachable", path, {"clock": answer.row.clock, "others": taken_by})


def _shares(one: Answer, other: Answer) -> bool:
    return all(left & right for left, right in zip(one.admits, other.admits, strict=True))
