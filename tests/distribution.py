"""Which worker of `make test` gets what: whole files, the long ones first."""

from collections import Counter

import pytest
from xdist.scheduler import LoadFileScheduling

# What takes longest, so that no worker is left alone with it at the end.
LONG = (
    "tests/access/test_every_url.py",
    "tests/browser/test_faces.py",
    "tests/demo",
    "tests/local/test_supervisor.py",
    "tests/stories/test_demonstration.py",
    "tests/stories/test_life_of_a_case.py",
    "tests/escalation/test_firing_races.py",
    "tests/local/test_commands.py",
)
# What is set up once for several files.
TOGETHER = ("tests/demo",)


class LongestFirst(LoadFileScheduling):
    """Gives out files in the order of the collection, which `put_longest_first` has put right."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """Name what stays on one worker: the file, or the directory of files that share something."""
    path = nodeid.split("::", 1)[0]
    return next((place for place in TOGETHER if path.startswith(f"{place}/")), path)


def put_longest_first(items: list[pytest.Item]) -> None:
    """Put the units that take longest before the others, and these by their number of tests."""
    sizes = Counter(unit_of(item.nodeid) for item in items)
    ranks = {unit: rank for rank, unit in enumerate(LONG)}

    def rank(item: pytest.Item) -> tuple[int, int]:
        unit = unit_of(item.nodeid)
        return ranks.get(unit, len(LONG)), -sizes[unit]

    items.sort(key=rank)
