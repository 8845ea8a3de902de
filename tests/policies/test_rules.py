"""Which rule applies: the most specific one, whatever the order of the document."""

from itertools import permutations

import pytest

from sla.engine.calendar import Calendar
from sla.engine.document import Fault, PolicyFaults, parse_document
from sla.engine.errors import EngineError
from sla.engine.parts import Facts, Region
from sla.engine.policy import Policy
from sla.engine.target import Target
from tests.policies.documents import DOCUMENT, faults
from tests.policies.packs import VENDORS, pack

HOUR = 3600
Pair = tuple[str, int]


def rows(*pairs: Pair) -> str:
    """Give the document with these rules only: (condition, hours round the clock)."""
    kept = DOCUMENT[: DOCUMENT.index("[[targets]]")]
    return kept + "".join(
        f'[[targets]]\nclock = "first_response"\nwhen = {{ {when} }}\n'
        f'target = {{ kind = "elapsed", hours = {hours} }}\n'
        for when, hours in pairs
    )


def hours_for(policy: Policy, **facts: str) -> int | None:
    found = policy.cell("first_response", Facts(**facts))
    return found.target.amount // HOUR if found else None


RULES = (
    ("", 1),
    ('plan = ["gold"]', 2),
    ('plan = ["gold"], severity = ["1"]', 3),
    ('plan = ["gold"], severity = ["1"], channel = ["phone"]', 4),
)


@pytest.mark.parametrize("order", list(permutations(RULES)))
def test_the_rule_that_names_most_axes_wins_in_any_order(
    order: tuple[Pair, ...],
) -> None:
    policy = parse_document(rows(*order))

    assert hours_for(policy, plan="tin", severity="1", channel="phone") == 1
    assert hours_for(policy, plan="gold", severity="2", channel="phone") == 2
    assert hours_for(policy, plan="gold", severity="1", channel="email") == 3
    assert hours_for(policy, plan="gold", severity="1", channel="phone") == 4


def test_without_a_matching_rule_there_is_no_target() -> None:
    policy = parse_document(rows(('plan = ["gold"]', 2)))

    assert policy.rule("first_response", Facts(plan="tin")) is None
    assert policy.cell("first_response", Facts(plan="tin")) is None
    assert policy.cell("resolution", Facts(plan="gold")) is None
    assert policy.candidates("resolution", Facts(plan="gold")) == ()


@pytest.mark.parametrize(
    ("pairs", "facts"),
    [
        ((("", 1), ("", 2)), {}),
        ((('plan = ["gold"]', 1), ('plan = ["gold", "tin"]', 2)), {"plan": ("gold",)}),
        (
            (('plan = ["gold"]', 1), ('severity = ["1"]', 2)),
            {"plan": ("gold",), "severity": ("1",)},
        ),
        (
            (
                ('plan = ["gold"], severity = ["1", "2"]', 1),
                ('severity = ["2"], channel = ["phone"]', 2),
            ),
            {"plan": ("gold",), "severity": ("2",), "channel": ("phone",)},
        ),
    ],
)
def test_two_rules_that_are_as_specific_and_meet_are_a_fault(
    pairs: tuple[Pair, ...], facts: dict[str, tuple[str, ...]]
) -> None:
    found = faults(rows(*pairs))

    assert [(one.path, one.code, one.params) for one in found] == [
        ("targets[1].when", "ambiguous", {"other": "targets[0]", "facts": facts})
    ]
    assert faults(rows(*reversed(pairs)))[0].code == "ambiguous"


@pytest.mark.parametrize(
    "pairs",
    [
        (('plan = ["gold"]', 1), ('plan = ["tin"]', 2)),
        (('plan = ["gold"]', 1), ('plan = ["tin"], severity = ["1"]', 2)),
        (
            ('plan = ["gold"], severity = ["1"]', 1),
            ('plan = ["gold"], severity = ["2"]', 2),
        ),
    ],
)
def test_rules_that_never_meet_are_no_fault(pairs: tuple[Pair, ...]) -> None:
    assert faults(rows(*pairs)) == ()


def test_a_rule_with_more_axes_settles_between_two_that_meet() -> None:
    meeting = (('plan = ["gold"]', 1), ('severity = ["1"]', 2))
    settling = ('plan = ["gold"], severity = ["1"]', 3)
    only_part = ('plan = ["gold"], severity = ["1"], channel = ["phone"]', 3)

    policy = parse_document(rows(*meeting, settling))

    assert hours_for(policy, plan="gold", severity="1") == 3
    assert [one.code for one in faults(rows(*meeting, only_part))] == ["ambiguous"]


