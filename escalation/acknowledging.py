"""Taking notice of an escalation: on the desk, or by a link without signing in."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.places import site_url
from accounts.tenancy import current_tenant_id
from escalation.errors import LinkIsTooOld
from escalation.models import Notice
from escalation.standing import occurrences
from sla.engine.clock import CaseState
from sla.engine.kinds import WAITING
from sla.engine.parts import THE_CASE
from sla.engine.steps import plain_code
from tickets.errors import CaseIsNotOpen
from tickets.models import Case, CaseEvent
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines

SALT = "escalation.acknowledge"
# Real time, as all tokens; the end of the case ends a link as well.
LINK_LASTS = timedelta(days=14)
NOTICE, BATCH = "notice", "batch"

Occurrence = tuple[str, int]


@transaction.atomic
def acknowledge(
    *,
    case_id: int,
    by: Person,
    at: datetime,
    clock: str | None = None,
    started_seq: int | None = None,
    known: Collection[int] | None = None,
) -> Case:
    """Take notice of the steps that were fired on a case, for everybody who was told of them.

    Of one occurrence (`clock`, `started_seq`), or of all that run; `known` are the entries of the
    steps that were known, which leaves what came first after the last of them. They are not
    repeated from then on; what comes after them comes. Harmless to repeat. Locks the case. Raises
    NotAllowed, NotFound, CaseIsNotOpen.
    """
    if not by.may("acknowledge_escalation"):
        raise NotAllowed
    only = None if clock is None else (clock, started_seq)
    return _take_notice(lock_case(case_id, by), at=at, by=by, only=only, known=known)


@transaction.atomic
def acknowledge_outside(
    *, case_id: int, via: str, at: datetime, clock: str, started_seq: int, known: Collection[int]
) -> Case:
    """Take notice of steps where a service outside told of them, and nobody of ours is known.

    `via` is the shape of its endpoint, whose signature was checked. Locks the case. Raises
    NotFound, CaseIsNotOpen.
    """
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    case = rows.filter(pk=case_id).first()
    if case is None:
        raise NotFound
    return _take_notice(case, at=at, only=(clock, started_seq), known=known, via=via)


def _take_notice(
    case: Case,
    *,
    at: datetime,
    by: Person | None = None,
    only: tuple[str, int | None] | None,
    known: Collection[int] | None,
    via: str = "",
) -> Case:
    if not case.is_open:
        raise CaseIsNotOpen
    timeline = load_timeline(case)
    state = timeline.state()
    upto = _upto(state, known)
    waiting = unacknowledged(state, upto)
    chosen = [one for one in sorted(waiting) if only is None or one == only]
    beside = ({} if upto is None else {"upto": upto}) | ({"via": via} if via else {})
    for of_clock, seq in chosen:
        timeline.add(
            "acknowledged",
            by=by,
            at=at,
            audience=CaseEvent.Audience.DESK,
            payload={"clock": of_clock, "started_seq": seq, **beside},
        )
    if chosen:
        save_timelines([timeline])
        _settle(case, [entry for one in chosen for entry in waiting[one]], at)
    return case


@transaction.atomic
def acknowledge_notices(*, notices: Sequence[Notice], by: Person, at: datetime) -> int:
    """Take notice of what these notices are about; count the cases. Locks them by ascending id.

    What is over, or was acknowledged already, is left as it is, and so is what they do not tell of:
    a breach after a warning. Raises NotAllowed.
    """
    by_case: dict[int, list[Notice]] = {}
    for notice in notices:
        by_case.setdefault(notice.case_id, []).append(notice)
    done = 0
    for case_id, of_case in sorted(by_case.items()):
        try:
            for (clock, seq), known in sorted(occurrences(of_case).items()):
                acknowledge(
                    case_id=case_id, by=by, at=at, clock=clock, started_seq=seq, known=known
                )
        except (CaseIsNotOpen, NotFound):
            continue
        done += 1
    return done


def unacknowledged(state: CaseState, upto: int | None = None) -> dict[Occurrence, list[int]]:
    """Map occurrences to the entries of the steps of which nobody has taken notice.

    `upto`: of those only that were fired first by this entry. Only while they run; what the policy
    does to a customer who does not answer is not among them.
    """
    running = {(clock.kind, clock.started_seq) for clock in state.open_clocks}
    first_times = _first_times(state)
    found: dict[Occurrence, list[int]] = {}
    for (clock, seq, _step), done in state.fired.items():
        first = first_times[done.seq]
        is_known = first <= state.acknowledged.get((clock, seq), 0)
        is_later = upto is not None and first > upto
        runs = clock == THE_CASE or (clock != WAITING and (clock, seq) in running)
        if runs and not is_known and not is_later:
            found.setdefault((clock, seq), []).append(done.seq)
    return found


def _upto(state: CaseState, known: Collection[int] | None) -> int | None:
    """Number the last step of those known, by its first time; None = all that were fired."""
    if known is None:
        return None
    first_times = _first_times(state)
    return max((first_times.get(entry, 0) for entry in known), default=0)


def _first_times(state: CaseState) -> dict[int, int]:
    """Map the entry of each fired step to that of its first time: a repeated one is one matter."""
    return {
        done.seq: state.fired.get((clock, seq, plain_code(step)), done).seq
        for (clock, seq, step), done in state.fired.items()
    }


def acknowledge_url(person: Person, kind: str, key: int) -> str:
    """Write the address by which a person takes notice of one notice or of a whole batch."""
    token = TimestampSigner(salt=SALT).sign_object([current_tenant_id(), person.pk, kind, key])
    return site_url(person.tenant, reverse("acknowledge:link", args=[token]))


def read_link(token: str) -> tuple[Person, QuerySet[Notice]]:
    """Read whose notices an address is about. Raises NotFound for one that we did not write, or
    whose person has left; LinkIsTooOld.
    """
    try:
        signed = TimestampSigner(salt=SALT).unsign_object(token, max_age=LINK_LASTS)
        tenant_id, person_id, kind, key = signed
    except SignatureExpired as error:
        raise LinkIsTooOld(days=LINK_LASTS.days) from error
    except (BadSignature, ValueError) as error:
        raise NotFound from error
    people = Person.objects.select_related("tenant").filter(pk=person_id, is_active=True)
    person = people.first()
    if tenant_id != current_tenant_id() or person is None:
        raise NotFound
    about = Q(pk=key) if kind == NOTICE else Q(batch=key)
    return person, Notice.objects.filter(about, person=person)


def _settle(case: Case, entries: Sequence[int], at: datetime) -> None:
    open_ones = Notice.objects.filter(event__seq__in=entries, case=case, acknowledged_at=None)
    open_ones.update(acknowledged_at=at)
