"""Sets of cases as the linter needs them: boxes of codes on every axis, cut and joined.

A box is one bit set for each axis of a space; it means every case with one of the codes on each.
Work is done on whole boxes, never on single combinations, so many axes cost little.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sla.engine.parts import AXES, Facts
from sla.engine.policy import Policy
from sla.engine.rowchecks import Ruling

Box = tuple[int, ...]

# On these axes a case may have no code, or one that no rule names.
OPEN_AXES = ("edition", "product")
OTHER = ""

# More pieces than these are of no use to a reader, and keep the computer busy.
MAX_PIECES = 400


class TooManyPieces(Exception):
    """A set of cases fell into more pieces than anybody wants to read about."""


@dataclass(frozen=True, slots=True)
class Space:
    """The axes on which cases differ, and the codes of each in the order of the document."""

    axes: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]

    @property
    def whole(self) -> Box:
        """The box of every case."""
        return tuple((1 << len(codes)) - 1 for codes in self.codes)

    def box(self, when: Mapping[str, Iterable[str]]) -> Box:
        """Give the cases that a condition admits; codes that the space does not have are left out.

        An axis that is absent admits every code.
        """
        return tuple(
            self._bits(number, when[axis]) if axis in when else full
            for number, (axis, full) in enumerate(zip(self.axes, self.whole, strict=True))
        )

    def describe(self, box: Box) -> dict[str, tuple[str, ...]]:
        """Say a box as a condition; an axis that it does not limit is left out."""
        limited = zip(self.axes, self.codes, box, self.whole, strict=True)
        return {axis: named(codes, bits) for axis, codes, bits, full in limited if bits != full}

    def facts(self, box: Box, **chosen: str) -> Facts:
        """Choose one case of a box: the first code of every axis, or the one that is `chosen`."""
        firsts = {
            axis: named(codes, bits)[0]
            for axis, codes, bits in zip(self.axes, self.codes, box, strict=True)
        }
        return Facts(**{axis: code or None for axis, code in (firsts | chosen).items()})

    def without(self, box: Box, axis: str) -> Box:
        """Widen a box to every code of an axis."""
        return tuple(
            full if name == axis else bits
            for name, bits, full in zip(self.axes, box, self.whole, strict=True)
        )

    def on(self, box: Box, axis: str) -> tuple[str, ...]:
        """List the codes of a box on an axis; none where no case has one."""
        if axis not in self.axes:
            return ()
        number = self.axes.index(axis)
        return named(self.codes[number], box[number])

    def _bits(self, number: int, wanted: Iterable[str]) -> int:
        codes = self.codes[number]
        return sum(1 << codes.index(code) for code in set(wanted) if code in codes)


def named(codes: tuple[str, ...], bits: int) -> tuple[str, ...]:
    """List the codes whose bits are set."""
    return tuple(code for number, code in enumerate(codes) if bits >> number & 1)


def space_of(policy: Policy) -> Space:
    """Collect the axes and codes on which the cases of a policy can differ."""
    codes = {axis: codes for axis in AXES if (codes := _codes(policy, axis))}
    return Space(tuple(codes), tuple(codes.values()))


def filed(policy: Policy, space: Space) -> list[Box]:
    """List the cases that can be filed at all, as boxes that share no case.

    A channel takes the plans and editions that it is open to; a level that is refused elsewhere
    comes by phone.
    """
    taken: list[Box] = []
    for when in _channel_conditions(policy):
        taken += minus([space.box(when)], taken)
    for axis in policy.axes:
        refused = [level.code for level in policy.levels(axis) if level.call == "refused"]
        elsewhere = [channel.code for channel in policy.channels if channel.code != "phone"]
        taken = minus(taken, [space.box({axis: refused, "channel": elsewhere})])
    return taken


def meet(one: Box, other: Box) -> Box | None:
    """Give the cases that lie in both boxes; None when there are none."""
    both = tuple(left & right for left, right in zip(one, other, strict=True))
    return both if all(both) else None


def minus(boxes: Iterable[Box], taken: Iterable[Box]) -> list[Box]:
    """Take cases away. Raises TooManyPieces."""
    left = [box for box in boxes if all(box)]
    for cut in taken:
        left = [piece for box in left for piece in _cut(box, cut)]
        if len(left) > MAX_PIECES:
            raise TooManyPieces
    return left


def joined(boxes: Iterable[Box]) -> list[Box]:
    """Join boxes that differ on one axis only, until none do."""
    left = list(dict.fromkeys(boxes))
    axes = range(len(left[0])) if left else range(0)
    while True:
        before = len(left)
        for number in axes:
            left = _joined_on(left, number)
        if len(left) == before:
            return left


def _joined_on(boxes: list[Box], number: int) -> list[Box]:
    by_rest: dict[tuple[Box, Box], int] = {}
    for box in boxes:
        rest = (box[:number], box[number + 1 :])
        by_rest[rest] = by_rest.get(rest, 0) | box[number]
    return [(*before, bits, *after) for (before, after), bits in by_rest.items()]


def _cut(box: Box, cut: Box) -> Iterator[Box]:
    """Yield what is left of a box without another: pieces that share no case."""
    both = meet(box, cut)
    if both is None:
        yield box
        return
    for number, bits in enumerate(box):
        rest = bits & ~cut[number]
        if rest:
            yield (*both[:number], rest, *box[number + 1 :])


def _codes(policy: Policy, axis: str) -> tuple[str, ...]:
    parts: Mapping[str, Iterable[Any]] = {
        "plan": policy.plans,
        "severity": policy.severities,
        "priority": policy.priorities,
        "case_type": policy.case_types,
        # A channel that counts as another is never seen by a rule.
        "channel": tuple(channel for channel in policy.channels if channel.counts_as is None),
        "region": policy.regions,
        "edition": policy.editions,
    }
    if axis in parts:
        codes = tuple(part.code for part in parts[axis])
    else:
        rows: tuple[Ruling, ...] = (
            *policy.targets,
            *policy.prices,
            *policy.supported_releases,
        )
        named = [code for row in rows for code in row.when.get(axis, ())]
        codes = tuple(dict.fromkeys(named))
    return (*codes, OTHER) if codes and axis in OPEN_AXES else codes


def _channel_conditions(policy: Policy) -> Iterator[dict[str, Iterable[str]]]:
    if not policy.channels:
        yield {}
    # What a channel that counts as another may be used for, is asked of the other.
    for channel in (one for one in policy.channels if one.counts_as is None):
        when: dict[str, Iterable[str]] = {"channel": (channel.code,)}
        if channel.plans is not None:
            when["plan"] = channel.plans
        if channel.editions is not None:
            when["edition"] = (*channel.editions, OTHER)
        yield when
