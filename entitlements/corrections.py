"""Four eyes: a manager asks for a change of points, another approves it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid, NotFound
from accounts.models import Company, Person
from accounts.roles import ACTS
from accounts.tenancy import current_tenant_id
from entitlements.ledger import (
    Kind,
    Move,
    NotEnoughPoints,
    Reason,
    Source,
    lock_points,
    open_lot,
    usable,
    write_entry,
)
from entitlements.models import Correction, PointsLot
from entitlements.points import Lot, ShortOf, take
from sla.drafting import check_may
from sla.errors import OthersRequest, OwnRequest, ReasonNeeded

State = Correction.State


class CorrectionSettled(DomainError):
    code = "correction_settled"
    message = _("This correction is settled already: %(state)s.")


class NoSecondManager(DomainError):
    code = "no_second_manager"
    message = _("You are the only manager: nobody else can approve it. Add a second one first.")


class NothingToCorrect(Invalid):
    code = "nothing_to_correct"
    message = _("A correction adds or takes at least one point.")


class CorrectionTooLate(Invalid):
    code = "correction_too_late"
    message = _("The points that this adds would be over already.")


@transaction.atomic
def ask_correction(
    *,
    company: Company,
    points: int,
    lot: PointsLot | None = None,
    reason: str,
    by: Person,
    at: datetime,
    expires_at: datetime | None = None,
) -> Correction:
    """Ask another manager for more points (+) or fewer (-); nothing changes until one approves.

    What is taken comes out of `lot`, else out of what ends first. What is added becomes a lot that
    ends at `expires_at`, else with `lot`; without either never. Raises NotAllowed,
    NothingToCorrect, ReasonNeeded, CorrectionTooLate, NoSecondManager, NotFound.
    """
    check_may(by, "correct_points")
    if lot is not None and lot.company_id != company.pk:
        raise NotFound
    if not points:
        raise NothingToCorrect(field="points")
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    if not approvers(by):
        raise NoSecondManager
    ends = _end_of_added(points, lot, expires_at)
    _refuse_over(ends, at)
    return Correction.objects.create(
        tenant_id=current_tenant_id(),
        company=company,
        points=points,
        lot=lot,
        expires_at=ends,
        reason=reason.strip()[:400],
        asked_by=by,
        asked_at=at,
    )


@transaction.atomic
def approve_correction(*, correction_id: int, by: Person, at: datetime) -> Correction:
    """Enter what another manager asked for, in the name of both.

    Locks the correction, then the account. Raises OwnRequest, CorrectionSettled, NotEnoughPoints,
    CorrectionTooLate, NotAllowed, NotFound.
    """
    correction = _locked(correction_id, by)
    _refuse_own(correction, by)
    _refuse_over(correction.expires_at, at)
    account = lock_points(correction.company)
    reason = Reason(Kind.CORRECTION, f"correction-{correction.pk}", by, at, at)
    correction.entry = write_entry(account, reason, _moves(correction, at))
    return _decide(correction, State.APPROVED, by=by, at=at)


@transaction.atomic
def decline_correction(*, correction_id: int, by: Person, at: datetime, answer: str) -> Correction:
    """Refuse what another manager asked for, and say why.

    Locks the correction. Raises OwnRequest, CorrectionSettled, ReasonNeeded, NotAllowed, NotFound.
    """
    correction = _locked(correction_id, by)
    _refuse_own(correction, by)
    if not answer.strip():
        raise ReasonNeeded(field="answer")
    correction.answer = answer.strip()[:400]
    return _decide(correction, State.DECLINED, by=by, at=at)


@transaction.atomic
def take_back_correction(*, correction_id: int, by: Person, at: datetime) -> Correction:
    """Withdraw what oneself asked for; anybody who may correct, when its asker is gone.

    Locks the correction. Raises OthersRequest, CorrectionSettled, NotAllowed, NotFound.
    """
    correction = _locked(correction_id, by)
    asker = correction.asked_by
    if asker.pk != by.pk and asker.may("correct_points"):
        raise OthersRequest(name=asker.name)
    return _decide(correction, State.TAKEN_BACK, by=by, at=at)


def approvers(by: Person) -> list[Person]:
    """List the other active people who may approve what `by` asks for, by name."""
    people = Person.objects.filter(is_active=True, role__in=ACTS["correct_points"])
    return list(people.exclude(pk=by.pk).order_by("name", "pk"))


def _moves(correction: Correction, at: datetime) -> Iterable[Move]:
    company, points = correction.company, correction.points
    if points > 0:
        lot = open_lot(company, points, Source.CORRECTION, at=at, expires_at=correction.expires_at)
        return [(lot.pk, points)]
    if correction.lot_id is not None:
        return [(correction.lot_id, -_left(correction.lot_id, -points))]
    lots = [Lot(lot.pk, lot.remaining, lot.expires_at) for lot in usable(company, at)]
    try:
        return [(lot_id, -part) for lot_id, part in take(lots, -points, at)]
    except ShortOf as short:
        raise NotEnoughPoints(missing=short.missing, balance=-points - short.missing) from short


def _left(lot_id: int, points: int) -> int:
    """Give `points` if the lot has as many left; its account is locked. Raises NotEnoughPoints."""
    left = PointsLot.objects.values_list("remaining", flat=True).get(pk=lot_id)
    if left < points:
        raise NotEnoughPoints(missing=points - left, balance=left)
    return points


def _end_of_added(
    points: int, lot: PointsLot | None, expires_at: datetime | None
) -> datetime | None:
    if points < 0:
        return None
    return expires_at or (lot.expires_at if lot is not None else None)


def _refuse_over(expires_at: datetime | None, at: datetime) -> None:
    if expires_at is not None and expires_at <= at:
        raise CorrectionTooLate(field="expires_at")


def _refuse_own(correction: Correction, by: Person) -> None:
    if correction.asked_by_id == by.pk:
        raise OwnRequest


def _locked(correction_id: int, by: Person) -> Correction:
    check_may(by, "correct_points")
    rows = Correction.objects.select_for_update(of=("self",), no_key=True)
    correction = rows.select_related("company", "asked_by").filter(pk=correction_id).first()
    if correction is None:
        raise NotFound
    if correction.state != State.WAITING:
        raise CorrectionSettled(state=correction.get_state_display())
    return correction


def _decide(correction: Correction, state: str, *, by: Person, at: datetime) -> Correction:
    correction.state, correction.decided_by, correction.decided_at = state, by, at
    correction.save(update_fields=["state", "decided_by", "decided_at", "answer", "entry"])
    return correction
