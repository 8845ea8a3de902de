"""What the rules of a policy cover: which cases each row answers for, and which none does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sla.engine.lintspace import Box, Space, TooManyPieces, filed, meet, minus, space_of
from sla.engine.policy import Policy
from sla.engine.rowchecks import Ruling

ERROR, WARNING, NOTICE = SEVERITIES = ("error", "warning", "notice")

# Rows of one clock; with more, only what looks at single rows is said.
MAX_ROWS = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a policy that somebody should look at.

    `path` counts from 0 ("targets[3].calendar"); `code` and `params` say what it is, without
    English. `severity`: error (something promised cannot happen) | warning | notice.
    """

    code: str
    path: str
    params: Mapping[str, object] = field(default_factory=dict)
    severity: str = WARNING

    def __hash__(self) -> int:
        return hash((self.code, self.path))


@dataclass(frozen=True, slots=True)
class Answer:
    """A row (a target, a price, ...) with its place and the cases that it is the rule for.

    `admits`: the cases of its condition; `cases`: those of them that can be filed and that no
    more specific row takes.
    """

    number: int
    row: Any
    admits: Box
    cases: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The rows of one clock and the cases that none of them answers for.

    `is_partial`: there are too many to look at; then nothing is said about what is covered.
    """

    answers: tuple[Answer, ...] = ()
    uncovered: tuple[Box, ...] = ()
    is_partial: bool = False

    @property
    def promised(self) -> tuple[Answer, ...]:
        """The rows of which the customer is told."""
        return tuple(answer for answer in self.answers if answer.row.promised)


@dataclass(frozen=True, slots=True)
class Survey:
    """A policy with the cases that its rules answer for, clock by clock."""

    policy: Policy
    space: Space
    clocks: Mapping[str, Coverage]

    def of(self, clock: str) -> Coverage:
        """Give the coverage of a clock; empty where it has no rows."""
        return self.clocks.get(clock, Coverage())


def survey(policy: Policy) -> Survey:
    """Work out which row answers for which cases."""
    space = space_of(policy)
    clocks = dict.fromkeys(row.clock for row in policy.targets)
    try:
        cases = filed(policy, space)
    except TooManyPieces:
        return Survey(policy, space, {clock: Coverage(is_partial=True) for clock in clocks})
    return Survey(policy, space, {clock: _cover(policy, space, cases, clock) for clock in clocks})


def _cover(policy: Policy, space: Space, cases: list[Box], clock: str) -> Coverage:
    rows = [(number, row) for number, row in enumerate(policy.targets) if row.clock == clock]
    return cover(space, cases, rows)


def cover(space: Space, cases: list[Box], rows: Sequence[tuple[int, Ruling]]) -> Coverage:
    """Work out which of some rows, with their numbers, answers for which of `cases`."""
    if len(rows) > MAX_ROWS:
        return Coverage(is_partial=True)
    boxes = {number: space.box(row.when) for number, row in rows}
    try:
        answers = tuple(_answers(rows, boxes, cases))
        uncovered = tuple(minus(cases, boxes.values()))
    except TooManyPieces:
        return Coverage(is_partial=True)
    return Coverage(answers, uncovered)


def _answers(
    rows: Sequence[tuple[int, Ruling]], boxes: Mapping[int, Box], cases: list[Box]
) -> Iterator[Answer]:
    for number, row in rows:
        own = boxes[number]
        nearer = [
            boxes[other]
            for other, beside in rows
            if len(beside.when) > len(row.when) and meet(boxes[other], own)
        ]
        here = [both for case in cases if (both := meet(case, own))]
        yield Answer(number, row, own, tuple(minus(here, nearer)))
