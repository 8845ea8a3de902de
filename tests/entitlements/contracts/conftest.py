"""Scalix for both twins, and a company in New York that has bought nothing yet."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from accounts.actions import add_company, add_person
from accounts.models import Company
from accounts.tenancy import tenant
from sla.actions import load_document
from tests.moved_clock import move_clock_to
from tests.packs import pack_for, publish
from tests.twins import Twin

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def scalix(alpha: Twin, beta: Twin) -> Iterator[Twin]:
    """Be in alpha, which sells what Scalix does, as its twin does."""
    for twin in (alpha, beta):
        publish(twin, "scalix")
    with tenant(alpha.tenant):
        yield alpha


@pytest.fixture
def company(scalix: Twin) -> Company:
    found = add_company(
        name="cn-alpha-harbor",
        time_zone="America/New_York",
        country="US",
        account_manager=scalix.account_manager,
    )
    add_person(name="cn-alpha-ada", role="company_admin", email="ada@h.test", company=found)
    add_person(name="cn-alpha-rene", role="contact", email="rene@h.test", company=found)
    return found


@pytest.fixture
def reworded(scalix: Twin) -> Callable[..., None]:
    """Publish the pack again with texts replaced: reworded({before: after}, at)."""

    def publish_changed(changes: dict[str, str], at: datetime = AT) -> None:
        text = pack_for(scalix.tenant.slug, "scalix")
        for before, after in changes.items():
            assert before in text
            text = text.replace(before, after)
        load_document(text=text, by=None, at=at, effective_at=at, replace_edits=True)

    return publish_changed


@pytest.fixture
def move_to(scalix: Twin, settings) -> Callable[[datetime], None]:
    """Move the desk's clock from inside of alpha to a moment ahead."""
    settings.DEMO = True

    return move_clock_to
