"""Who may open what: contract, edition, licence, release and limit, each refusal beside its yes."""

from datetime import UTC, date, datetime

import pytest

from accounts.tenancy import tenant
from entitlements.actions import add_product
from entitlements.lines import LineWish
from entitlements.releases import add_release
from tests.entitled import end_line
from tests.tickets.gated import Buyer, buyer, codes, notes, publish_changed
from tickets.actions.conversation import reply_to_case
from tickets.errors import FilingRefused
from tickets.filing import refusal_sentence
from tickets.models import Case


@pytest.fixture
def under(alpha, beta):
    """Be a buyer of alpha's under a pack, perhaps with words of it changed."""
    entered = []

    def publish(pack, *changes) -> Buyer:
        for twin in (alpha, beta):
            publish_changed(twin, pack, *changes)
        entered.append(tenant(alpha.tenant))
        entered[0].__enter__()
        return buyer(alpha)

    yield publish
    for one in entered:
        one.__exit__(None, None, None)


def sentence(weighed, code):
    (found,) = [one for one in (*weighed.refusals, *weighed.notices) if one.code == code]
    return refusal_sentence(found, weighed.published.policy)


# Contracts and plans


def test_sp_05_everybody_has_the_default_plan(under):
    scalix = under("scalix")
    scalix.buy(10)

    assert scalix.open().plan == "basic"


def test_no_contract_is_refused_where_no_plan_is_for_everybody(under):
    metalogix = under("metalogix")

    weighed = metalogix.weigh(severity="3")

    assert codes(weighed) == ["no_contract"]
    assert "To get one, contact sales@metalogix.com." in sentence(weighed, "no_contract")


def test_contract_that_runs_lets_through(under):
    metalogix = under("metalogix")
    metalogix.sign("standard")

    assert codes(metalogix.weigh(severity="3")) == []


@pytest.mark.parametrize(
    ("at", "refused"),
    [
        # Midnight in Berlin is 23:00 UTC of the day before.
        (datetime(2026, 3, 30, 21, 59, tzinfo=UTC), []),
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), []),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), ["no_contract"]),
    ],
)
def test_contract_ends_with_the_customers_own_day(under, at, refused):
    metalogix = under("metalogix")
    metalogix.sign("standard", ends_on=date(2026, 3, 31))

    assert codes(metalogix.weigh(severity="3", at=at)) == refused


def test_product_outside_the_contract_is_refused_with_what_is_inside(under):
    metalogix = under("metalogix")
    metalogix.sign("standard", product=metalogix.twin.product)
    other = add_product(code="other", name="Other")

    weighed = metalogix.weigh(severity="3", product=other)

    assert codes(weighed) == ["product_outside_contract"]
    assert sentence(weighed, "product_outside_contract") == (
        "Other is not part of what Buyer has bought support for: cn-alpha-product. To add it, "
        "contact sales@metalogix.com."
    )
    assert codes(metalogix.weigh(severity="3", product=metalogix.twin.product)) == []


def test_product_outside_is_refused_where_no_plans_are_sold(under):
    msp = under("msp")
    msp.sign(product=msp.twin.product)
    other = add_product(code="other", name="Other")

    assert codes(msp.weigh(priority="P4", product=other)) == ["product_outside_contract"]
    assert codes(msp.weigh(priority="P4", product=msp.twin.product)) == []
    assert codes(msp.weigh(priority="P4")) == []


def test_product_has_to_be_said_where_contracts_differ(under):
    metalogix = under("metalogix")
    other = add_product(code="other", name="Other")
    for product, plan in ((other, "standard"), (metalogix.twin.product, "premium")):
        metalogix.sign(plan, product=product)

    weighed = metalogix.weigh(severity="3")

    assert codes(weighed) == ["product_needed"]
    assert sentence(weighed, "product_needed") == (
        "Say which product it is about: Buyer has support for Other and cn-alpha-product."
    )
    assert metalogix.weigh(severity="3", product=other).facts.plan == "standard"


@pytest.mark.parametrize("severity", ["1", "2", "3", "4"])
@pytest.mark.parametrize("plan", ["standard", "premium"])
@pytest.mark.parametrize("channel", ["phone", "portal"])
def test_mx_03_mx_21_phone_and_portal_are_open_to_both_plans(under, channel, plan, severity):
    metalogix = under("metalogix")
    metalogix.sign(plan)

    assert codes(metalogix.weigh(channel, severity=severity)) == []


