"""A product that nobody named: taken where it can only be one, asked for where it matters."""

from datetime import UTC, date, datetime

import pytest

from accounts.tenancy import tenant
from entitlements.actions import add_product
from entitlements.releases import add_release
from tests.tickets.gated import AT, Buyer, buyer, codes, publish_changed
from tickets.errors import FilingRefused
from tickets.filing import refusal_sentence

LEVELS = {"severity": "3", "priority": "normal"}
OTHER_LEVELS = {"metalogix": {"severity": "3"}, "scalix": {}, "datadynamics": LEVELS}
PAST = date(2025, 12, 31)


def nothing(here: Buyer, other) -> None:
    """Let nothing hang on the product."""


def licences(here: Buyer, other) -> None:
    here.license()


def dated_release(here: Buyer, other) -> None:
    add_release(
        product=other,
        version="1.0",
        released_on=date(2020, 1, 1),
        support_end="day",
        support_ends_on=PAST,
    )


def undated_release(here: Buyer, other) -> None:
    add_release(product=other, version="1.0", released_on=date(2020, 1, 1))


def other_editions(here: Buyer, other) -> None:
    here.license(edition="community")
    here.license(product=other, edition="enterprise")


def one_edition(here: Buyer, other) -> None:
    here.license(edition="community")
    here.license(product=other, edition="community")


def own_contracts(here: Buyer, other) -> None:
    for product, plan in ((here.twin.product, "premium"), (other, "standard")):
        here.sign(plan, product=product, at=AT)


def general_contract(here: Buyer, other) -> None:
    here.sign("standard", at=AT)


def both_contracts(here: Buyer, other) -> None:
    """Let the contract for everything be of another edition than the product's own."""
    here.sign("basic", edition="enterprise", at=AT)
    here.sign("basic", edition="community", product=other, at=AT)


NEEDED = ["product_needed"]


@pytest.mark.parametrize("channel", ["portal", "phone"])
@pytest.mark.parametrize(
    ("pack", "has", "refused"),
    [
        ("datadynamics", licences, NEEDED),
        ("datadynamics", nothing, NEEDED),
        ("metalogix", general_contract, []),
        ("metalogix", own_contracts, NEEDED),
        ("scalix", nothing, []),
        ("scalix", dated_release, NEEDED),
        ("scalix", undated_release, NEEDED),
        ("scalix", other_editions, NEEDED),
        ("scalix", both_contracts, NEEDED),
        ("scalix", one_edition, []),
    ],
)
def test_product_is_asked_for_where_the_answer_hangs_on_it(alpha, pack, has, refused, channel):
    publish_changed(alpha, pack)
    with tenant(alpha.tenant):
        here = buyer(alpha)
        here.buy(100)
        has(here, add_product(code="other", name="Other"))
        here.company.refresh_from_db()

        weighed = here.weigh(channel, **OTHER_LEVELS[pack])

        assert [code for code in codes(weighed) if code != "channel_not_entitled"] == refused
        assert all(
            refusal_sentence(refusal, weighed.published.policy)
            == "Say which product it is about: Buyer has support for Other and cn-alpha-product."
            for refusal in weighed.refusals
            if refusal.code == "product_needed"
        )
        if refused:
            with pytest.raises(FilingRefused) as said:
                here.open(channel, **OTHER_LEVELS[pack])
            assert "product_needed" in said.value.codes


@pytest.mark.parametrize("is_dated", [False, True])
def test_release_without_a_rule_matters_once_its_end_is_said(alpha, is_dated):
    publish_changed(alpha, "metalogix")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        here.sign("standard", at=AT)
        other = add_product(code="other", name="Other")
        (dated_release if is_dated else undated_release)(here, other)

        weighed = here.weigh(severity="3")

        assert codes(weighed) == (NEEDED if is_dated else [])


def test_the_only_product_is_taken_with_all_that_is_asked_of_it(alpha):
    publish_changed(alpha, "datadynamics")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        licence = here.license(valid_until=PAST)
        refused = codes(here.weigh(**LEVELS))
        type(licence).objects.filter(pk=licence.pk).update(valid_until=None)
        dated_release(here, alpha.product)
        unsaid = codes(here.weigh(**LEVELS))
        release = add_release(product=alpha.product, version="2.0", released_on=AT.date())

        case = here.open(release=release, **LEVELS)

        assert (refused, unsaid) == (["licence_expired"], ["release_needed"])
        assert (case.product, case.release) == (alpha.product, release)


def test_only_product_of_the_contracts_is_taken_of_many(alpha):
    publish_changed(alpha, "metalogix")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        other = add_product(code="other", name="Other")
        here.sign("standard", product=other, at=AT)
        dated_release(here, alpha.product)

        assert here.open(severity="3").product == other
        # The day after its last day it covers nothing any more.
        here.company.contracts.update(ends_on=date(2026, 3, 2))
        tomorrow = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
        assert "no_contract" in codes(here.weigh(severity="3", at=tomorrow))


def test_release_says_which_product_it_is(alpha):
    publish_changed(alpha, "datadynamics")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        other = add_product(code="other", name="Other")
        here.license(product=other)
        release = add_release(product=other, version="2.0", released_on=AT.date())

        case = here.open(release=release, **LEVELS)

        assert (case.product, case.release) == (other, release)


def test_contract_of_one_product_is_no_way_around_another_ones_licence(alpha):
    publish_changed(alpha, "datadynamics")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        here.license(product=add_product(code="other", name="Other"))
        here.sign("standard", product=alpha.product, at=AT)

        assert codes(here.weigh(**LEVELS)) == ["licence_missing"]
