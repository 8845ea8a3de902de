"""What the apps above keep of people and cases: they say how it is forgotten, and moved out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from accounts.models import Person

FileFound = tuple[str, Path]


@dataclass(frozen=True)
class Known:
    """Whom a keeper is asked to forget, and the words by which they were known."""

    person: Person
    words: tuple[str, ...]
    with_texts: bool
    at: datetime


def _no_files(tenant_id: int) -> Iterator[FileFound]:
    return iter(())


@dataclass(frozen=True)
class Keeper:
    """How an app forgets; both functions are called inside the tenant and give a number of rows.

    `forget_person(known)` forgets a person, `forget_cases(case_ids, at)` the texts and files of
    cases. `files(tenant_id)` lists (name in an export, place) of files that it keeps; `homes` names
    its folders below ATTACHMENT_ROOT, each with one folder a tenant.
    """

    forget_person: Callable[[Known], int]
    forget_cases: Callable[[Sequence[int], datetime], int]
    files: Callable[[int], Iterator[FileFound]] = _no_files
    homes: tuple[str, ...] = ()


_keepers: dict[str, Keeper] = {}


def register_keeper(name: str, keeper: Keeper) -> None:
    """Say what an app keeps; from `AppConfig.ready`, once. Raises ValueError for a taken name."""
    if name in _keepers:
        raise ValueError(f"the keeper {name!r} is registered already")
    _keepers[name] = keeper


def keepers() -> dict[str, Keeper]:
    """Map names to what was registered."""
    return dict(_keepers)
