"""The public page on what a case costs, what plans bring, and who may open a case."""

from datetime import timedelta

import pytest

from portal.policy.filing import filing_by
from portal.policy.history import public_part
from portal.policy.offer import FULL, costs_of, included_by
from sla.engine.document import parse_document
from tests.packs import pack_for
from tests.portal.pages import words
from tests.portal.test_policy_page import SUNDAY, pack, page_at, publish_changed
from tests.sla.everything import EVERYTHING

PHONE = 'when = { channel = ["phone"] }\npoints = 30\n'
ALL = parse_document(EVERYTHING)


def read(vendor, browse, name: str) -> str:
    return words(browse(vendor(name).tenant).get("/policy/"))


def test_sc_03_prices_stand_by_channel_and_are_drawn():
    costs = costs_of(pack("scalix"))

    assert [(one.channels, one.points, one.width) for one in costs.by_channel] == [
        ("E-mail or Online form", "10 points", 33),
        ("Phone", "30 points", FULL),
    ]
    assert costs.others == ()


def test_sp_07_packs_say_how_many_cases_they_are_good_for(vendor, browse):
    costs = costs_of(pack("scalix"))

    assert [(row.name, [number for _column, number in row.cases]) for row in costs.packs] == [
        ("50 points", ["5", "1"]),
        ("110 points", ["11", "3"]),
        ("180 points", ["18", "6"]),
    ]
    assert "110 points 11 3" in read(vendor, browse, "scalix")


def test_sc_05_sc_15_sc_21_sp_09_rules_of_points_are_told(vendor, browse):
    said = read(vendor, browse, "scalix")

    for rule in (
        "Points are taken when a case is opened, however much is said on it later.",
        "Points can be used for 1 year after they were bought, to the end of the last day in your "
        "own time zone.",
        "Points that come with a plan can be used to the end of its term.",
        "When a case proves to be a bug of ours, its points come back, or their price.",
        "When we decline a case before work on it, its points come back.",
        "Points that come back after they have expired can be used for 90 days.",
        "As many as are agreed when you buy: Small Business Edition, Enterprise Edition.",
    ):
        assert rule in said


def test_price_for_certain_cases_is_told_beside_the_usual_ones():
    costs = costs_of(ALL)

    assert [(one.channels, one.points) for one in costs.by_channel] == [
        ("E-mail or Form", "10 points")
    ]
    assert costs.others == (
        ("A or C, E-mail, anvil", "5 points", ""),
        ("any case", "20 points", ""),
    )


def test_sp_13_sp_14_sp_17_sp_18_sp_19_plans_are_compared_by_family():
    included = included_by(pack("scalix"))
    basic, premium = included.families

    assert included.columns == (
        "Points in each term",
        "Standard User Unlock",
        "Places in technical training",
        "System usage and performance assessment",
    )
    assert (basic.name, premium.name) == ("Basic", "Premium")
    assert {
        plan.code: [(cell.text, cell.width) for cell in cells] for plan, cells in premium.plans
    } == {
        "bronze": [("250", 8), ("included", None), ("1 in each term", 17), ("once a year", 8)],
        "silver": [("750", 25), ("included", None), ("2 in each term", 33),
                   ("every six months", 17)],
        "gold": [("1,500", 50), ("included", None), ("4 in each term", 67),
                 ("every three months", 33)],
        "platinum": [("3,000", 100), ("included", None), ("6 in each term", 100),
                     ("every month", 100)],
    }  # fmt: skip
    assert [
        (plan.code, [cell.is_had for cell in cells]) for plan, cells in basic.plans
    ] == [
        ("points", [False, False, False, False]),
        ("basic", [False, False, False, False]),
        ("basic_annual", [True, False, False, False]),
    ]  # fmt: skip


def test_sp_11_limit_that_a_plan_lifts_is_told_by_edition():
    included = included_by(ALL)

    assert included.notes == (
        ("Training", "For your people."),
        ("Light users", "The other plans have 5 for each (Professional)."),
    )
    assert included.columns[:2] == ("Points in each term", "Cases")
    assert included.families[1].plans[0][1][1].text == "20 cases in each month"


