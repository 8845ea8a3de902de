"""Which level counts: what was chosen, and what environment and workaround make of it."""

from dataclasses import dataclass

from sla.engine.parts import Level
from sla.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class Judged:
    """A level as it was chosen on an axis, and the one that counts.

    `here` is what counts in the environment of the case (MX-11), `offer` what is offered instead
    where a workaround is known (MX-13), `is_taken` whether that was accepted. All are None where
    the policy has no such level.
    """

    axis: str
    chosen: Level | None
    here: Level | None
    offer: Level | None = None
    is_taken: bool = False

    @property
    def counts(self) -> Level | None:
        return self.offer if self.offer is not None and self.is_taken else self.here

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether another level counts because the chosen one is for other environments."""
        return self.chosen is not None and self.here is not None and self.chosen != self.here


def judge(
    policy: Policy,
    axis: str,
    code: str | None,
    *,
    environment: str = "",
    has_workaround: bool = False,
    takes_offer: bool = False,
) -> Judged:
    """Say which level counts for a chosen one.

    An environment that nobody named ("") changes nothing; a level may pass the case on to one that
    passes it on again.
    """
    chosen = policy.level(axis, code)
    here = _here(policy, chosen, environment)
    offer = policy.level(axis, here.workaround_to) if here and has_workaround else None
    return Judged(axis, chosen, here, None if offer == here else offer, takes_offer)


def _here(policy: Policy, level: Level | None, environment: str) -> Level | None:
    passed: set[str] = set()
    while level is not None and environment and level.environments and level.otherwise:
        if environment in level.environments or level.code in passed:
            break
        passed.add(level.code)
        level = policy.level(level.axis, level.otherwise) or level
    return level
