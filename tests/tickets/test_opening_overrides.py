"""Exceptions: one case of a company, through the refusals that are named, once."""

from datetime import timedelta

import pytest

from accounts.tenancy import tenant
from entitlements.models import GateOverride, PointsEntry
from entitlements.overrides import grant_override
from tests.tickets.gated import AT, buyer, codes, publish_changed
from tickets.errors import FilingRefused

DAY = timedelta(days=1)


@pytest.fixture
def scalix(alpha, beta):
    for twin in (alpha, beta):
        publish_changed(twin, "scalix")
    with tenant(alpha.tenant):
        yield buyer(alpha)


def let_through(here, *named, contact=None, days=14, at=AT):
    return grant_override(
        company=here.company,
        contact=contact,
        codes=named or ("points_short",),
        reason="A good customer.",
        days=days,
        by=here.twin.manager,
        at=at,
    )


def test_sc_19_exception_lets_one_case_through_and_is_used_up(scalix):
    override = let_through(scalix)

    case = scalix.open("phone")

    override.refresh_from_db()
    assert (override.used_at, override.case_number) == (AT, case.number)
    with pytest.raises(FilingRefused) as refused:
        scalix.open("phone")
    assert refused.value.codes == ["points_short"]


def test_sc_19_points_that_are_let_off_are_not_charged_and_that_is_recorded(scalix):
    scalix.buy(20)
    override = let_through(scalix)

    weighed = scalix.weigh("phone")
    case = scalix.open("phone")

    assert (weighed.cost.is_waived, weighed.cost.missing, weighed.cost.after) == (True, 0, 20)
    assert weighed.override == override
    payload = case.events.get().payload
    assert (payload["points"], payload["override"]) == (0, override.pk)
    assert scalix.balance() == 20
    assert not PointsEntry.objects.filter(kind="spend").exists()


def test_exception_that_is_not_needed_is_kept(scalix):
    scalix.buy(30)
    let_through(scalix)

    case = scalix.open("phone")

    assert (scalix.balance(), GateOverride.objects.get().used_at) == (0, None)
    assert "override" not in case.events.get().payload


def test_case_is_charged_where_something_else_is_let_through(scalix):
    scalix.sign("basic", edition="community")
    scalix.buy(30)
    let_through(scalix, "channel_not_entitled")

    scalix.open("phone")

    assert scalix.balance() == 0


@pytest.mark.parametrize(
    ("named", "left"),
    [
        (("points_short",), ["channel_not_entitled"]),
        (("channel_not_entitled",), ["points_short"]),
        (("channel_not_entitled", "points_short"), []),
    ],
)
def test_exception_takes_away_what_it_names_and_what_is_left_still_refuses(scalix, named, left):
    scalix.sign("basic", edition="community")
    let_through(scalix, *named)

    weighed = scalix.weigh("phone")

    assert codes(weighed) == left
    assert weighed.override == GateOverride.objects.get()


def test_faults_of_the_filing_itself_are_never_let_through(scalix):
    let_through(scalix)

    weighed = scalix.weigh("phone", case_type="no-such")

    assert codes(weighed) == ["unknown_case_type"]
    assert weighed.cost.is_waived


@pytest.mark.parametrize(
    ("facts", "is_good"),
    [
        ({}, True),
        ({"contact": "contact"}, True),
        ({"contact": "admin"}, False),
        ({"days": 1, "at": AT - DAY}, False),
        ({"days": 2, "at": AT - DAY}, True),
        ({"at": AT + DAY}, False),
    ],
    ids=["anybody", "own", "colleague's", "over", "last day", "to come"],
)
def test_dd_33_exception_is_of_a_contact_and_of_its_days(scalix, facts, is_good):
    contact = getattr(scalix, facts["contact"]) if "contact" in facts else None
    let_through(scalix, **(facts | {"contact": contact}))

    assert codes(scalix.weigh("phone")) == ([] if is_good else ["points_short"])


def test_exception_of_another_company_is_none(scalix):
    let_through(buyer(scalix.twin, "Other"))

    assert codes(scalix.weigh("phone")) == ["points_short"]


def test_what_ends_first_is_used_first(scalix):
    later = let_through(scalix, days=30)
    sooner = let_through(scalix, days=3)

    scalix.open("phone")

    used = GateOverride.objects.filter(used_at__isnull=False)
    assert ([one.pk for one in used], later.used_at) == ([sooner.pk], None)


@pytest.mark.parametrize("channel", ["portal", "email", "phone"])
def test_exception_lets_through_on_every_channel(scalix, channel):
    let_through(scalix)

    assert scalix.open(channel).events.get().payload["points"] == 0


@pytest.mark.parametrize(
    ("pack", "refused", "facts"),
    [
        ("metalogix", "no_contract", {"severity": "3"}),
        ("datadynamics", "licence_missing", {"severity": "3", "priority": "normal"}),
    ],
)
def test_dd_33_exception_opens_a_case_without_contract_or_licence(alpha, pack, refused, facts):
    publish_changed(alpha, pack)
    with tenant(alpha.tenant):
        here = buyer(alpha)
        with pytest.raises(FilingRefused) as said:
            here.open(**facts)
        let_through(here, refused)

        case = here.open(**facts)

        assert (said.value.codes, case.number) == ([refused], 1)