@pytest.mark.parametrize("channel", ["phone", "portal"])
def test_mx_05_mx_06_filing_is_open_at_any_hour_and_the_clock_follows_the_plan(under, channel):
    metalogix = under("metalogix")
    metalogix.sign("standard")
    at_night = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)  # a Sunday

    weighed = metalogix.weigh(channel, severity="3", at=at_night)
    case = metalogix.open(channel, severity="3", at=at_night)

    assert codes(weighed) == []
    # Monday from 8:00 Berlin, eight business hours: the clock waits for the calendar.
    assert case.clocks.get(kind="first_response").due_at == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_mx_04_premium_severity_1_by_phone_is_served_round_the_clock(under):
    metalogix = under("metalogix")
    metalogix.sign("premium")
    at_night = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)

    by_phone = metalogix.open("phone", severity="1", at=at_night)
    by_portal = metalogix.open("portal", severity="1", at=at_night)

    due = [case.clocks.get(kind="first_response").due_at for case in (by_phone, by_portal)]
    assert due[0] == datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
    assert due[1] > datetime(2026, 3, 2, tzinfo=UTC)


def test_dd_16_cases_are_unlimited_without_a_limit(under):
    metalogix = under("metalogix")
    metalogix.sign("standard")

    for _case in range(12):
        metalogix.open(severity="3")

    assert Case.objects.count() == 12


def limited(per: str) -> tuple[str, str]:
    return (
        'code = "standard"\n',
        f'code = "standard"\ncase_limit = 2\ncase_limit_per = "{per}"\n',
    )


def test_dd_16_limit_of_a_term_says_when_the_next_begins(under):
    metalogix = under("metalogix", limited("term"))
    metalogix.sign("standard", starts_on=date(2025, 4, 1))
    for _case in range(2):
        metalogix.open(severity="3")

    weighed = metalogix.weigh(severity="3")

    assert codes(weighed) == ["case_limit_reached"]
    assert sentence(weighed, "case_limit_reached") == (
        "The 2 cases that the plan has are used up. More can be opened from 1 April 2026 on. "
        "Before that, contact sales@metalogix.com."
    )
    # The new term begins with the customer's own midnight.
    new_term = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
    assert codes(metalogix.weigh(severity="3", at=new_term)) == []


def test_dd_16_limit_of_a_month_counts_its_own_cases(under):
    metalogix = under("metalogix", limited("month"))
    metalogix.sign("standard")
    metalogix.open(severity="3", at=datetime(2026, 2, 28, 22, 59, tzinfo=UTC))
    metalogix.open(severity="3", at=datetime(2026, 2, 28, 23, 0, tzinfo=UTC))

    one_used = codes(metalogix.weigh(severity="3"))
    metalogix.open(severity="3")

    assert (one_used, codes(metalogix.weigh(severity="3"))) == ([], ["case_limit_reached"])


def test_dd_16_limit_of_a_products_contract_counts_cases_of_that_product(under):
    metalogix = under("metalogix", limited("term"))
    product, other = metalogix.twin.product, add_product(code="other", name="Other")
    for one in (product, other):
        metalogix.sign("standard", product=one)
    for _case in range(2):
        metalogix.open(severity="3", product=other)

    used_up = [codes(metalogix.weigh(severity="3", product=one)) for one in (product, other)]

    assert used_up == [[], ["case_limit_reached"]]


def test_dd_16_case_that_names_no_product_counts_for_every_contract(under):
    metalogix = under("metalogix", limited("term"))
    product = metalogix.twin.product
    metalogix.sign("standard", product=product)
    for _case in range(2):
        metalogix.open(severity="3", product=product)
    # Opened before a product was asked for.
    Case.objects.update(product=None)

    assert codes(metalogix.weigh(severity="3", product=product)) == ["case_limit_reached"]


def test_dd_16_limit_of_a_general_contract_counts_cases_of_all_products(under):
    metalogix = under("metalogix", limited("term"))
    product, other = metalogix.twin.product, add_product(code="other", name="Other")
    metalogix.sign("standard")
    for one in (product, other):
        metalogix.open(severity="3", product=one)

    assert codes(metalogix.weigh(severity="3", product=product)) == ["case_limit_reached"]


