"""Changing many cases alike: each as a whole or not at all, and undone again where that can be.

Up to `bulk.AT_ONCE` cases are changed while one waits; more are long work, a part of it at a time.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.collisions import all_or_nothing
from accounts.errors import DomainError
from accounts.models import Person
from jobs.actions import start_job
from outbox.clock import real_now
from sla.engine.errors import EngineError
from sla.explain import engine_error_text
from tickets.actions.conversation import ask_customer, reply_to_case
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.routing import give_back_to, give_to_team
from tickets.actions.tagging import add_tag, remove_tag
from tickets.actions.triage import assign_case, change_priority, change_severity, change_type
from tickets.bulk import (
    AT_ONCE,
    CLOSE,
    LEVELS,
    STEPS,
    Planning,
    access_bulk,
    acts_on,
    filled_words,
    is_undoable,
)
from tickets.bulk_errors import CaseHasNews, ChangedSince, UndoIsOver
from tickets.bulk_models import BulkCase, BulkChange
from tickets.models import Case, CaseEvent
from tickets.queries import OPEN, lock_case
from tickets.tags import tags_of
from tickets.teamwork_models import CaseTag

KIND = "change_many"
UNDO_SECONDS = 30
State = BulkChange.State
Row = BulkCase.State
WHY_LENGTH = BulkCase._meta.get_field("why").max_length


@transaction.atomic
def do_bulk(*, bulk_id: int, by: Person, at: datetime) -> BulkChange:
    """Do a change of many cases, or order it as long work; pressed twice it is done once.

    What of it is refused stands on its rows, and changes nothing of its case. Locks the change and
    the cases. Raises NotFound.
    """
    bulk = access_bulk(by, bulk_id, locked=True)
    if bulk.state != State.PLANNED:
        return bulk
    return _begin(bulk, State.RUNNING, by=by, at=at)


@transaction.atomic
def undo_bulk(*, bulk_id: int, by: Person, at: datetime) -> BulkChange:
    """Put back owner, team and tags as they were, on every case that nobody changed since.

    For UNDO_SECONDS of real time after it was done. Locks the change and the cases. Raises
    NotFound, UndoIsOver.
    """
    bulk = access_bulk(by, bulk_id, locked=True)
    if bulk.state in (State.UNDOING, State.UNDONE):
        return bulk
    if not may_be_undone(bulk):
        raise UndoIsOver
    return _begin(bulk, State.UNDOING, by=by, at=at)


def may_be_undone(bulk: BulkChange) -> bool:
    """Tell whether a change can still be undone, by the clock on the wall."""
    in_time = bulk.undo_until is not None and real_now() < bulk.undo_until
    return bulk.state == State.DONE and is_undoable(bulk) and in_time


@transaction.atomic
def work_on(bulk: BulkChange, row_ids: Sequence[int], *, at: datetime) -> None:
    """Do, or undo, a change on some of its cases; each is written down with what became of it.

    Locks the cases, and what hangs on them, in the order of their keys.
    """
    by, undoes = bulk.by, bulk.state == State.UNDOING
    wanted = Row.DONE if undoes else Row.WAITING
    rows = list(bulk.rows.filter(pk__in=row_ids, state=wanted).order_by("case_id"))
    _lock([row.case_id for row in rows])
    does = _undo_one if undoes else _do_one
    for row in rows:
        _tried(row, partial(does, bulk, row, by=by, at=at), undoes=undoes)
    BulkCase.objects.bulk_update(rows, ["state", "why", "before", "after"])


def end_bulk(bulk: BulkChange, *, at: datetime) -> None:
    """Note that a change is done, or undone, on all of its cases."""
    if bulk.state == State.UNDOING:
        bulk.state = State.UNDONE
    else:
        bulk.state, bulk.done_at = State.DONE, at
        bulk.undo_until = real_now() + timedelta(seconds=UNDO_SECONDS)
    bulk.save(update_fields=["state", "done_at", "undo_until"])


def _begin(bulk: BulkChange, state: str, *, by: Person, at: datetime) -> BulkChange:
    bulk.state = state
    bulk.save(update_fields=["state"])
    row_ids = list(bulk.rows.order_by("case_id").values_list("pk", flat=True))
    if len(row_ids) > AT_ONCE:
        start_job(kind=KIND, params={"bulk": bulk.pk, "state": state}, by=by, at=at)
        return bulk
    work_on(bulk, row_ids, at=at)
    end_bulk(bulk, at=at)
    return bulk


def _lock(case_ids: Iterable[int]) -> None:
    keys = list(case_ids)
    wanted = Q(pk__in=keys) | Q(incident__in=keys) & OPEN
    cases = Case.objects.select_for_update(of=("self",), no_key=True)
    list(cases.filter(wanted).order_by("pk").values_list("pk"))


def _tried(row: BulkCase, act: Callable[[], str], *, undoes: bool) -> None:
    try:
        with all_or_nothing():
            row.state = act()
    except EngineError as error:
        _refuse(row, engine_error_text(error), undoes=undoes)
    except DomainError as error:
        _refuse(row, str(error), undoes=undoes)


def _refuse(row: BulkCase, why: str, *, undoes: bool) -> None:
    row.state = Row.KEPT if undoes else Row.REFUSED
    row.why = why[:WHY_LENGTH]


def _do_one(bulk: BulkChange, row: BulkCase, *, by: Person, at: datetime) -> str:
    case = lock_case(row.case_id, by)
    _refuse_news(bulk, row)
    plan = next(iter(Planning(bulk, [case], by).each())).plan
    if plan.why:
        raise DomainError(plan.why)
    before = {"owner": case.owner_id, "team": case.team_id, "tier": case.tier}
    tags = _tag_names(case)
    for step in (step for step in STEPS if step in plan.todo):
        _step(bulk, step, case, by=by, at=at)
    if not plan.todo:
        return Row.SAME
    case.refresh_from_db()
    now = _tag_names(case)
    row.before = {**before, "added": sorted(now - tags), "removed": sorted(tags - now)}
    row.after = {"owner": case.owner_id, "team": case.team_id}
    return Row.DONE


def _refuse_news(bulk: BulkChange, row: BulkCase) -> None:
    """Refuse to say something on a case on which somebody wrote since it was chosen."""
    if not acts_on(bulk):
        return
    later = CaseEvent.objects.filter(case=row.case_id, seq__gt=row.seen_seq)
    if later.exclude(caused_by=CaseEvent.Cause.POLICY).exists():
        raise CaseHasNews


def _step(bulk: BulkChange, step: str, case: Case, *, by: Person, at: datetime) -> None:
    who: dict[str, Any] = {"case_id": case.pk, "by": by, "at": at}
    value = bulk.changes[step]
    if step == "team":
        give_to_team(team_id=value, note=bulk.note, **who)
    elif step == "owner":
        assign_case(owner_id=value, **who)
    elif step in LEVELS:
        _LEVELS[step](reason=bulk.reason, **{step: value}, **who)
    elif step == "add_tags":
        _add_tags(case, value, by=by)
    elif step == "remove_tags":
        _remove_tags(case, value, by=by)
    elif value == CLOSE:
        close_case(**who)
    else:
        action, name = _SAYS[value]
        action(**{name: filled_words(bulk, case, by)}, **who)


def _undo_one(bulk: BulkChange, row: BulkCase, *, by: Person, at: datetime) -> str:
    case = lock_case(row.case_id, by)
    if row.after != {"owner": case.owner_id, "team": case.team_id}:
        raise ChangedSince
    before = row.before
    if case.team_id != before["team"]:
        give_back_to(case_id=case.pk, tier=before["tier"], team_id=before["team"], by=by, at=at)
    case.refresh_from_db()
    if case.owner_id != before["owner"]:
        assign_case(case_id=case.pk, owner_id=before["owner"], by=by, at=at)
    _remove_tags(case, before["added"], by=by)
    _add_tags(case, before["removed"], by=by)
    return Row.UNDONE


def _add_tags(case: Case, names: Iterable[str], *, by: Person) -> None:
    for name in names:
        add_tag(case_id=case.pk, name=name, by=by)


def _remove_tags(case: Case, names: Iterable[str], *, by: Person) -> None:
    on_it = CaseTag.objects.filter(case=case, tag__name__in=list(names))
    for tag_id in on_it.values_list("tag", flat=True):
        remove_tag(case_id=case.pk, tag_id=tag_id, by=by)


def _tag_names(case: Case) -> set[str]:
    return {tag.name for tag in tags_of(case)}


_LEVELS: dict[str, Callable[..., Any]] = {
    "severity": change_severity,
    "priority": change_priority,
    "case_type": change_type,
}
_SAYS: dict[str, tuple[Callable[..., Any], str]] = {
    "reply": (reply_to_case, "body"),
    "ask": (ask_customer, "question"),
    "solve": (resolve_case, "solution"),
}
