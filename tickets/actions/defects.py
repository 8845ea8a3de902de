"""Faults that a release mends: found, tied to cases, promised, shipped, told to all (DD-24)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person, Tenant
from accounts.tenancy import current_tenant_id
from entitlements.models import Product, Release
from jobs.actions import start_job
from tickets.actions.conversation import must_be_open
from tickets.actions.many import lock_cases, write_on_each
from tickets.audience import customer_side
from tickets.errors import NothingChanges
from tickets.life_errors import (
    DefectIsOver,
    NotOutYet,
    OtherProduct,
    ProductMissing,
    ReleaseMissing,
    TitleMissing,
)
from tickets.models import Case, CaseEvent, Defect
from tickets.notices import notify
from tickets.queries import OPEN, lock_case
from tickets.timeline import load_timeline, save_timelines, seconds_of

State = Defect.State
# So many are told in the transaction of the act; more than that is a job that can be watched.
AT_ONCE = 100
KIND = "defect_notice"


@transaction.atomic
def record_defect(*, title: str, product: Product | None, by: Person, at: datetime) -> Defect:
    """Record a fault of a product. Raises NotAllowed, TitleMissing, ProductMissing."""
    if not by.may("track_defect"):
        raise NotAllowed
    if not title.strip():
        raise TitleMissing(field="title")
    if product is None:
        raise ProductMissing(field="product")
    return Defect.objects.create(
        tenant_id=current_tenant_id(),
        title=title.strip(),
        product=product,
        created_by=by,
        created_at=at,
        changed_at=at,
    )


@transaction.atomic
def tie_defect(*, case_id: int, defect_id: int | None, by: Person, at: datetime) -> Case:
    """Say which fault a case is about, None for none; its customer is told of the tie.

    No clock moves. Locks the case, then the defect. Raises NotAllowed, CaseIsNotOpen, NotFound,
    NothingChanges, DefectIsOver.
    """
    if not by.may("track_defect"):
        raise NotAllowed
    case = lock_case(case_id, by)
    must_be_open(case)
    if case.defect_id == defect_id:
        raise NothingChanges
    defect = _locked(defect_id) if defect_id is not None else None
    if defect is not None and defect.state == State.SHIPPED:
        raise DefectIsOver(field="defect")
    untied = case.defect_id
    case.defect = defect
    case.save(update_fields=["defect"])
    timeline = load_timeline(case)
    kind, named = ("defect_tied", defect_id) if defect else ("defect_untied", untied)
    event = timeline.add(kind, by=by, at=at, payload={"defect": named})
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    if defect is not None:
        notify(kind, customer_side(case), case=case, event=event, at=at)
    return case


@transaction.atomic
def promise_fix(
    *, defect_id: int, release_id: int, note: str, by: Person | None, at: datetime
) -> Defect:
    """Promise a release that mends the fault; the customers of its open cases are told (DD-24).

    Of a release that is out already they are told that it is: nothing is left to promise.
    A later promise takes the place of an earlier one. `by` is None where the engineers' tracker
    says so. Locks the cases, then the defect. Raises NotAllowed, NotFound, ReleaseMissing,
    OtherProduct, DefectIsOver, NothingChanges.
    """
    if by is not None and not by.may("track_defect"):
        raise NotAllowed
    release = Release.objects.filter(pk=release_id).first()
    if release is None:
        raise ReleaseMissing(field="release")
    defect, cases = _locked_with_cases(defect_id)
    if defect.state == State.SHIPPED:
        raise DefectIsOver
    if release.product_id != defect.product_id:
        raise OtherProduct(field="release")
    is_out = release.released_on <= today_of_vendor(at)
    _decide(defect, release, note, State.SHIPPED if is_out else State.PROMISED, at)
    _tell(defect, "fix_shipped" if is_out else "fix_promised", cases, by=by, at=at)
    return defect


@transaction.atomic
def give_up_fix(*, defect_id: int, note: str, by: Person, at: datetime) -> Defect:
    """Say that a fault will not be mended, and why; the customers of its open cases are told.

    Locks the cases, then the defect. Raises NotAllowed, NotFound, DefectIsOver, NothingChanges.
    """
    if not by.may("track_defect"):
        raise NotAllowed
    defect, cases = _locked_with_cases(defect_id)
    if defect.state == State.SHIPPED:
        raise DefectIsOver
    _decide(defect, None, note, State.NOT_FIXED, at)
    _tell(defect, "fix_dropped", cases, by=by, at=at)
    return defect


@transaction.atomic
def ship_fix(*, defect_id: int, by: Person | None, at: datetime) -> Defect:
    """Say that the release is out: the contact of every open case hears of it, once each (DD-24).

    Many are told by a job. `by` is None where the day of the release has come. Locks the cases,
    then the defect. Raises NotAllowed, NotFound, NotOutYet, DefectIsOver.
    """
    if by is not None and not by.may("track_defect"):
        raise NotAllowed
    defect, cases = _locked_with_cases(defect_id)
    if defect.state == State.SHIPPED:
        raise DefectIsOver
    if defect.state != State.PROMISED:
        raise NotOutYet
    defect.state = State.SHIPPED
    _save(defect, at)
    _tell(defect, "fix_shipped", cases, by=by, at=at)
    return defect


def tell_of_fix(
    kind: str,
    payload: Mapping[str, Any],
    case_ids: Sequence[int],
    *,
    by: Person | None,
    at: datetime,
) -> int:
    """Tell the customers of open cases of a decision about a fault, each once.

    `payload` is of `payload_of` and names the decision. Locks the cases. Gives how many were told.
    """
    told = CaseEvent.objects.filter(case__in=case_ids, kind=kind, payload=payload)
    left = set(case_ids) - set(told.values_list("case", flat=True))
    cases = [case for case in lock_cases(left).values() if case.is_open]
    return len(write_on_each(cases, kind, by=by, at=at, payload=payload)) if cases else 0


def today_of_vendor(at: datetime) -> date:
    """Give the day on the vendor's own calendar."""
    vendor = Tenant.objects.get(pk=current_tenant_id())
    return at.astimezone(ZoneInfo(vendor.time_zone)).date()