# Editions and prerequisites


@pytest.mark.parametrize(
    ("edition", "refused"), [("community", True), ("small_business", False), ("enterprise", False)]
)
def test_sc_22_community_edition_has_no_phone(under, edition, refused):
    scalix = under("scalix")
    scalix.sign("basic", edition=edition)
    scalix.buy(100)

    assert codes(scalix.weigh("phone")) == (["channel_not_entitled"] if refused else [])
    assert codes(scalix.weigh("portal")) == codes(scalix.weigh("email")) == []


def test_sc_22_edition_is_that_of_the_licence_where_no_contract_says_it(under):
    scalix = under("scalix")
    scalix.license(edition="community")
    scalix.buy(100)
    product = scalix.twin.product

    assert codes(scalix.weigh("phone", product=product)) == ["channel_not_entitled"]
    assert codes(scalix.weigh("portal", product=product)) == []


def test_sp_04_plan_is_not_open_to_every_edition(under):
    scalix = under("scalix")
    contract = scalix.sign(
        "gold", edition="enterprise", lines=[LineWish("software_subscription", users=5)]
    )
    # A contract from before the policy said so.
    type(contract).objects.filter(pk=contract.pk).update(edition="community")

    weighed = scalix.weigh("email")

    assert codes(weighed) == ["edition_not_open"]
    assert sentence(weighed, "edition_not_open").startswith(
        "The plan “Gold Premium Support” is not open to Community Edition, only to Small Business "
        "Edition and Enterprise Edition."
    )


def premium(scalix):
    contract = scalix.sign(
        "gold", edition="enterprise", lines=[LineWish("software_subscription", users=5)]
    )
    return contract.lines.get()


def test_sp_12_plan_is_kept_when_its_subscription_lapses_and_that_is_said(under):
    scalix = under("scalix")
    end_line(line=premium(scalix), ends_on=date(2026, 3, 1))

    weighed = scalix.weigh()

    assert (codes(weighed), notes(weighed)) == ([], ["subscription_lapsed"])
    assert weighed.facts.plan == "gold"
    assert "is kept until its term ends" in sentence(weighed, "subscription_lapsed")


GOLD = """
description = "Round the clock, 1,500 points a year."
family = "Premium"
editions = ["small_business", "enterprise"]
requires = ["software_subscription"]
"""
DOWNGRADE = (f'{GOLD}on_lapse = "keep"', f'{GOLD}on_lapse = "downgrade"\nlapses_to = "basic"')


def test_sp_12_plan_goes_down_at_once_where_the_vendor_chose_so(under):
    scalix = under("scalix", DOWNGRADE)
    line = premium(scalix)
    before = scalix.weigh()
    end_line(line=line, ends_on=date(2026, 3, 1))

    after = scalix.weigh()

    assert (notes(before), before.facts.plan) == ([], "gold")
    assert (notes(after), after.facts.plan) == (["subscription_lapsed"], "basic")
    assert "“Basic Technical Support” counts instead of “Gold Premium Support”" in sentence(
        after, "subscription_lapsed"
    )


# Licences


LEVELS = {"severity": "3", "priority": "normal"}
RENEWAL = ("[page]\n", '[contact]\nrenewal_email = "renew@dd.test"\n\n[page]\n')


def test_dd_33_verified_licence_lets_through(under):
    dynamics = under("datadynamics")
    dynamics.license()

    assert dynamics.open(product=dynamics.twin.product, **LEVELS).number == 1


def test_dd_33_without_licence_nothing_is_opened(under):
    dynamics = under("datadynamics")

    weighed = dynamics.weigh(product=dynamics.twin.product, **LEVELS)

    assert codes(weighed) == ["licence_missing"]
    assert sentence(weighed, "licence_missing").startswith(
        "A verified licence for cn-alpha-product is needed"
    )


def test_dd_33_licence_of_another_product_is_none(under):
    dynamics = under("datadynamics")
    dynamics.license(product=add_product(code="other", name="Other"))

    assert codes(dynamics.weigh(product=dynamics.twin.product, **LEVELS)) == ["licence_missing"]
    # Not to name the product is no way around.
    assert codes(dynamics.weigh(**LEVELS)) == ["product_needed"]


