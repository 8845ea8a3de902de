"""Every test of moving begins at one literal time: contracts and points of a day must not pass."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from accounts.tenancy import tenant

MONDAY = datetime(2083, 6, 7, 12, tzinfo=UTC)


@pytest.fixture
def at_rest(set_desk_time) -> datetime:
    """Move the desk's clock to Monday 7 June 2083, 12:00 UTC, before a vendor is entered."""
    set_desk_time(MONDAY)
    return MONDAY


@pytest.fixture
def entered(at_rest, alpha) -> Iterator[datetime]:
    with tenant(alpha.tenant) as at:
        yield at