def payload_of(defect: Defect) -> dict[str, Any]:
    """Name a defect, the release in which it is mended, and when that was decided, as entries do.

    The same promise can be made again after it was taken back: the moment tells them apart.
    """
    payload: dict[str, Any] = {"defect": defect.pk, "decided_at": seconds_of(defect.changed_at)}
    return payload | {"release": defect.release_id} if defect.release_id else payload


def told_at_once(defect_id: int) -> list[int]:
    """List the open cases of a defect that are told, and locked, with an act; none of many."""
    ids = _open_cases(defect_id)
    return ids if len(ids) <= AT_ONCE else []


def _open_cases(defect_id: int) -> list[int]:
    cases = Case.objects.filter(OPEN, defect=defect_id)
    return list(cases.order_by("pk").values_list("pk", flat=True))


def _locked_with_cases(defect_id: int) -> tuple[Defect, list[int]]:
    """Lock the open cases of a defect where they are few, then the defect; gives both.

    Where a case was tied before the defect was locked, all is let go and locked anew: a case is
    never locked after its defect, and none that is tied is left untold. Of many cases only the keys
    are read, and a job locks them.
    """
    while True:
        savepoint = transaction.savepoint()
        known = told_at_once(defect_id)
        lock_cases(known)
        defect, tied = _locked(defect_id), _open_cases(defect_id)
        if len(tied) > AT_ONCE or set(tied) <= set(known):
            transaction.savepoint_commit(savepoint)
            return defect, tied
        transaction.savepoint_rollback(savepoint)


def _locked(defect_id: int) -> Defect:
    defects = Defect.objects.select_for_update(of=("self",), no_key=True)
    # Its release is read behind the lock: joined to it, it would be the one of before the wait.
    found = defects.filter(pk=defect_id).first()
    if found is None:
        raise NotFound
    return found


def _decide(defect: Defect, release: Release | None, note: str, state: str, at: datetime) -> None:
    """Keep a decision. Raises NothingChanges: the same, sent twice, is told once."""
    decided = (release, note.strip(), state)
    if decided == (defect.release, defect.note, defect.state):
        raise NothingChanges
    defect.release, defect.note, defect.state = decided
    _save(defect, at)


def _save(defect: Defect, at: datetime) -> None:
    defect.changed_at = at
    defect.save(update_fields=["release", "note", "state", "changed_at"])


def _tell(
    defect: Defect, kind: str, case_ids: list[int], *, by: Person | None, at: datetime
) -> None:
    payload = payload_of(defect)
    if len(case_ids) <= AT_ONCE:
        tell_of_fix(kind, payload, case_ids, by=by, at=at)
        return
    params = {"defect": defect.pk, "kind": kind, "payload": payload, "cases": case_ids}
    start_job(kind=KIND, params=params, by=by, at=at)