def test_sc_22_sp_04_sp_12_who_may_open_a_case_is_told_by_plan_channel_and_edition():
    filing = filing_by(pack("scalix"))
    told = {
        right.plans: [(way.channel, way.is_open, way.but) for way in right.ways]
        for right in filing.rights
    }
    open_ways = [("E-mail", True, ""), ("Online form", True, "")]

    assert told == {
        ("Support points", "Basic Annual Support"): [
            *open_ways, ("Phone", True, "Community Edition"),
        ],
        ("Basic Technical Support",): [*open_ways, ("Phone", True, "Community Edition")],
        (
            "Bronze Premium Support", "Silver Premium Support", "Gold Premium Support",
            "Platinum Premium Support",
        ): [*open_ways, ("Phone", True, "")],
    }  # fmt: skip
    assert filing.rights[-1].terms == (
        "For Small Business Edition, Enterprise Edition.",
        "Only with: Software Subscription Service. When that has ended, the plan is kept to its "
        "end.",
    )
    assert filing.rights[1].terms == ("Everybody has this plan who has bought no other.",)


def test_mx_03_both_plans_have_phone_and_portal():
    (right,) = filing_by(pack("metalogix")).rights

    assert right.plans == ("Standard", "Premium")
    assert [(way.channel, way.is_open) for way in right.ways] == [
        ("Phone", True),
        ("Web portal", True),
    ]


def test_channel_that_a_plan_does_not_have_is_told():
    first, last = filing_by(ALL).rights[0], filing_by(ALL).rights[-1]

    assert (first.plans, [way.is_open for way in first.ways]) == (("B",), [True, True])
    assert [(right.plans, right.ways[1].is_open) for right in filing_by(ALL).rights] == [
        (("B",), True), (("A",), False), (("C",), True),
    ]  # fmt: skip
    assert last.terms[-1] == "Only with: Updates. When that has ended, the plan “A” counts."


def test_sc_17_sp_02_supported_releases_are_told_without_the_desks_doubts(vendor, browse):
    said = read(vendor, browse, "scalix")

    assert "The current major release and the two before it." in said
    assert pack("scalix").readings[0].taken not in said


def test_dd_17_dd_31_dd_32_dd_33_licence_releases_news_and_accounts_are_told(vendor, browse):
    said = read(vendor, browse, "datadynamics")

    for one in (
        "You need a licence that we have verified and that has not ended.",
        "The current release and the one before it.",
        "A date that we have given for the end of support of a release goes before this.",
        "With the number of your licence we recognise your company at once.",
        "News by mail",
        "Service packs, patches and hotfixes",
    ):
        assert one in said


def test_sp_04_news_says_with_what_it_comes(vendor, browse):
    assert "With Software Subscription Service." in read(vendor, browse, "scalix")


def test_policy_that_sells_nothing_is_silent_on_it():
    policy = pack("msp")

    assert (costs_of(policy), included_by(policy), filing_by(policy)) == (None, None, None)


def test_dearer_call_is_told_to_everybody_before_it_begins(vendor):
    world = vendor("scalix")
    publish_changed(
        world, "scalix", SUNDAY, start=SUNDAY + timedelta(days=30),
        price=(PHONE, PHONE.replace("30", "40")),
        notice=("low_points = 20", "low_points = 30"),
        clause=('source = "SC-03"', 'source = "SC-3"'),
    )  # fmt: skip

    page = page_at(world, SUNDAY + timedelta(days=1))

    (announced,) = page.announced
    assert [str(one) for one in announced.changes] == ["Price by Phone: 30 points → 40 points"]


@pytest.mark.parametrize("name", ["scalix", "datadynamics"])
def test_customers_are_not_told_clauses_of_what_is_sold(name):
    policy = public_part(parse_document(pack_for(name, name)))
    parts = (
        policy.subscriptions, policy.prices, policy.grants, policy.benefits, policy.topics,
        policy.supported_releases, (policy.licence, policy.registration, policy.points),
    )  # fmt: skip

    assert {part.source for section in parts for part in section} == {""}