def test_dd_33_licence_that_nobody_verified_is_not_enough(under):
    dynamics = under("datadynamics")
    dynamics.license(by=dynamics.admin, number="X-1")

    weighed = dynamics.weigh(product=dynamics.twin.product, **LEVELS)

    assert codes(weighed) == ["licence_unverified"]
    assert "X-1" in sentence(weighed, "licence_unverified")


def test_dd_33_licence_counts_from_its_first_day(under):
    dynamics = under("datadynamics")
    dynamics.license(valid_from=date(2026, 3, 3))

    weighed = dynamics.weigh(product=dynamics.twin.product, **LEVELS)

    assert codes(weighed) == ["licence_missing"]
    assert "begins on 3 March 2026" in sentence(weighed, "licence_missing")
    next_day = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    assert codes(dynamics.weigh(product=dynamics.twin.product, at=next_day, **LEVELS)) == []


@pytest.mark.parametrize(
    ("until", "refused", "noted"),
    [
        (date(2026, 3, 1), ["licence_expired"], []),
        (date(2026, 3, 2), [], ["licence_ends_soon"]),
        (date(2026, 5, 31), [], ["licence_ends_soon"]),
        (date(2026, 6, 1), [], []),
        (None, [], []),
    ],
)
def test_dd_33_licence_ends_with_its_last_day_and_warns_before(under, until, refused, noted):
    dynamics = under("datadynamics")
    dynamics.license(valid_until=until)

    weighed = dynamics.weigh(product=dynamics.twin.product, **LEVELS)

    assert (codes(weighed), notes(weighed)) == (refused, noted)


def test_mx_01_expired_licence_says_when_and_whom_to_ask(under):
    dynamics = under("datadynamics", RENEWAL)
    dynamics.license(number="DD-7", valid_until=date(2026, 2, 28))

    weighed = dynamics.weigh(product=dynamics.twin.product, **LEVELS)

    assert sentence(weighed, "licence_expired") == (
        "The licence DD-7 for cn-alpha-product ended on 28 February 2026. To renew, contact "
        "renew@dd.test."
    )


@pytest.mark.parametrize(
    ("until", "refused", "noted"),
    [
        (date(2026, 2, 20), [], ["licence_in_grace"]),
        (date(2026, 2, 19), ["licence_expired"], []),
    ],
)
def test_dd_33_days_of_grace_let_through_and_say_so(under, until, refused, noted):
    grace = ("[licence]\nrequired = true\n", "[licence]\nrequired = true\ngrace_days = 10\n")
    dynamics = under("datadynamics", grace)
    dynamics.license(valid_until=until)

    weighed = dynamics.weigh(product=dynamics.twin.product, **LEVELS)

    assert (codes(weighed), notes(weighed)) == (refused, noted)


# Releases


@pytest.fixture
def storagex(under):
    """The vendor's own table of DD-32, and a company in Berlin with a licence."""
    dynamics = under("datadynamics")
    dynamics.product = add_product(code="storagex", name="StorageX")
    dynamics.license(product=dynamics.product, valid_from=date(2010, 1, 1))
    table = (
        ("7.6.0", date(2015, 3, 10), "month", date(2016, 8, 1)),
        ("7.7.0", date(2015, 11, 3), "month", date(2017, 5, 1)),
        ("7.8.0", date(2016, 8, 16), "tbd", None),
    )
    dynamics.versions = {
        version: add_release(
            product=dynamics.product,
            version=version,
            released_on=released_on,
            support_end=end,
            support_ends_on=ends_on,
        )
        for version, released_on, end, ends_on in table
    }
    return dynamics


LAST_MOMENT = datetime(2017, 5, 31, 21, 59, tzinfo=UTC)
NEXT_DAY = datetime(2017, 5, 31, 22, 0, tzinfo=UTC)


def on(storagex, version):
    release = storagex.versions[version] if version else None
    return {"product": storagex.product, "release": release, **LEVELS}


def test_dd_32_acceptance_11_last_day_is_taken_with_a_notice(storagex):
    weighed = storagex.weigh(at=LAST_MOMENT, **on(storagex, "7.7.0"))

    assert (codes(weighed), notes(weighed)) == ([], ["support_ends_soon"])
    assert sentence(weighed, "support_ends_soon") == (
        "Support for StorageX 7.7.0 ends on 31 May 2017. After that day no new cases are taken for "
        "it; open ones go on. Upgrade to 7.8.0; you find it under “Downloads”."
    )


