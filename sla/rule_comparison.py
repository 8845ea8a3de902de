"""Which cases a rule is changed for: rules are taken apart case by case, and told together again.

A rule for three severities that becomes two rules is no news; that one of the severities is
promised something else is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from operator import attrgetter
from typing import Any, Protocol

from sla.engine.parts import TargetRow

# A rule of more cases than this is compared as a whole.
MOST_PIECES = 1_000

When = Mapping[str, tuple[str, ...]]
# A clock, and one code of each axis that the rule names.
Case = tuple[str, frozenset[tuple[str, tuple[str, ...]]]]


class Ruled(Protocol):
    """A rule for the cases that its `when` admits."""

    @property
    def when(self) -> When: ...


@dataclass(frozen=True, slots=True)
class Changed:
    """Cases of one clock whose rule is another one: `when` as in a rule; None = there is none.

    Prices and the like are rules of no clock, "".
    """

    clock: str
    when: When
    before: Any
    after: Any


def _said(row: TargetRow) -> tuple[object, ...]:
    return (row.target, row.calendar, row.counts_late, row.promised, row.source, row.note)


def changed_rules(
    before: Iterable[Ruled],
    after: Iterable[Ruled],
    *,
    kind: Callable[[Any], str] = attrgetter("clock"),
    said: Callable[[Any], object] = _said,
) -> Iterator[Changed]:
    """List for which cases the rules differ, in the order of `after`, then of `before`.

    Cases of the same pair of rules come together. Rules of different `kind`s have nothing to do
    with each other; two are the same where what they have `said` is.
    """
    old, new = _pieces(before, kind), _pieces(after, kind)
    pairs: dict[tuple[int, int], list[Case]] = {}
    rules: dict[tuple[int, int], tuple[Ruled | None, Ruled | None]] = {}
    for case in dict.fromkeys([*new, *old]):
        one, other = old.get(case), new.get(case)
        if (one and said(one)) != (other and said(other)):
            pairs.setdefault((id(one), id(other)), []).append(case)
            rules[id(one), id(other)] = (one, other)
    for pair, cases in pairs.items():
        for when in _joined([dict(axes) for _clock, axes in cases]):
            yield Changed(cases[0][0], when, *rules[pair])


def _pieces(rows: Iterable[Ruled], kind: Callable[[Any], str]) -> dict[Case, Ruled]:
    """Key rules by each case that they name: a checked policy has no two for the same."""
    return {(kind(row), frozenset(when.items())): row for row in rows for when in _cases_of(row)}


def _cases_of(row: Ruled) -> list[When]:
    number = 1
    for codes in row.when.values():
        number *= len(codes)
    if number > MOST_PIECES:
        return [{axis: tuple(sorted(codes)) for axis, codes in row.when.items()}]
    return [
        {axis: (code,) for axis, code in zip(row.when, codes, strict=True)}
        for codes in product(*row.when.values())
    ]


def _joined(cases: list[When]) -> list[When]:
    """Tell cases together that differ in one axis only."""
    for axis in sorted({axis for case in cases for axis in case}):
        joined: dict[frozenset, dict[str, tuple[str, ...]]] = {}
        for case in cases:
            others = frozenset(item for item in case.items() if item[0] != axis)
            kept = joined.setdefault(others, dict(case))
            if axis in case:
                kept[axis] = tuple(dict.fromkeys((*kept[axis], *case[axis])))
        cases = list(joined.values())
    return cases
