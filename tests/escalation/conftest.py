from collections.abc import Callable, Iterator

import pytest

from accounts.tenancy import tenant
from tests.escalation.ladders import publish_ladder
from tests.packs import publish
from tests.twins import Twin


@pytest.fixture
def metalogix(alpha: Twin, beta: Twin) -> Iterator[None]:
    """Be inside alpha, with the Metalogix pack published for both twins."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        yield


@pytest.fixture
def ladder(alpha: Twin) -> Iterator[Callable[..., None]]:
    """Be inside alpha, and publish Metalogix's policy with another ladder."""
    with tenant(alpha.tenant):
        yield lambda *steps: publish_ladder(alpha, *steps)
