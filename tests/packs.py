"""The four vendors' packs, published for a look-alike vendor of the tests, or for their own.

Publishing takes 50 ms, and thousands of tests begin with it. So the first one in a process writes
down which rows that makes, and the others put the same rows back, in 5 ms; `test_packs` compares.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from accounts.actions import create_tenant
from accounts.models import Tenant
from accounts.tenancy import tenant
from sla.actions import load_document
from sla.models import (
    CalendarException,
    CalendarRow,
    CalendarWindow,
    PolicyDraft,
    PolicyVersion,
    TargetRow,
)
from tests.twins import Twin

POLICIES = Path(__file__).parent.parent / "policies"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# What a first publishing fills, each after what it points to.
FILLED = (PolicyVersion, PolicyDraft, CalendarRow, CalendarWindow, CalendarException, TargetRow)
OWN_FACTS = ("slug", "name", "time_zone", "case_prefix")


@dataclass(frozen=True)
class Written:
    """What publishing a pack wrote: rows by table, and the vendor that it made, if it made one."""

    rows: dict[str, list[dict]]
    vendor: dict[str, str]


# By the vendor's slug, the pack, and whether the vendor came with it. The keys of rows stay free,
# for those of a sequence are given once.
_written: dict[tuple[str, str, bool], Written] = {}


def pack_for(slug: str, pack: str) -> str:
    """Give the text of a pack as if it were this vendor's."""
    text = (POLICIES / f"{pack}.toml").read_text()
    return text.replace(f'vendor = "{pack}"', f'vendor = "{slug}"', 1)


def publish(twin: Twin, pack: str) -> None:
    """Publish a pack for one of the twins, in effect since long ago."""
    slug = twin.tenant.slug
    with tenant(twin.tenant):
        if PolicyDraft.objects.exists():
            publish_anew(slug, pack)
        elif (slug, pack, False) in _written:
            _put_back(_written[slug, pack, False], twin.tenant, LONG_AGO)
        else:
            publish_anew(slug, pack)
            _written[slug, pack, False] = Written(_rows(), {})


def publish_anew(slug: str, pack: str) -> None:
    """Publish a pack by the action, in the tenant that is entered."""
    load_document(text=pack_for(slug, pack), by=None, at=LONG_AGO)


def open_with_pack(slug: str) -> Tenant:
    """Make one of the four vendors with its pack, as `load_policy` does; or publish it anew."""
    found = _written.get((slug, slug, True))
    if found is None or Tenant.objects.filter(slug=slug).exists():
        return _loaded_by_command(slug)
    vendor = create_tenant(**found.vendor)
    with tenant(vendor) as at:
        _put_back(found, vendor, at)
    return vendor


def _loaded_by_command(slug: str) -> Tenant:
    is_new = not Tenant.objects.filter(slug=slug).exists()
    call_command("load_policy", f"policies/{slug}.toml", verbosity=0)
    vendor = Tenant.objects.get(slug=slug)
    if is_new:
        facts = {name: getattr(vendor, name) for name in OWN_FACTS}
        with tenant(vendor):
            _written[slug, slug, True] = Written(_rows(), facts)
    return vendor


def _rows() -> dict[str, list[dict]]:
    rows = {}
    with connection.cursor() as cursor:
        for model in FILLED:
            table = model._meta.db_table
            cursor.execute(f"SELECT coalesce(json_agg(row), '[]')::text FROM {table} AS row")
            rows[table] = json.loads(cursor.fetchone()[0])
    return rows


def _put_back(written: Written, vendor: Tenant, at: datetime) -> None:
    """Put rows back as published at a moment, in the tenant that is entered."""
    now = {"tenant_id": vendor.pk, "published_at": at.isoformat(), "updated_at": at.isoformat()}
    statements = [
        f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)"
        for table in written.rows
    ]
    values = [json.dumps([row | now for row in rows]) for rows in written.rows.values()]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements), values)
