"""A second manager beside the one whom each of the twins has, and what the first asks for."""

from datetime import UTC, datetime, timedelta

from accounts.actions import add_person
from accounts.models import Person
from sla.actions import save_targets
from sla.approval import ask_to_publish
from sla.models import PublishRequest
from tests.sla.working import revision, with_hours
from tests.twins import Twin

ASKED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = ASKED + timedelta(hours=2)
NEXT_MONDAY = ASKED + timedelta(days=7)


def add_manager(twin: Twin, name: str = "manager_2") -> Person:
    """Add another manager, in the tenant that is entered."""
    return add_person(name=f"{twin.canary}{name}", email=f"{name}@desk.test", role="manager")


def change(by: Person, hours: int = 4, at: datetime = ASKED) -> None:
    """Have Standard promised other hours in the working copy."""
    save_targets(by=by, at=at, revision=revision(), targets=with_hours("MX-20", hours))


def ask(by: Person, at: datetime = ASKED, **terms: object) -> PublishRequest:
    return ask_to_publish(by=by, at=at, revision=revision(), **terms)