def test_dd_32_acceptance_11_next_day_is_refused_with_where_to_upgrade(storagex):
    with pytest.raises(FilingRefused) as refused:
        storagex.open(at=NEXT_DAY, **on(storagex, "7.7.0"))

    assert refused.value.codes == ["release_unsupported"]
    assert refused.value.reasons == [
        "Support for StorageX 7.7.0 ended on 31 May 2017. Upgrade to 7.8.0; you find it under "
        "“Downloads”."
    ]


def test_dd_32_acceptance_11_case_of_the_last_day_goes_on(storagex):
    case = storagex.open(at=LAST_MOMENT, **on(storagex, "7.7.0"))

    reply_to_case(case_id=case.pk, by=storagex.twin.agent, body="We look.", at=NEXT_DAY)

    assert case.events.count() == 2
    assert case.events.get(seq=1).payload["release"] == storagex.versions["7.7.0"].pk
    assert Case.objects.get().release == storagex.versions["7.7.0"]


@pytest.mark.parametrize(
    ("version", "refused", "noted"),
    [
        ("7.6.0", ["release_unsupported"], []),
        ("7.8.0", [], []),
        (None, ["release_needed"], []),
    ],
)
def test_dd_32_release_decides(storagex, version, refused, noted):
    weighed = storagex.weigh(at=LAST_MOMENT, **on(storagex, version))

    assert (codes(weighed), notes(weighed)) == (refused, noted)


def test_release_need_not_be_said_while_all_are_supported(storagex):
    early = datetime(2016, 8, 31, 21, 0, tzinfo=UTC)

    assert codes(storagex.weigh(at=early, **on(storagex, None))) == []


def test_release_of_another_product_than_was_chosen_is_none(storagex):
    storagex.license(valid_from=date(2010, 1, 1))
    wish = {**on(storagex, "7.6.0"), "product": storagex.twin.product}

    case = storagex.open(at=LAST_MOMENT, **wish)

    assert (case.release, codes(storagex.weigh(at=LAST_MOMENT, **wish))) == (None, [])


@pytest.mark.parametrize(
    ("version", "refused"),
    [
        ("9.4", ["release_unsupported"]),
        ("10.0", []),
        ("11.2", []),
        ("12.0", []),
    ],
)
def test_sp_02_sc_17_current_major_and_two_before_it(under, version, refused):
    scalix = under("scalix")
    scalix.buy(100)
    product = scalix.twin.product
    releases = {
        name: add_release(product=product, version=name, released_on=date(year, 1, 1))
        for name, year in (("9.4", 2018), ("10.0", 2019), ("11.2", 2021), ("12.0", 2025))
    }

    weighed = scalix.weigh(product=product, release=releases[version])

    assert codes(weighed) == refused
    if refused:
        assert "ended on 31 December 2024" in sentence(weighed, "release_unsupported")


def test_every_reason_is_said_at_once(under):
    scalix = under("scalix")
    scalix.sign("basic", edition="community")
    product = scalix.twin.product
    old = add_release(
        product=product,
        version="1.0",
        released_on=date(2010, 1, 1),
        support_end="day",
        support_ends_on=date(2012, 1, 1),
    )

    with pytest.raises(FilingRefused) as refused:
        scalix.open("phone", product=product, release=old, case_type="no-such")

    assert sorted(refused.value.codes) == [
        "channel_not_entitled",
        "points_short",
        "release_unsupported",
        "unknown_case_type",
    ]
    assert all(len(reason) > 20 for reason in refused.value.reasons)


@pytest.mark.parametrize("channel", ["portal", "email", "phone"])
@pytest.mark.parametrize(
    ("bought", "refused"),
    [("nothing", ["licence_missing", "release_needed"]), ("all", [])],
)
def test_gate_answers_the_same_on_every_channel(storagex, channel, bought, refused):
    here = storagex if bought == "all" else buyer(storagex.twin, "Empty")
    wish = on(storagex, "7.8.0" if bought == "all" else None)

    weighed = here.weigh(channel, at=LAST_MOMENT, **wish)

    assert codes(weighed) == refused
    if refused:
        with pytest.raises(FilingRefused) as said:
            here.open(channel, at=LAST_MOMENT, **wish)
        assert said.value.codes == refused
    else:
        assert here.open(channel, at=LAST_MOMENT, **wish).number == 1
