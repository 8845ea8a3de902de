import pytest

from accounts.actions import add_person
from accounts.models import Person, Tenant
from accounts.tenancy import tenant


@pytest.fixture
def operator(operators: Tenant) -> Person:
    with tenant(operators):
        return add_person(name="Otto Operator", role="operator", email="otto@operators.test")


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    return settings
