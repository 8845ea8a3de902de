"""Opening a case that costs points: what is charged, when, and what is said when there are few."""

from datetime import UTC, datetime

import pytest

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from entitlements.balances import spent_on_case, trial_balance
from entitlements.gate_rules import Cost
from entitlements.models import PointsEntry, PointsLot
from tests.tickets.gated import AT, buyer, codes, publish_changed
from tickets.actions.conversation import log_customer_call, reply_as_customer
from tickets.costs import costs_beside
from tickets.errors import FilingRefused
from tickets.filing import refusal_sentence
from tickets.models import Case

MARCH = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 1, 22, 0, tzinfo=UTC)
ADDRESSES = ("[page]\n", '[contact]\nsupport_email = "help@scalix.test"\n\n[page]\n')


@pytest.fixture
def scalix(alpha, beta):
    for twin in (alpha, beta):
        publish_changed(twin, "scalix")
    with tenant(alpha.tenant):
        yield buyer(alpha)


def lots(company):
    found = PointsLot.objects.filter(company=company).order_by("id")
    return list(found.values_list("remaining", flat=True))


@pytest.mark.parametrize(("channel", "points"), [("email", 10), ("portal", 10), ("phone", 30)])
def test_sc_03_channel_of_initiation_is_charged(scalix, channel, points):
    scalix.buy(50)

    case = scalix.open(channel)

    assert scalix.balance() == 50 - points
    assert case.events.get().payload["points"] == points
    assert spent_on_case(scalix.company, case.number) == points


def test_sc_20_points_go_in_the_transaction_that_opens(scalix):
    scalix.buy(50)

    case = scalix.open("phone")

    entry = PointsEntry.objects.get(kind="spend")
    assert (entry.case_number, entry.points, entry.balance_after) == (case.number, -30, 20)
    assert (entry.reason_key, entry.by_id) == (f"case-{case.number}-open", scalix.twin.agent.pk)
    assert (entry.occurred_at, entry.recorded_at) == (AT, AT)
    assert sum(trial_balance(scalix.company).values()) == 0


def test_sc_20_refused_opening_takes_nothing(scalix):
    scalix.buy(50)

    with pytest.raises(FilingRefused):
        scalix.open("phone", case_type="no-such")

    assert scalix.balance() == 50
    assert not Case.objects.exists()


def test_sc_12_later_calls_and_replies_cost_nothing_more(scalix):
    scalix.buy(50)
    case = scalix.open("email")

    reply_as_customer(case_id=case.pk, by=scalix.contact, body="Still so.", at=AT)
    log_customer_call(
        case_id=case.pk, by=scalix.twin.agent, body="They called.", at=AT, occurred_at=AT
    )

    assert scalix.balance() == 40


def test_sc_04_one_case_spans_lots_and_the_earliest_end_goes_first(scalix):
    scalix.buy(50, until=SEPTEMBER)
    scalix.buy(20, until=MARCH)

    weighed = scalix.weigh("phone")
    scalix.open("phone")

    assert weighed.cost.lots == ((20, MARCH), (10, SEPTEMBER))
    assert (weighed.cost.balance, weighed.cost.after) == (70, 40)
    assert lots(scalix.company) == [40, 0]


@pytest.mark.parametrize(("balance", "is_taken"), [(29, False), (30, True), (31, True)])
def test_sc_19_points_must_be_on_hand_before(scalix, balance, is_taken):
    scalix.buy(balance)

    if is_taken:
        scalix.open("phone")
    else:
        with pytest.raises(FilingRefused) as refused:
            scalix.open("phone")
        assert refused.value.codes == ["points_short"]

    assert Case.objects.count() == int(is_taken)
    assert scalix.balance() == (balance - 30 if is_taken else balance)


def test_sc_19_points_that_have_ended_are_not_on_hand(scalix):
    scalix.buy(30, until=AT)

    assert codes(scalix.weigh("phone")) == ["points_short"]
    assert scalix.weigh("phone").cost == Cost(points=30, balance=0)


def test_sc_02_acceptance_6_call_is_refused_and_email_goes(scalix):
    scalix.buy(20)

    with pytest.raises(FilingRefused) as refused:
        scalix.open("phone")
    scalix.open("email")

    (reason,) = refused.value.reasons
    assert reason.startswith(
        "10 more points needed: you have 20 and a call costs 30. By "
        "e-mail or the form it costs 10 points."
    )
    assert "For more points, contact " in reason
    assert scalix.balance() == 10


