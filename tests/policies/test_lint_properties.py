"""Whatever a policy says, the linter comes to an end, and is right about what is covered."""

from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.engine.filing import check_filing
from sla.engine.lint import lint
from sla.engine.lintspace import MAX_PIECES, Space, TooManyPieces, joined, meet, minus
from sla.engine.lintsurvey import Survey, survey
from sla.engine.parts import Facts, TargetRow
from sla.engine.policy import Policy
from sla.engine.target import Target
from sla.findings import findings_of
from tests.policies.packs import VENDORS, pack

TARGETS = (
    Target("none"),
    Target("immediate"),
    Target("scheduled"),
    Target("elapsed", 3600, 3600),
    Target("elapsed", 30 * 86_400),
)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw a pack with rules taken out, changed and made wider, and with other parts dropped."""
    policy = pack(draw(st.sampled_from(VENDORS)))
    rows = [draw(rules(row)) for row in policy.targets if draw(st.booleans())]
    dropped = draw(st.sets(st.sampled_from(("ladder", "phones", "readings", "declined"))))
    channels = tuple(
        replace(channel, plans=draw(some([plan.code for plan in policy.plans]) | st.none()))
        for channel in policy.channels
    )
    blanks = {section: () for section in dropped}
    return replace(policy, targets=tuple(rows), channels=channels, **blanks)


@st.composite
def rules(draw: st.DrawFn, row: TargetRow) -> TargetRow:
    """Draw a rule with axes left out and maybe another target."""
    when = {axis: draw(some(codes)) for axis, codes in row.when.items() if draw(st.booleans())}
    if draw(st.booleans()):
        return replace(row, when=when)
    target = draw(st.sampled_from(TARGETS))
    return replace(row, when=when, target=target, calendar=None, promised=draw(st.booleans()))


def some(codes: tuple[str, ...] | list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    if not codes:
        return st.none()
    return st.lists(st.sampled_from(codes), min_size=1, unique=True).map(tuple)


def every_case(space: Space) -> list[Facts]:
    """List one case for each combination of codes."""
    return [
        Facts(**{axis: code or None for axis, code in zip(space.axes, codes, strict=True)})
        for codes in product(*space.codes)
    ]


def box_of(found: Survey, facts: Facts) -> tuple[int, ...]:
    return found.space.box({axis: (getattr(facts, axis) or "",) for axis in found.space.axes})


def can_be_filed(policy: Policy, facts: Facts) -> bool:
    """Tell whether some channel takes the case as one of the channel that rules see."""
    return any(
        not check_filing(policy, replace(facts, channel=channel.code), by_customer=False)
        for channel in policy.channels
        if (channel.counts_as or channel.code) == facts.channel
    )


@settings(max_examples=60, deadline=None)
@given(policies(), DAYS)
def test_any_policy_is_linted_and_told_in_words(policy: Policy, on: date) -> None:
    found = lint(policy, on)

    assert lint(policy, on) == found
    assert len(findings_of(policy, on)) == len(found)


@settings(max_examples=30, deadline=None)
@given(policies())
def test_cases_are_covered_as_the_engine_answers_them(policy: Policy) -> None:
    found = survey(policy)

    for clock, coverage in found.clocks.items():
        for facts in every_case(found.space):
            box = box_of(found, facts)
            rows = [one.row for one in coverage.answers if any(meet(box, b) for b in one.cases)]
            left = [other for other in coverage.uncovered if meet(box, other)]
            if not can_be_filed(policy, facts):
                assert (rows, left) == ([], [])
            elif (rule := policy.rule(clock, facts)) is None:
                assert (rows, len(left)) == ([], 1)
            else:
                assert rule in rows
                assert left == []


def test_axes_of_many_codes_cost_no_more_than_their_pieces() -> None:
    # A hundred codes on each of six axes: a million million combinations.
    space = Space(tuple("abcdef"), tuple(tuple(f"{n}" for n in range(100)) for _ in range(6)))
    corner = space.box({axis: [f"{n}" for n in range(50)] for axis in space.axes})

    left = minus([space.whole], [corner])

    assert len(left) == 6
    assert joined(left + [corner]) == [space.whole]


def test_too_many_pieces_are_not_weighed() -> None:
    space = Space(tuple("abc"), tuple(tuple(f"{n}" for n in range(400)) for _ in range(3)))
    diagonal = [space.box({axis: [f"{n}"] for axis in space.axes}) for n in range(300)]

    try:
        minus([space.whole], diagonal)
    except TooManyPieces:
        pieces = None
    else:
        pieces = MAX_PIECES

    assert pieces is None
