"""While the desk waits on the customer: when they are warned, and when the case is closed (DD-39).

These steps stand in no document; they follow from its rule for waiting. Each comes at its day, not
while the customer is away, and at the earliest a day after the one before it was really done
(docs/decisions/0016), so that after an outage nobody loses the case without having been warned.
Where the policy itself leaves less than a day between two of them, that is what is left then too.
"""

from collections.abc import Iterator

from sla.engine.mark import Mark, Standing
from sla.engine.occurrence import Clock
from sla.engine.parts import LadderStep
from sla.engine.span import span_end
from sla.engine.steps import CLOSING
from sla.engine.walltime import SECONDS_PER_DAY


def waiting_marks(clock: Clock, standing: Standing) -> Iterator[Mark]:
    """Yield what is still to come of the warnings and the closing of one wait."""
    need = clock.settled.promise.need_seconds
    if clock.due_at is None or need is None:
        return
    closes_at = clock.settled.opened_at + need
    earliest = 0
    for step, day, following in _planned(clock, standing, closes_at):
        mark = Mark(
            # A case waits too long from the instant after its span.
            at=max(day, standing.away_until, earliest) + (step is CLOSING),
            clock=clock.kind,
            started_seq=clock.started_seq,
            step=step,
        )
        done = standing.fired.get(mark.key)
        earliest = (done or mark).at + min(SECONDS_PER_DAY, following - day)
        if done is None:
            yield mark


def _planned(
    clock: Clock, standing: Standing, closes_at: int
) -> Iterator[tuple[LadderStep, int, int]]:
    """List the steps of one wait with their days and the day of the next, by the policy alone.

    Of the warnings that an absence puts off to its end only the last is left: they say the same.
    """
    policy = standing.policy
    days = [
        (step, span_end(span, policy.span_zone(span, standing.facts), clock.started_at))
        for step, span in policy.steps.warnings
    ]
    days = [(step, day) for step, day in days if day < closes_at]
    for number, (step, day) in enumerate(days, start=1):
        is_last = number == len(days)
        following = closes_at if is_last else days[number][1]
        fired = (clock.kind, clock.started_seq, step.code) in standing.fired
        if is_last or fired or following > standing.away_until:
            yield step, day, following
    yield CLOSING, closes_at, closes_at
