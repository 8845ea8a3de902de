from collections.abc import Callable

import pytest

from tests.portal.vendors import Vendor, open_vendor


@pytest.fixture
def vendor(db) -> Callable[[str], Vendor]:
    return open_vendor
