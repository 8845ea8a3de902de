"""What the apps above know about their long work: how it is divided, done and summed up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from accounts import roles
from jobs.models import Job

Result = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One part of a job: what `work` is given, and how many items it counts for."""

    params: Mapping[str, Any]
    items: int


def _nothing_to_tell(job: Job) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class JobKind:
    """How work of one kind goes; all functions are called inside the job's tenant.

    `plan(job, at)` divides it, into parts of a second or two at most. `work(job, params, at)` does
    one part in one transaction; what it returns is kept with the part. `finish(job, results, at)`
    is called once, when all parts are done, with what they returned in order; it makes the job's
    result. `at` is the desk time of the transaction.
    `may` is the act, of `accounts.roles`, that lets a person start, see and cancel it.
    `url(job)` is the page of its result, once it is done. `describe(job)` gives sentences about
    what was ordered and what came of it.
    """

    title: str | Promise
    plan: Callable[[Job, datetime], Sequence[Part]]
    work: Callable[[Job, Mapping[str, Any], datetime], Result]
    finish: Callable[[Job, Sequence[Result], datetime], Result]
    may: str = "edit_policy"
    url: Callable[[Job], str] | None = None
    describe: Callable[[Job], Iterable[str]] = _nothing_to_tell


_kinds: dict[str, JobKind] = {}


def register(kind: str, how: JobKind) -> None:
    """Say how work of `kind` is done; from `AppConfig.ready`, once.

    Raises ValueError when the kind is taken or its act is not on the table of roles.
    """
    if _kinds.get(kind, how) is not how:
        raise ValueError(f"work of kind {kind!r} is registered already")
    if how.may not in roles.ACTS:
        raise ValueError(f"no such act: {how.may!r}")
    _kinds[kind] = how


def kind_of(kind: str) -> JobKind:
    """Find a kind. Raises ValueError when no app has registered it."""
    if kind not in _kinds:
        raise ValueError(f"nothing knows how to do work of kind {kind!r}")
    return _kinds[kind]


def kinds_for(may: Callable[[str], bool]) -> list[str]:
    """List the kinds whose act `may` allows."""
    return [kind for kind, how in _kinds.items() if may(how.may)]