def test_candidates_tell_which_axis_keeps_a_nearer_rule_out() -> None:
    policy = parse_document(rows(*RULES))
    facts = Facts(plan="gold", severity="2", channel="phone")

    beside = [
        (one.row.target.amount // HOUR, one.fails)
        for one in policy.candidates("first_response", facts)
    ]

    assert beside == [(2, ()), (1, ()), (4, ("severity",)), (3, ("severity",))]


def test_candidates_leave_out_what_two_axes_keep_out() -> None:
    policy = parse_document(rows(*RULES))
    facts = Facts(plan="gold", severity="2", channel="email")

    beside = [one.row.target.amount // HOUR for one in policy.candidates("first_response", facts)]

    assert beside == [2, 1, 3]


def test_a_rule_sees_the_channel_that_another_counts_as() -> None:
    policy = pack("scalix")

    assert policy.settle(Facts(channel="portal")).channel == "email"
    assert pack("metalogix").settle(Facts(channel="portal")).channel == "portal"


@pytest.mark.parametrize(
    ("facts", "zone", "code", "assumed"),
    [
        (Facts(region="HOME"), "Europe/Berlin", "office", ()),
        (Facts(country="FR"), "Europe/Berlin", "office", ()),
        (Facts(country="US", zone="America/Denver"), "America/Denver", "far", ()),
        (Facts(country="US"), "Europe/Berlin", "far", ("zone",)),
        (Facts(), "Europe/Berlin", "office", ("region",)),
    ],
)
def test_facts_choose_region_and_zone_of_the_calendar(
    facts: Facts, zone: str, code: str, assumed: tuple[str, ...]
) -> None:
    found = parse_document(DOCUMENT).cell("first_response", facts)

    assert found is not None
    assert isinstance(found.calendar, Calendar)
    assert (found.calendar.zone, found.calendar_zone) == (zone, zone)
    assert (found.calendar_code, found.calendar_name) == (code, "Both")
    assert found.assumed == assumed


def test_calendars_are_shared_between_equal_documents() -> None:
    one, other = parse_document(DOCUMENT), parse_document(DOCUMENT)

    assert one is not other
    assert one.calendar("both", Facts()) is other.calendar("both", Facts())


def test_an_unknown_zone_or_region_of_the_facts_is_an_error() -> None:
    policy = parse_document(DOCUMENT)

    with pytest.raises(EngineError) as bad_zone:
        policy.cell("first_response", Facts(country="US", zone="Mars/Olympus"))
    with pytest.raises(EngineError) as bad_region:
        policy.cell("first_response", Facts(region="MOON"))

    assert (bad_zone.value.code, bad_region.value.code) == ("bad_time_zone", "bad_request")


SERVICE_ROWS = """
[[targets]]
clock = "no_progress"
target = { kind = "business_days", days = 2 }
calendar = "service"

[[targets]]
clock = "update_cadence"
target = { kind = "business_time", hours = 3 }
calendar = "service"
"""


def test_service_time_is_that_of_the_first_response() -> None:
    policy = parse_document(DOCUMENT + SERVICE_ROWS)

    office = policy.cell("no_progress", Facts(plan="tin", region="HOME"))

    assert office is not None
    assert office.calendar == policy.calendar("both", Facts(region="HOME"))
    assert (office.calendar_code, office.target) == ("office", Target("business_days", 2))


@pytest.mark.parametrize("clock", ["no_progress", "update_cadence"])
def test_service_time_of_a_case_answered_round_the_clock_never_closes(clock: str) -> None:
    policy = parse_document(DOCUMENT + SERVICE_ROWS)

    found = policy.cell(clock, Facts(plan="gold", severity="1"))

    assert found is not None
    assert found.calendar is not None
    assert found.calendar.is_always
    assert (found.calendar_code, found.calendar_name) == (None, None)
    assert found.calendar_zone == "Europe/Berlin"


def test_a_policy_hashes_by_name_and_compares_by_all_it_says() -> None:
    one, other = parse_document(DOCUMENT), parse_document(DOCUMENT)
    changed = parse_document(DOCUMENT.replace("hours = 8", "hours = 7"))

    assert (one == other, hash(one) == hash(other)) == (True, True)
    assert one != changed


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_pack_warns_tells_the_lead_and_climbs_to_the_third_tier(vendor: str) -> None:
    steps = {
        (step.clock, step.at, step.action, step.tiers)
        for step in pack(vendor).ladder
        if not step.when
    }

    assert steps >= {
        ("first_response", "before", "notify", ()),
        ("first_response", "due", "notify", ()),
        ("next_response", "before", "notify", ()),
        ("next_response", "due", "notify", ()),
        ("no_progress", "due", "hand_over", (1, 2)),
        ("no_progress", "due", "notify", (3,)),
    }


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_pack_promises_a_resolution(vendor: str) -> None:
    clocks = {row.clock for row in pack(vendor).targets}

    assert clocks.isdisjoint({"resolution", "workaround"})


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_the_document_does_not_say_is_not_promised(vendor: str) -> None:
    templates = [row for row in pack(vendor).targets if row.source == "template"]

    assert [row for row in templates if row.promised] == []


def test_regions_are_given_by_country_once() -> None:
    regions = pack("metalogix").regions

    assert [region.code for region in regions] == ["AMER", "EMEA"]
    assert regions[0] == Region("AMER", "Americas and everywhere else")


def test_faults_carry_the_name_of_the_file() -> None:
    with pytest.raises(PolicyFaults) as found:
        parse_document("schema = 2", "acme.toml")

    assert found.value.filename == "acme.toml"
    assert all(isinstance(fault, Fault) for fault in found.value.faults)


def test_cells_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sla.engine.policy.MAX_CELLS", 3)
    policy = parse_document(rows(('plan = ["gold"]', 2)))

    found = [hours_for(policy, plan="gold", product=str(n)) for n in range(10)]

    assert found == [2] * 10
    assert len(policy._cells) <= 3


def test_a_rule_for_a_product_beats_the_rule_for_all() -> None:
    policy = parse_document(rows(("", 1), ('product = ["anvil", "rope"]', 2)))

    assert hours_for(policy, product="rope") == 2
    assert hours_for(policy, product="saw") == 1
    assert hours_for(policy) == 1
