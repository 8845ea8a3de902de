"""What the packs say of what is sold and who may file: each requirement that is policy data."""

import pytest

from sla.engine.filing import check_filing
from sla.engine.offer import Pack, ReleaseRule
from sla.engine.parts import Facts
from sla.engine.span import span_end
from tests.engine.wall import shown, wall
from tests.policies.packs import cell, due, pack

SCALIX = pack("scalix")
METALOGIX = pack("metalogix")
DATADYNAMICS = pack("datadynamics")
AUCKLAND = "Pacific/Auckland"
NEW_YORK = "America/New_York"
PREMIUM = ("bronze", "silver", "gold", "platinum")
PLANS = ("points", "basic", "basic_annual", *PREMIUM)


def codes(policy, **facts: str) -> list[str]:
    """Give the codes of what stands against a customer's case."""
    return [one.code for one in check_filing(policy, Facts(**facts), by_customer=True)]


def price(**facts: str) -> int:
    found = SCALIX.price(Facts(**facts))
    assert found is not None
    return found.points


# Metalogix.


def test_mx_01_renewals_have_an_address_and_are_told_of_ahead() -> None:
    assert METALOGIX.contact.renewal_email == "sales@metalogix.com"
    assert METALOGIX.notices.contract_days == (90, 30)


@pytest.mark.parametrize("plan", ["standard", "premium"])
def test_mx_03_phone_is_open_to_both_plans(plan: str) -> None:
    facts = {"plan": plan, "severity": "1", "channel": "phone", "case_type": "problem"}

    assert codes(METALOGIX, **facts) == []


def test_mx_04_premium_with_severity_1_by_phone_alone_is_served_round_the_clock() -> None:
    always = {
        (plan, severity, channel)
        for plan in ("standard", "premium")
        for severity in ("1", "2", "3", "4")
        for channel in ("phone", "portal")
        if (found := cell("metalogix", plan=plan, severity=severity, channel=channel))
        and found.calendar is None
    }

    assert always == {("premium", "1", "phone")}


def test_mx_05_line_always_answers_while_work_follows_the_plan() -> None:
    (phone,) = METALOGIX.phones
    by_phone = {"plan": "standard", "severity": "1", "channel": "phone", "region": "AMER"}

    assert (phone.number, phone.hours) == ("202-609-9100", "always")
    # Sunday night: the call is taken, the two business hours begin on Monday at seven.
    assert due("metalogix", "Sun 2026-06-14 23:00", NEW_YORK, **by_phone) == (
        None,
        "Mon 2026-06-15 09:00",
    )


@pytest.mark.parametrize("severity", ["2", "3", "4"])
def test_mx_06_portal_takes_cases_at_night_and_the_clock_waits_for_the_morning(
    severity: str,
) -> None:
    facts = {"plan": "standard", "severity": severity, "channel": "portal", "region": "AMER"}

    assert codes(METALOGIX, **facts, case_type="problem") == []
    assert due("metalogix", "Sat 2026-06-13 03:00", NEW_YORK, **facts) == (
        None,
        "Mon 2026-06-15 15:00",
    )


@pytest.mark.parametrize("channel", ["phone", "portal"])
@pytest.mark.parametrize("plan", ["standard", "premium"])
@pytest.mark.parametrize("severity", ["2", "3", "4"])
def test_mx_21_severities_2_to_4_come_by_phone_or_portal(
    severity: str, plan: str, channel: str
) -> None:
    facts = {"plan": plan, "severity": severity, "case_type": "problem"}

    assert codes(METALOGIX, **facts, channel=channel) == []
    assert codes(METALOGIX, **facts, channel="email") == ["channel_not_entitled"]


# Scalix, contacting support.


def test_sc_01_best_practices_are_news_for_anybody_who_asks() -> None:
    topic = SCALIX.topics[0]

    assert (topic.about, topic.opt_out, topic.plans, topic.subscriptions) == (
        "news",
        False,
        None,
        None,
    )


@pytest.mark.parametrize("plan", PLANS)
def test_sc_02_every_plan_may_choose_between_e_mail_and_phone(plan: str) -> None:
    facts = {"plan": plan, "case_type": "problem", "edition": "enterprise"}

    assert codes(SCALIX, **facts, channel="email") == codes(SCALIX, **facts, channel="phone") == []
    assert SCALIX.has_points


