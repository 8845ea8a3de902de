"""Steps of a ladder as sentences, as a dry run and the ladder ahead of a case say them."""

from dataclasses import replace

import pytest

from sla.engine.parts import LadderStep
from sla.sentences import step_sentence
from tests.policies.packs import pack

DYNAMICS = pack("datadynamics")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        # MS-05, DD-10: from when the case is opened or raised, again and again.
        (
            LadderStep(
                code="a", clock="case", at="opened", action="page", roles=("duty", "swat"),
                when={"priority": ("high",)}, urgent=True, repeat_seconds=900, repeat_times=8,
            ),
            "As soon as the case is opened or raised: page who is on duty and the SWAT team, again "
            "every 15 min, 8 times in all, until somebody acknowledges it, only for priority High, "
            "urgent.",
        ),
        (
            LadderStep(code="b", clock="case", at="after", seconds=5400, action="swat"),
            "1 h 30 min after the case is opened or raised: bring in the SWAT team.",
        ),
        (
            LadderStep(
                code="c", clock="first_response", at="due", action="tell_customer", roles=("lead",)
            ),
            "When the first response is late: tell the customer who has the case, tell the leads.",
        ),
        (
            LadderStep(
                code="d", clock="tier_time", at="before", share_percent=25, action="notify",
                roles=("owner",), tiers=(1,),
            ),
            "When a quarter of the time is left for the tier: tell the owner, only while it is "
            "with tier 1.",
        ),
        (
            LadderStep(code="e", clock="tier_time", at="due", action="hand_over", tiers=(1, 2)),
            "When the tier's own time is used up: hand the case over to the next tier, only while "
            "it is with tier 1 or 2.",
        ),
    ],
    ids=lambda value: value.code if isinstance(value, LadderStep) else "",
)  # fmt: skip
def test_step_is_said_in_words(step, said):
    assert step_sentence(step, DYNAMICS) == said


def test_dd_39_steps_of_waiting_are_said_though_no_document_names_them():
    said = [
        step_sentence(DYNAMICS.steps.named(code), DYNAMICS)
        for code in ("waiting_warning_3", "waiting_close")
    ]

    assert said == [
        "3 days after the latest question: remind the customer of the question.",
        "7 days after the latest question: close the case.",
    ]


def test_repeated_step_is_the_one_that_it_repeats():
    first = DYNAMICS.ladder[0]

    again = DYNAMICS.steps.named(f"{first.code}#2")

    assert step_sentence(again, DYNAMICS) == step_sentence(first, DYNAMICS)


def test_policy_with_one_kind_of_levels_names_no_axis():
    step = replace(DYNAMICS.ladder[0], repeat_seconds=None, repeat_times=None, urgent=False)
    policy = replace(DYNAMICS, axes=("priority",))

    assert step_sentence(step, policy).endswith("only for High.")
