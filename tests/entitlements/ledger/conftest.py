import pytest

from accounts.actions import add_person
from accounts.models import Company, Person


@pytest.fixture
def company(alpha, entered) -> Company:
    """Be inside alpha, with a company without points."""
    return alpha.company


@pytest.fixture
def second_manager(alpha, entered) -> Person:
    return add_person(name="Second", role="manager", email="second@desk.test")
