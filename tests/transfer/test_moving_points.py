"""Prepaid points move in with their contracts: what is left of them, once, with a reason."""

import pytest

from accounts.models import Company
from accounts.tenancy import desk_now, tenant
from entitlements.balances import balance_at, reconcile, usable_lots
from entitlements.ended import tell_of_what_ended
from entitlements.included import give_all_included
from entitlements.models import PointsLot
from entitlements.statement import entries_of, row_of
from outbox.models import OutboxMessage
from sla.queries import current_policy
from tests.packs import publish
from tests.transfer.moving import faults, taken, uploaded
from tests.transfer.test_moving_out import packed
from transfer.storage import export_path

pytestmark = pytest.mark.django_db
HEAD = "id,company,plan,starts_on,points_remaining,points_end_on\n"


@pytest.fixture
def desk(alpha, entered):
    publish(alpha, "scalix")
    taken(alpha, entered, b"id,name\n1,Initech\n2,Hooli\n3,Umbrella\n", name="companies.csv")
    people = b"id,name,email,role,company\n1,Peter,peter@initech.example,company_admin,1\n"
    taken(alpha, entered, people, name="people.csv")
    return entered


def statement(name, at):
    policy = current_policy(at).policy
    entries = entries_of(Company.objects.get(name=name), "Europe/Paris", None)
    rows = [row_of(entry, policy) for entry in entries]
    return [(row.what, row.entry.points, row.entry.balance_after) for row in rows]


def test_points_that_are_left_come_along_once_and_the_plan_adds_nothing_to_them(alpha, desk):
    plans = {plan.code: plan.included_points for plan in current_policy(desk).policy.plans}
    given, included = next((code, points) for code, points in plans.items() if points)
    none = next(code for code, points in plans.items() if not points)
    signed = "2083-01-01"
    data = HEAD + (
        f"k1,1,{given},{signed},{included - 1},\n"
        f"k2,2,{given},{signed},{included + 5},2084-06-30\n"
        f"k3,3,{none},{signed},7,2084-06-30\n"
    )
    looked = uploaded(alpha, desk, data.encode(), name="contracts.csv")
    assert faults(looked) == []
    assert looked.figures["points"] == {"contracts": 3, "points": 2 * included + 11}
    assert balance_at(Company.objects.get(name="Initech"), desk) == 0

    taken(alpha, desk, data.encode(), name="contracts.csv")
    taken_again = uploaded(alpha, desk, data.encode(), name="contracts.csv")
    give_all_included(desk)

    assert taken_again.figures["rows"] == {"contract": {"same": 3}}
    assert statement("Initech", desk) == [
        ("Points included in the plan", included, included),
        ("Points used before the move from another system", -1, included - 1),
    ]
    assert statement("Hooli", desk) == [
        ("Points included in the plan", included, included),
        ("Points brought along from another system", 5, included + 5),
    ]
    assert statement("Umbrella", desk) == [("Points brought along from another system", 7, 7)]
    lot = PointsLot.objects.get(company__name="Umbrella")
    assert (lot.reference, lot.expires_at.isoformat()) == ("old", "2084-06-30T22:00:00+00:00")
    assert lot.lines.first().entry.reason_key == f"moved-in-old-{lot.contract_id}"
    assert reconcile(desk_now()) == []
    sent = OutboxMessage.objects.count()
    tell_of_what_ended(desk)
    assert OutboxMessage.objects.count() == sent


def test_end_of_a_contract_that_changed_at_its_source_takes_its_points_along(alpha, desk):
    plans = {plan.code: plan.included_points for plan in current_policy(desk).policy.plans}
    given, included = next((code, points) for code, points in plans.items() if points)
    head = "id,company,plan,starts_on,ends_on\n"
    first = f"{head}k1,1,{given},2083-01-01,2083-12-31\n"
    taken(alpha, desk, first.encode(), name="contracts.csv")
    give_all_included(desk)
    before = ends_of("Initech")

    shorter = first.replace("2083-12-31", "2083-08-31")
    run = taken(alpha, desk, shorter.encode(), name="contracts.csv")

    assert run.figures["taken"] == {"contract": {"changed": 1}}
    assert before == [(included, "2083-12-31T23:00:00+00:00")]
    assert ends_of("Initech") == [(included, "2083-08-31T22:00:00+00:00")]


def ends_of(name):
    """List what is left of each lot, and when it ends."""
    lots = PointsLot.objects.filter(company__name=name, remaining__gt=0)
    return [(lot.remaining, lot.expires_at.isoformat()) for lot in lots]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("1.5,", ("contracts.csv", 2, "points_remaining", "no_amount")),
        ("-3,", ("contracts.csv", 2, "points_remaining", "no_amount")),
        ("99999999,", ("contracts.csv", 2, "points_remaining", "too_long")),
        ("3,2082-12-31", ("contracts.csv", 2, "points_end_on", "points_over")),
    ],
)
def test_points_that_cannot_be_are_told(alpha, desk, cells, found):
    data = f"{HEAD}k1,1,,2083-01-01,{cells}\n"

    run = uploaded(alpha, desk, data.encode(), name="contracts.csv")

    assert found in faults(run)


def left():
    """List by company what is left, and until when that ends which no plan includes."""
    at = desk_now()
    return {
        one.name: (
            balance_at(one, at),
            [lot.expires_at for lot in usable_lots(one, at) if lot.source != "included"],
        )
        for one in Company.objects.filter(name__in=("Initech", "Hooli", "Umbrella"))
    }


def test_points_move_out_and_in_again_with_their_contracts(at_rest, alpha, beta):
    with tenant(alpha.tenant) as at:
        publish(alpha, "scalix")
        names = b"id,name\n1,Initech\n2,Hooli\n3,Umbrella\n"
        taken(alpha, at, names, name="companies.csv")
        plans = {plan.code: plan.included_points for plan in current_policy(at).policy.plans}
        given, included = next((code, points) for code, points in plans.items() if points)
        none = next(code for code, points in plans.items() if not points)
        data = HEAD + (
            f"k1,1,{given},2083-01-01,{included - 1},\n"
            f"k2,2,{given},2083-01-01,{included + 5},2085-06-30\n"
            f"k3,3,{none},2083-01-01,7,2085-06-30\n"
        )
        taken(alpha, at, data.encode(), name="contracts.csv")
        before = left()
        packed_up = export_path(alpha.tenant.pk, packed(alpha, at).key).read_bytes()
    publish(beta, "scalix")
    with tenant(beta.tenant) as at:
        moved = taken(beta, at, packed_up, name="export.zip", format="export", source="supportdesk")

        # The twins' own contracts are of plans that this policy has not.
        assert {code for *_where, code in faults(moved)} == {"unknown_plan"}
        assert left() == before
        assert {name: points for name, (points, _ends) in before.items()} == {
            "Initech": included - 1,
            "Hooli": included + 5,
            "Umbrella": 7,
        }
        assert reconcile(at) == []
