"""What most tests begin with is what publishing writes: see `tests/packs.py`."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from accounts.models import Tenant
from accounts.tenancy import tenant
from accounts.walls import TenantModel
from tests import packs
from tests.packs import open_with_pack, publish, publish_anew

PACKS = ("datadynamics", "metalogix", "msp", "scalix")
# Given anew to every row; what points to a row is compared by what it points to.
KEYS = {"id", "base_version_id", "draft_id", "calendar_id"}


def rows_of(vendor: Tenant) -> dict[str, list[dict]]:
    """Dump what a vendor has, in every table, without keys."""
    with tenant(vendor):
        return {
            model._meta.label: [
                {name: value for name, value in row.items() if name not in KEYS}
                for row in model.objects.order_by("pk").values()
            ]
            for model in apps.get_models()
            if issubclass(model, TenantModel)
        }


def ties_of(vendor: Tenant) -> list[tuple]:
    with tenant(vendor):
        return [
            tuple(model.objects.order_by("pk").values_list(*paths))
            for model, *paths in (
                (packs.PolicyDraft, "base_version__number"),
                (packs.CalendarRow, "draft__base_version__number", "code"),
                (packs.CalendarWindow, "calendar__code", "weekday", "opens"),
                (packs.CalendarException, "calendar__code", "starts_on"),
                (packs.TargetRow, "draft__base_version__number", "position"),
            )
        ]


def all_of(vendor: Tenant) -> tuple[dict, list]:
    return rows_of(vendor), ties_of(vendor)


@pytest.mark.parametrize("pack", PACKS)
def test_pack_put_back_is_the_pack_published(alpha, pack):
    before = transaction.savepoint()
    with tenant(alpha.tenant):
        publish_anew("alpha", pack)
    published = all_of(alpha.tenant)
    transaction.savepoint_rollback(before)

    publish(alpha, pack)  # the first in a process is written down
    transaction.savepoint_rollback(before)
    publish(alpha, pack)

    assert all_of(alpha.tenant) == published
    assert ("alpha", pack, False) in packs._written


@pytest.mark.parametrize("slug", PACKS)
def test_vendor_put_back_is_the_vendor_loaded(db, slug):
    before = transaction.savepoint()
    call_command("load_policy", f"policies/{slug}.toml", verbosity=0)
    loaded = facts_of(slug)
    transaction.savepoint_rollback(before)

    open_with_pack(slug)
    transaction.savepoint_rollback(before)
    open_with_pack(slug)

    assert facts_of(slug) == loaded


def facts_of(slug: str) -> tuple:
    vendor = Tenant.objects.get(slug=slug)
    rows, ties = all_of(vendor)
    told = {
        label: [
            {name: value for name, value in row.items() if name != "tenant_id"} for row in found
        ]
        for label, found in rows.items()
    }
    facts = Tenant.objects.filter(slug=slug).values(*packs.OWN_FACTS).get()
    return facts, told, ties
