"""The steps of a policy, in the order in which they are asked for; those that no document names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sla.engine.kinds import WAITING
from sla.engine.parts import Facts, LadderStep, Waiting
from sla.engine.span import Span

# While the desk waits on the customer (DD-39): actions that no document can ask for.
WARN_CUSTOMER, CLOSE = "warn_customer", "close"
WARNING_CODE = "waiting_warning_"
CLOSING = LadderStep("waiting_close", WAITING, "due", CLOSE)
# Between the code of a step and how often it has been fired, in the key of a repeated one.
REPEAT_SIGN = "#"


@dataclass(frozen=True, slots=True)
class Steps:
    """The ladder by the clock that a step hangs on, and by code; the warnings while waiting.

    `completes_facts`: some step asks for what a policy completes of the facts.
    """

    on: Mapping[str, tuple[LadderStep, ...]]
    by_code: Mapping[str, LadderStep]
    warnings: tuple[tuple[LadderStep, Span], ...]
    completes_facts: bool

    def named(self, code: str) -> LadderStep | None:
        """Find the step of a key: of the document or built in, repeated ("page#2") or not."""
        plain = plain_code(code)
        built_in = {step.code: step for step, _ in self.warnings} | {CLOSING.code: CLOSING}
        return self.by_code.get(plain) or built_in.get(plain)


def plain_code(code: str) -> str:
    """Give the code of a step from that of any of its firings ("page#2")."""
    return code.partition(REPEAT_SIGN)[0]


def order_steps(ladder: Iterable[LadderStep], waiting: Waiting) -> Steps:
    """Put the steps of a policy in order."""
    steps = tuple(ladder)
    clocks = dict.fromkeys(step.clock for step in steps)
    days = zip(waiting.warn_days, waiting.warnings(), strict=False)
    return Steps(
        on={clock: tuple(step for step in steps if step.clock == clock) for clock in clocks},
        by_code={step.code: step for step in steps},
        warnings=tuple((_warning(day), span) for day, span in sorted(days, key=lambda one: one[0])),
        completes_facts=any({"region", "channel"} & step.when.keys() for step in steps),
    )


def applies(step: LadderStep, facts: Facts) -> bool:
    """Tell whether a step is for these facts."""
    return all(getattr(facts, axis) in codes for axis, codes in step.when.items())


def _warning(day: int) -> LadderStep:
    return LadderStep(f"{WARNING_CODE}{day}", WAITING, "before", WARN_CUSTOMER)