@pytest.mark.parametrize(("channel", "points"), [("email", 10), ("portal", 10), ("phone", 30)])
@pytest.mark.parametrize("plan", PLANS)
def test_sc_03_channel_decides_the_price(plan: str, channel: str, points: int) -> None:
    assert price(plan=plan, channel=channel, case_type="problem", edition="enterprise") == points


@pytest.mark.parametrize(
    ("bought", "ends"),
    [
        ("Sun 2026-03-01 15:00", "Tue 2027-03-02 00:00"),
        ("Thu 2024-02-29 09:00", "Sat 2025-03-01 00:00"),
    ],
)
def test_sc_05_points_end_with_their_anniversary_in_the_customer_s_zone(
    bought: str, ends: str
) -> None:
    life = SCALIX.points.life

    assert life is not None
    assert SCALIX.span_zone(life, Facts(zone=AUCKLAND)) == AUCKLAND
    assert shown(AUCKLAND, span_end(life, AUCKLAND, wall(AUCKLAND, bought))) == ends


@pytest.mark.parametrize("case_type", ["problem", "question", "feature_request", "request"])
def test_sc_14_every_type_is_charged_by_default(case_type: str) -> None:
    assert price(plan="basic", channel="email", case_type=case_type) == 10


def test_sc_14_what_support_is_for_is_said() -> None:
    assert len(SCALIX.texts.covered) == 2
    assert "features" in SCALIX.texts.covered[1]


def test_sc_15_declined_work_names_who_helps_and_gives_the_points_back() -> None:
    assert [one.code for one in SCALIX.declined] == [
        "tuning",
        "architecture",
        "capacity",
        "other_software",
    ]
    assert all("Professional Services" in one.pointer for one in SCALIX.declined)
    assert SCALIX.points.declined_refund


def test_sc_16_there_is_no_resolution_clock() -> None:
    clocks = {row.clock for row in SCALIX.targets if row.promised}

    assert clocks == {"first_response"}
    assert "commercially reasonable" in SCALIX.texts.effort


def test_sc_17_sp_02_current_major_and_the_two_before_it_for_every_plan() -> None:
    rules = {SCALIX.release_rule(Facts(plan=plan)) for plan in (*PLANS, None)}

    assert rules == {ReleaseRule({}, "major", 2, "SP-02")}
    (reading,) = SCALIX.readings
    assert (reading.sources, reading.settled) == (("SC-17", "SP-02"), False)


def test_sc_21_sp_03_bug_gives_the_points_back_or_money_and_late_ones_live_90_days() -> None:
    points = SCALIX.points
    found = wall(NEW_YORK, "Tue 2026-03-10 12:00")

    assert (points.bug_credit, points.money_refund) == (True, True)
    assert shown(NEW_YORK, span_end(points.grace_life, NEW_YORK, found)) == "Tue 2026-06-09 00:00"


# Scalix, plans.


def test_sp_04_subscription_is_sold_by_the_user_to_two_editions_and_brings_news() -> None:
    subscription = SCALIX.subscription("software_subscription")

    assert subscription is not None
    assert (subscription.editions, subscription.per_user) == (
        ("small_business", "enterprise"),
        True,
    )
    assert [one.code for one in SCALIX.topics if one.subscriptions == (subscription.code,)] == [
        "product_notifications",
        "technical_notes",
    ]


def test_sp_05_basic_is_what_everybody_has() -> None:
    basic = SCALIX.plan("basic")

    assert basic is not None
    assert [plan.code for plan in SCALIX.plans if plan.default] == ["basic"]
    assert (basic.editions, basic.requires) == (None, ())


def test_sp_07_packs_have_50_110_and_180_points() -> None:
    assert SCALIX.packs == (
        Pack("pack_50", "50 points", 50),
        Pack("pack_110", "110 points", 110),
        Pack("pack_180", "180 points", 180),
    )


@pytest.mark.parametrize("channel", ["email", "phone"])
def test_sp_06_basic_answers_in_four_business_hours_by_mail_and_phone(channel: str) -> None:
    facts = {"plan": "basic", "channel": channel}

    assert codes(SCALIX, **facts) == []
    assert due("scalix", "Fri 2026-03-06 16:30", AUCKLAND, **facts) == (
        None,
        "Mon 2026-03-09 12:30",
    )


def test_sp_08_basic_costs_10_by_e_mail_and_30_by_phone() -> None:
    assert (price(plan="basic", channel="email"), price(plan="basic", channel="phone")) == (10, 30)


def test_sp_09_first_purchase_gives_points_whose_number_is_asked_for() -> None:
    (grant,) = SCALIX.grants

    assert (grant.points, grant.editions) == (None, ("small_business", "enterprise"))


