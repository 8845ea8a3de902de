"""Which cases a rule is changed for: rules are taken apart case by case, and told together again.

A rule for three severities that becomes two rules is no news; that one of the severities is
promised something else is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from sla.engine.parts import TargetRow

# A rule of more cases than this is compared as a whole.
MOST_PIECES = 1_000

When = Mapping[str, tuple[str, ...]]
# A clock, and one code of each axis that the rule names.
Case = tuple[str, frozenset[tuple[str, tuple[str, ...]]]]


@dataclass(frozen=True, slots=True)
class Changed:
    """Cases of one clock whose rule is another one: `when` as in a rule; None = there is none."""

    clock: str
    when: When
    before: TargetRow | None
    after: TargetRow | None


def changed_rules(before: Iterable[TargetRow], after: Iterable[TargetRow]) -> Iterator[Changed]:
    """List for which cases the rules differ, in the order of `after`, then of `before`.

    Cases of the same pair of rules come together.
    """
    old, new = _pieces(before), _pieces(after)
    pairs: dict[tuple[int, int], list[Case]] = {}
    rules: dict[tuple[int, int], tuple[TargetRow | None, TargetRow | None]] = {}
    for case in dict.fromkeys([*new, *old]):
        one, other = old.get(case), new.get(case)
        if not _says_the_same(one, other):
            pairs.setdefault((id(one), id(other)), []).append(case)
            rules[id(one), id(other)] = (one, other)
    for pair, cases in pairs.items():
        for when in _joined([dict(axes) for _clock, axes in cases]):
            yield Changed(cases[0][0], when, *rules[pair])


def _pieces(rows: Iterable[TargetRow]) -> dict[Case, TargetRow]:
    """Key rules by each case that they name: a checked policy has no two for the same."""
    return {(row.clock, frozenset(when.items())): row for row in rows for when in _cases_of(row)}


def _cases_of(row: TargetRow) -> list[When]:
    number = 1
    for codes in row.when.values():
        number *= len(codes)
    if number > MOST_PIECES:
        return [{axis: tuple(sorted(codes)) for axis, codes in row.when.items()}]
    return [
        {axis: (code,) for axis, code in zip(row.when, codes, strict=True)}
        for codes in product(*row.when.values())
    ]


def _says_the_same(one: TargetRow | None, other: TargetRow | None) -> bool:
    if one is None or other is None:
        return one is other
    return _said(one) == _said(other)


def _said(row: TargetRow) -> tuple[object, ...]:
    return (row.target, row.calendar, row.counts_late, row.promised, row.source, row.note)


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
