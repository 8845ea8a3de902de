"""What the ladder is asked by, and what it answers with: marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sla.engine.occurrence import Done, Stage
from sla.engine.parts import Facts, LadderStep
from sla.engine.policy import Policy
from sla.engine.steps import REPEAT_SIGN

Key = tuple[str, int, str]
# When a late hand-over of an occurrence was done, and how many seconds after the due time its step
# stands in the ladder.
LateHandOvers = Mapping[tuple[str, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A step that falls due at `at` (epoch seconds) on the occurrence `(clock, started_seq)`.

    `repeat`: the first time, the second, ...
    """

    at: int
    clock: str
    started_seq: int
    step: LadderStep
    repeat: int = 1

    @property
    def hands_over(self) -> bool:
        return self.step.action == "hand_over"

    @property
    def key(self) -> Key:
        """Name what fires once: the occurrence, and the step with how often it has been fired."""
        return (self.clock, self.started_seq, repeat_code(self.step.code, self.repeat))


class Standing(Protocol):
    """How a case stands, as far as the ladder asks: see `CaseState`."""

    @property
    def policy(self) -> Policy: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def tier(self) -> int: ...
    @property
    def fired(self) -> Mapping[Key, Done]: ...
    @property
    def late_hand_overs(self) -> LateHandOvers: ...
    @property
    def acknowledged(self) -> Mapping[tuple[str, int], int]: ...
    @property
    def stages(self) -> Sequence[Stage]: ...
    @property
    def away_until(self) -> int: ...


def repeat_code(code: str, repeat: int) -> str:
    """Write a step's code as its `repeat`-th firing is stored."""
    return code if repeat == 1 else f"{code}{REPEAT_SIGN}{repeat}"
