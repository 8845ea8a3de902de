"""Erasing a whole vendor: every row in every table, and every file. By an operator's command only.

It is done as the owner of the tables, whom no policy binds; the app role could not even try.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from accounts.errors import NotFound
from transfer import storage
from transfer.errors import NotConfirmed
from transfer.keepers import keepers

OWNER = "owner"
# Keys are checked at the end, so that any order does. Without its case, what is said on it is
# looked up by no trigger.
FIRST = ("tickets_case",)


@dataclass(frozen=True)
class ErasedVendor:
    """What was erased: the address, rows by table (those that had any), and files."""

    slug: str
    rows: dict[str, int]
    files: int


def erase_vendor(*, slug: str, confirmed: str) -> ErasedVendor:
    """Erase a vendor for good; `confirmed` is its address once more. Not inside any tenant.

    The database first, in one transaction, then the files: what a crash leaves of them is removed
    by erasing once more under its number, or by hand. Raises NotFound, NotConfirmed.
    """
    if confirmed != slug:
        raise NotConfirmed(field="confirm", word=slug)
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        tenant_id = _locked(cursor, slug)
        rows = {table: _emptied(cursor, table, tenant_id) for table in _tables(cursor)}
        cursor.execute("DELETE FROM accounts_tenant WHERE id = %s", [tenant_id])
    files = _remove_files(tenant_id)
    return ErasedVendor(slug, {table: number for table, number in rows.items() if number}, files)


def _locked(cursor: CursorWrapper, slug: str) -> int:
    cursor.execute(
        "SELECT id FROM accounts_tenant WHERE slug = %s AND NOT is_operators FOR UPDATE", [slug]
    )
    found = cursor.fetchone()
    if found is None:
        raise NotFound
    return found[0]


def _tables(cursor: CursorWrapper) -> list[str]:
    """Name every table that has rows of tenants, as the catalogue knows them."""
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        " AND a.attname = 'tenant_id' AND NOT a.attisdropped ORDER BY c.relname"
    )
    names = [name for (name,) in cursor.fetchall()]
    return [*FIRST, *(name for name in names if name not in FIRST)]


def _emptied(cursor: CursorWrapper, table: str, tenant_id: int) -> int:
    cursor.execute(f'DELETE FROM "{table}" WHERE tenant_id = %s', [tenant_id])
    return cursor.rowcount


def _remove_files(tenant_id: int) -> int:
    root = Path(settings.ATTACHMENT_ROOT)
    others = (root / name / str(tenant_id) for one in keepers().values() for name in one.homes)
    number = 0
    for home in (root / str(tenant_id), *others):
        number += sum(1 for path in home.rglob("*") if path.is_file()) if home.is_dir() else 0
        shutil.rmtree(home, ignore_errors=True)
    storage.remove_all(tenant_id)
    return number
