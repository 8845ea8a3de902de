"""Exceptions: one case of a company, through the refusals that are named, once."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from entitlements.models import GateOverride, PointsEntry
from entitlements.overrides import OverrideIsUsed, grant_override
from entitlements.releases import add_release
from entitlements.requests import ask_for_entitlement, grant_request
from tests.tickets.gated import AT, buyer, codes, publish_changed
from tickets.errors import FilingRefused

DAY = timedelta(days=1)
LEVELS = {"severity": "3", "priority": "normal"}


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


def asked_for(here, channel):
    """Let a manager grant what the contact asked for on a channel."""
    request = ask_for_entitlement(
        kind="override", codes=["points_short"], channel=channel, by=here.contact, at=AT
    )
    grant_request(request_id=request.pk, reason="A good customer.", by=here.twin.manager, at=AT)


@pytest.mark.parametrize(
    ("asked", "channel", "refused"),
    [
        ("portal", "portal", []),
        ("portal", "phone", ["points_short"]),
        ("portal", "email", ["points_short"]),
        ("phone", "phone", []),
        ("", "phone", []),
    ],
)
def test_sc_19_exception_is_good_for_the_channel_that_it_was_asked_for_on(
    scalix, asked, channel, refused
):
    asked_for(scalix, asked)

    assert codes(scalix.weigh(channel)) == refused
    if refused:
        with pytest.raises(FilingRefused):
            scalix.open(channel)
    else:
        assert scalix.open(channel).events.get().payload["points"] == 0


def test_exception_made_for_a_case_is_used_by_it_and_no_other_is(scalix):
    sooner = let_through(scalix, days=1)
    own = let_through(scalix, days=2)

    case = scalix.open("phone", override=own)

    own.refresh_from_db()
    sooner.refresh_from_db()
    assert (own.case_number, sooner.used_at) == (case.number, None)


def test_exception_made_for_a_case_is_used_up_where_it_was_not_needed(scalix):
    scalix.buy(30)
    own = let_through(scalix)

    case = scalix.open("phone", override=own)

    own.refresh_from_db()
    assert (own.case_number, scalix.balance()) == (case.number, 0)
    with pytest.raises(FilingRefused):
        scalix.open("phone")
    with pytest.raises(OverrideIsUsed):
        scalix.open("phone", override=own)


def test_exception_of_another_company_is_not_taken_for_a_case(scalix):
    theirs = let_through(buyer(scalix.twin, "Other"))

    with pytest.raises(NotAllowed):
        scalix.open("phone", override=theirs)


# A part of an open case rests on what that one was accepted with (DD-32).


def parent_of(here, pack):
    """Open a case with all that a pack asks for, on a release that is supported."""
    if pack == "metalogix":
        here.sign("premium", at=AT)
        return here.open(severity="3")
    here.license()
    release = add_release(product=here.twin.product, version="1.0", released_on=AT.date())
    return here.open(product=here.twin.product, release=release, **LEVELS)


def take_all_away(here):
    """Let contract and licence be over, and the release not be supported any more."""
    over = AT.date() - DAY
    here.company.contracts.update(starts_on=over - DAY, ends_on=over)
    here.company.licences.update(valid_until=over)
    here.twin.product.releases.update(support_end="day", support_ends_on=over)


@pytest.mark.parametrize(
    ("pack", "changes", "refused"),
    [
        ("metalogix", (), ["no_contract"]),
        (
            "metalogix",
            (('code = "premium"\n', 'code = "premium"\ncase_limit = 1\n'),),
            ["case_limit_reached"],
        ),
        ("datadynamics", (), ["licence_expired", "release_unsupported"]),
    ],
    ids=["contract", "limit", "licence and release"],
)
def test_dd_32_part_of_an_open_case_rests_on_what_that_was_accepted_with(
    alpha, pack, changes, refused
):
    publish_changed(alpha, pack, *changes)
    with tenant(alpha.tenant):
        here = buyer(alpha)
        parent = parent_of(here, pack)
        if "case_limit_reached" not in refused:
            take_all_away(here)
        parent = type(parent).objects.get(pk=parent.pk)
        levels = {"severity": "3"} if pack == "metalogix" else LEVELS
        facts = {"product": parent.product, "release": parent.release, **levels}

        alone = codes(here.weigh(**facts))
        part = here.open(origin=parent, origin_kind="split", **facts)

        assert (alone, part.plan) == (refused, parent.plan)


def test_part_of_a_case_is_asked_for_points_and_for_who_may_file(scalix):
    scalix.buy(10)
    parent = scalix.open()
    scalix.contact.may_file = False
    scalix.contact.save(update_fields=["may_file"])

    weighed = scalix.weigh("phone", origin=parent, origin_kind="split", case_type="no-such")

    assert codes(weighed) == ["contact_may_not_file", "unknown_case_type", "points_short"]


@pytest.mark.parametrize("kind", ["closed", "follow_up"])
def test_dd_32_new_case_about_one_is_asked_for_all(alpha, kind):
    publish_changed(alpha, "metalogix")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        parent = parent_of(here, "metalogix")
        take_all_away(here)
        if kind == "closed":
            parent.status = "closed"

        origin_kind = "split" if kind == "closed" else kind
        weighed = here.weigh(origin=parent, origin_kind=origin_kind, severity="3")

        assert codes(weighed) == ["no_contract"]


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
