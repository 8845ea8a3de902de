"""Alpha sells points under the pack of Scalix; beta does as well, and looks alike."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import add_person
from accounts.models import Person
from accounts.tenancy import tenant
from tests.packs import publish
from tests.twins import PASSWORD, Twin

# Far ahead, for desk time only moves forward; 10:00 in Berlin, where the company is.
NOW = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def selling(alpha: Twin, beta: Twin, set_desk_time) -> Twin:
    """Have both publish what they sell, and the clock stand at NOW."""
    for twin in (alpha, beta):
        publish(twin, "scalix")
    set_desk_time(NOW)
    return alpha


@pytest.fixture
def second_manager(selling: Twin) -> Person:
    with tenant(selling.tenant):
        return add_person(
            name="Second Manager", role="manager", email="second@desk.test", password=PASSWORD
        )


@pytest.fixture
def manager(selling: Twin, browse) -> Client:
    return browse(selling.tenant, selling.manager)


@pytest.fixture
def admin_url() -> Callable[..., str]:
    def url(model: str, page: str, *arguments: object) -> str:
        return reverse(f"admin:entitlements_{model}_{page}", args=arguments)

    return url


def text_of(response) -> str:
    text = response.content.decode()
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")
