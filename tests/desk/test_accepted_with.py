"""What a case was accepted with all the same: kept with its opening, and shown to the desk."""

from datetime import date

import pytest

from accounts.tenancy import tenant
from entitlements.lines import LineWish
from entitlements.models import GateOverride
from entitlements.overrides import grant_override
from entitlements.releases import add_release
from tests.desk.callers import address, case_page
from tests.desk.conftest import MONDAY, Desk, text_of
from tests.desk.test_points_acts import open_for_caller, scalix  # noqa: F401
from tests.entitled import end_line
from tests.tickets.gated import AT, Buyer, buyer, publish_changed

LEVELS = {"severity": "3", "priority": "normal"}
GRACE = ("[licence]\nrequired = true\n", "[licence]\nrequired = true\ngrace_days = 10\n")


def ending_release(here: Buyer):
    return add_release(
        product=here.twin.product,
        version="1.0",
        released_on=date(2020, 1, 1),
        support_end="day",
        support_ends_on=date(2026, 3, 10),
    )


def in_grace(here: Buyer):
    here.license(valid_until=date(2026, 2, 25))
    return here.open(product=here.twin.product, **LEVELS)


def at_the_end(here: Buyer):
    here.license(valid_until=date(2026, 3, 5))
    return here.open(product=here.twin.product, release=ending_release(here), **LEVELS)


def at_ease(here: Buyer):
    here.license()
    return here.open(product=here.twin.product, **LEVELS)


def lapsed(here: Buyer):
    lines = [LineWish("software_subscription", users=5)]
    contract = here.sign("gold", edition="enterprise", lines=lines, at=AT)
    end_line(line=contract.lines.get(), ends_on=date(2026, 3, 1))
    return here.open()


@pytest.mark.parametrize(
    ("pack", "changes", "file", "kept", "shown"),
    [
        (
            "datadynamics",
            (GRACE,),
            in_grace,
            [{"code": "licence_in_grace", "ended_on": "2026-02-25", "until": "2026-03-07"}],
            [
                "Accepted within the days of grace, until 7 Mar 2026: the licence ended on "
                "25 Feb 2026."
            ],
        ),
        (
            "datadynamics",
            (),
            at_the_end,
            [
                {"code": "licence_ends_soon", "ends_on": "2026-03-05"},
                {"code": "support_ends_soon", "ends_on": "2026-03-10"},
            ],
            [
                "Accepted with a licence that ends on 5 Mar 2026.",
                "Accepted for a release whose support ends on 10 Mar 2026.",
            ],
        ),
        (
            "scalix",
            (),
            lapsed,
            [
                {
                    "code": "subscription_lapsed",
                    "subscription": "software_subscription",
                    "bought": "gold",
                    "plan": "gold",
                }
            ],
            [
                "Accepted after “Software Subscription Service” had lapsed, under “Gold Premium "
                "Support”."
            ],
        ),
        ("datadynamics", (), at_ease, None, []),
    ],
    ids=["grace", "ends", "lapsed", "nothing"],
)
def test_dd_33_grace_is_recorded_and_shown(
    alpha, browse, set_desk_time, pack, changes, file, kept, shown
):
    publish_changed(alpha, pack, *changes)
    set_desk_time(MONDAY)
    with tenant(alpha.tenant):
        case = file(buyer(alpha))
        payload = case.events.get().payload

    page = " ".join(text_of(Desk(alpha, browse).page(case)).split())

    assert payload.get("notices") == kept
    assert all(words in page for words in shown)
    assert page.count("Accepted ") == len(shown)


def test_product_that_is_needed_is_asked_for_at_its_field(desk):
    with tenant(desk.twin.tenant):
        desk.twin.contract.product = desk.twin.product
        desk.twin.contract.save(update_fields=["product"])
        other = Buyer(desk.twin, desk.twin.company, desk.twin.contact, desk.twin.company_admin)
        product = other.twin.product
        made = type(product).objects.create(tenant=desk.twin.tenant, code="other", name="Other")
        other.sign("premium", product=made, at=MONDAY)

    page = case_page(desk)
    chosen = case_page(desk, product=product.pk)

    assert page.status_code == 422
    assert page.context["form"].errors == {
        "product": [
            f"Say which product it is about: {desk.twin.company.name} has support for Other and "
            f"{product.name}."
        ]
    }
    assert chosen.status_code == 200


def test_exception_on_the_spot_is_for_that_call_alone(scalix):  # noqa: F811
    desk = scalix(20)
    twin = desk.twin
    with tenant(twin.tenant):
        twin.contract.edition = "community"
        twin.contract.save(update_fields=["edition"])
        before = grant_override(
            company=twin.company,
            contact=None,
            codes=["points_short"],
            reason="Another case.",
            days=1,
            by=twin.manager,
            at=MONDAY,
        )

    opened = open_for_caller(
        desk,
        twin.manager,
        lets="channel_not_entitled",
        let_through="The invoice is on its way.",
    )

    assert opened.status_code == 302
    with tenant(twin.tenant):
        before.refresh_from_db()
        made = GateOverride.objects.exclude(pk=before.pk).get()
        assert (before.used_at, made.used_at, made.granted_at) == (None, MONDAY, MONDAY)
        assert made.codes == "channel_not_entitled,points_short"


def test_exception_for_a_call_logged_later_is_made_now(scalix):  # noqa: F811
    desk = scalix(20)

    facts = {"occurred_at": "2030-03-01T15:00"}
    opened = open_for_caller(
        desk, desk.twin.manager, facts, lets="points_short", let_through="On its way."
    )

    assert opened.status_code == 302
    with tenant(desk.twin.tenant):
        made = GateOverride.objects.get()
        assert (made.granted_at, made.used_at) == (MONDAY, MONDAY)
        assert (made.good_until - made.granted_at).days == 1
    assert "occurred_at=2030-03-01T15:00" in address(desk, **facts)