def test_sp_10_basic_annual_brings_100_points() -> None:
    plan = SCALIX.plan("basic_annual")

    assert plan is not None
    assert plan.included_points == 100


@pytest.mark.parametrize("plan", PREMIUM)
def test_sp_11_premium_brings_users_training_and_assessments(plan: str) -> None:
    assert all(benefit.number(plan) for benefit in SCALIX.benefits)


@pytest.mark.parametrize("code", PREMIUM)
def test_sp_12_premium_needs_the_subscription_and_is_kept_when_it_lapses(code: str) -> None:
    plan = SCALIX.plan(code)

    assert plan is not None
    assert (plan.requires, plan.on_lapse) == (("software_subscription",), "keep")


def test_sp_13_premium_is_one_family_of_four_levels() -> None:
    family = [plan.code for plan in SCALIX.plans if plan.family == "Premium"]

    assert tuple(family) == PREMIUM


def test_sp_14_included_points_by_plan_end_with_the_term() -> None:
    included = {plan.code: plan.included_points for plan in SCALIX.plans}

    assert included == {
        "points": None,
        "basic": None,
        "basic_annual": 100,
        "bronze": 250,
        "silver": 750,
        "gold": 1500,
        "platinum": 3000,
    }
    assert SCALIX.points.included == "term"


@pytest.mark.parametrize(
    ("code", "kind", "numbers"),
    [
        pytest.param("standard_users", "unlock", (0, 0, 0, 1, 1, 1, 1), id="sp_17"),
        pytest.param("training", "seats", (0, 0, 0, 1, 2, 4, 6), id="sp_18"),
        pytest.param("assessment", "deliveries", (0, 0, 0, 1, 2, 4, 12), id="sp_19"),
    ],
)
def test_sp_17_sp_18_sp_19_benefits_by_plan(code: str, kind: str, numbers: tuple[int, ...]) -> None:
    benefit = next(one for one in SCALIX.benefits if one.code == code)

    assert benefit.kind == kind
    assert tuple(benefit.number(plan) for plan in PLANS) == numbers


def test_sp_21_no_level_is_asked_for() -> None:
    facts = {"plan": "basic", "channel": "email", "case_type": "problem"}

    assert SCALIX.axes == ()
    assert codes(SCALIX, **facts) == []


# Data Dynamics.


def test_dd_03_declined_work_points_to_sales() -> None:
    assert [one.code for one in DATADYNAMICS.declined] == [
        "professional_services",
        "consulting",
        "on_premises",
        "licences",
    ]
    assert {one.pointer for one in DATADYNAMICS.declined} == {"Please ask Sales."}


def test_dd_05_four_types_are_defined_and_problems_alone_have_response_times() -> None:
    types = {one.code: one for one in DATADYNAMICS.case_types}
    timed = {
        code
        for code in types
        if cell("datadynamics", case_type=code, severity="1", priority="normal")
    }

    assert list(types) == ["problem", "question", "feature_request", "request"]
    assert all(one.definition for one in types.values())
    assert timed == {"problem"}


def test_dd_16_no_number_of_cases_is_the_last() -> None:
    assert DATADYNAMICS.plans == ()
    assert not DATADYNAMICS.has_points


def test_dd_17_people_may_ask_for_an_account() -> None:
    assert DATADYNAMICS.registration.open


def test_dd_31_three_kinds_of_news_are_sent_unless_somebody_says_no() -> None:
    told = [(one.about, one.opt_out, one.by_product) for one in DATADYNAMICS.topics]

    assert told == [
        ("releases", True, True),
        ("updates", True, True),
        ("support_end", True, True),
    ]


def test_dd_32_current_release_and_the_one_before_with_warnings_90_and_30_days_ahead() -> None:
    rule = DATADYNAMICS.release_rule(Facts(product="storagex"))

    assert rule is not None
    assert (rule.unit, rule.back) == ("release", 1)
    assert DATADYNAMICS.notices.support_end_days == (90, 30)


def test_dd_33_licence_is_needed_without_days_of_grace() -> None:
    licence = DATADYNAMICS.licence

    assert (licence.required, licence.grace_days) == (True, 0)
    assert DATADYNAMICS.notices.licence_days == (90, 30)


@pytest.mark.parametrize("vendor", ["metalogix", "msp", "scalix"])
def test_no_other_pack_asks_for_a_licence_or_takes_registrations(vendor: str) -> None:
    assert not pack(vendor).licence.required
    assert not pack(vendor).registration.open
