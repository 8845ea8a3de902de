"""The four vendors' packs, published for a look-alike vendor of the tests."""

from datetime import UTC, datetime
from pathlib import Path

from accounts.tenancy import tenant
from sla.actions import load_document
from tests.twins import Twin

POLICIES = Path(__file__).parent.parent / "policies"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def pack_for(slug: str, pack: str) -> str:
    """Give the text of a pack as if it were this vendor's."""
    text = (POLICIES / f"{pack}.toml").read_text()
    return text.replace(f'vendor = "{pack}"', f'vendor = "{slug}"', 1)


def publish(twin: Twin, pack: str) -> None:
    """Publish a pack for one of the twins, in effect since long ago."""
    with tenant(twin.tenant):
        load_document(text=pack_for(twin.tenant.slug, pack), by=None, at=LONG_AGO)
