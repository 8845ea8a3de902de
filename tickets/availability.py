"""Who of the desk is away, as the layer above knows it: absences are of the escalation's."""

from collections.abc import Callable, Collection
from datetime import datetime

AbsentLook = Callable[[datetime], Collection[int]]

_looks: list[AbsentLook] = []


def register_absent(look: AbsentLook) -> None:
    """Register how to learn who is away at a moment: ids of people."""
    if look not in _looks:
        _looks.append(look)


def absent_people(at: datetime) -> frozenset[int]:
    """List who is away at `at`; nobody where no layer keeps absences."""
    return frozenset(person for look in _looks for person in look(at))
