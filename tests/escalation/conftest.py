from collections.abc import Iterator

import pytest

from accounts.tenancy import tenant
from tests.packs import publish
from tests.twins import Twin


@pytest.fixture
def metalogix(alpha: Twin, beta: Twin) -> Iterator[None]:
    """Be inside alpha, with the Metalogix pack published for both twins."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        yield