def test_sc_19_refusal_names_the_address_where_one_is_known(alpha):
    publish_changed(alpha, "scalix", ADDRESSES)
    with tenant(alpha.tenant):
        scalix = buyer(alpha)
        scalix.buy(20)
        weighed = scalix.weigh("phone")

    (refusal,) = weighed.refusals
    assert "By e-mail (help@scalix.test) or the form it costs 10 points." in refusal_sentence(
        refusal, weighed.published.policy
    )


def test_sc_19_nothing_cheaper_is_named_that_there_are_too_few_for(scalix):
    scalix.buy(5)

    (refusal,) = scalix.weigh("phone").refusals

    assert dict(refusal.params) == {
        "points": 30,
        "balance": 5,
        "missing": 25,
        "channel": "phone",
        "cheaper": None,
        "cheaper_channels": (),
        "cheaper_points": None,
        "phones": refusal.params["phones"],
    }


def test_sp_08_costs_stand_side_by_side(scalix):
    scalix.buy(20)

    costs = costs_beside(scalix.weigh(), scalix.company, AT)

    assert [(one.channel.code, one.points, one.balance, one.missing) for one in costs] == [
        ("email", 10, 20, 0),
        ("portal", 10, 20, 0),
        ("phone", 30, 20, 10),
    ]


def test_sc_22_channel_that_the_edition_lacks_has_no_price(scalix):
    scalix.sign("basic", edition="community")
    scalix.buy(50)

    costs = costs_beside(scalix.weigh(), scalix.company, AT)

    assert [one.channel.code for one in costs] == ["email", "portal"]


def test_costs_are_empty_where_no_case_costs(alpha):
    publish_changed(alpha, "msp")
    with tenant(alpha.tenant):
        msp = buyer(alpha)

        assert costs_beside(msp.weigh(priority="P4"), msp.company, AT) == []
        assert msp.weigh(priority="P4").cost is None
        assert "points" not in msp.open(priority="P4").events.get().payload


FREE_WISHES = (
    "# SP-07\n[[packs]]",
    '[[prices]]\nwhen = { case_type = ["feature_request"], channel = ["email"] }\npoints = 0\n\n'
    "# SP-07\n[[packs]]",
)


def test_sc_14_feature_request_costs_by_default_and_a_rule_can_make_it_free(alpha, beta):
    publish_changed(alpha, "scalix")
    publish_changed(beta, "scalix", FREE_WISHES)
    costs = []
    for twin in (alpha, beta):
        with tenant(twin.tenant):
            here = buyer(twin)
            here.buy(50)
            here.open("portal", case_type="feature_request", keep_informed=True)
            here.open("portal", case_type="problem")
            costs.append(50 - here.balance())

    assert costs == [20, 10]


def test_sc_14_wish_to_be_kept_informed_is_kept(scalix):
    scalix.buy(50)

    informed = scalix.open(case_type="feature_request", keep_informed=True)
    plain = scalix.open(case_type="feature_request")

    assert (informed.keep_informed, plain.keep_informed) == (True, False)
    assert informed.events.get().payload["keep_informed"] is True
    assert "keep_informed" not in plain.events.get().payload


def test_manager_lets_a_case_go_free_and_it_is_recorded(scalix):
    case = scalix.open(waived_by=scalix.twin.manager)

    payload = case.events.get().payload
    assert (payload["points"], payload["waived_by"]) == (0, scalix.twin.manager.pk)
    assert not PointsEntry.objects.exists()


@pytest.mark.parametrize("who", ["agent", "lead", "account_manager"])
def test_nobody_else_lets_a_case_go_free(scalix, who):
    with pytest.raises(NotAllowed):
        scalix.open(waived_by=getattr(scalix.twin, who))


def test_split_off_case_names_its_origin_and_is_charged(scalix):
    scalix.buy(50)
    first = scalix.open()

    second = scalix.open(origin=first, origin_kind="split")

    assert (second.origin, second.origin_kind) == (first, "split")
    payload = second.events.get().payload
    assert (payload["origin"], payload["origin_kind"]) == (first.pk, "split")
    assert scalix.balance() == 30


def test_case_of_another_company_is_no_origin(scalix):
    scalix.buy(50)
    other = buyer(scalix.twin, "Other")
    other.buy(50)
    theirs = other.open()

    with pytest.raises(NotAllowed):
        scalix.open(origin=theirs, origin_kind="split")
