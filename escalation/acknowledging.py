"""Taking notice of an escalation: on the desk, or by a link without signing in."""

from collections.abc import Sequence
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
) -> Case:
    """Take notice of the steps that were fired on a case, for everybody who was told of them.

    Of one occurrence (`clock`, `started_seq`), or of all that run. They are not repeated from then
    on; what comes after them comes. Harmless to repeat. Locks the case. Raises NotAllowed,
    NotFound, CaseIsNotOpen.
    """
    if not by.may("acknowledge_escalation"):
        raise NotAllowed
    case = lock_case(case_id, by)
    if not case.is_open:
        raise CaseIsNotOpen
    timeline = load_timeline(case)
    waiting = unacknowledged(timeline.state())
    chosen = waiting if clock is None else [one for one in waiting if one == (clock, started_seq)]
    for of_clock, seq in chosen:
        timeline.add(
            "acknowledged",
            by=by,
            at=at,
            audience=CaseEvent.Audience.DESK,
            payload={"clock": of_clock, "started_seq": seq},
        )
    if chosen:
        save_timelines([timeline])
        _settle(case, chosen, at)
    return case


@transaction.atomic
def acknowledge_notices(*, notices: Sequence[Notice], by: Person, at: datetime) -> int:
    """Take notice of what these notices are about; count the cases. Locks them by ascending id.

    What is over, or was acknowledged already, is left as it is. Raises NotAllowed.
    """
    by_case: dict[int, list[Notice]] = {}
    for notice in notices:
        by_case.setdefault(notice.case_id, []).append(notice)
    done = 0
    for case_id, of_case in sorted(by_case.items()):
        try:
            for clock, seq in sorted(occurrences(of_case)):
                acknowledge(case_id=case_id, by=by, at=at, clock=clock, started_seq=seq)
        except (CaseIsNotOpen, NotFound):
            continue
        done += 1
    return done


def unacknowledged(state: CaseState) -> list[Occurrence]:
    """List the occurrences on which steps were fired since somebody last took notice of them.

    Only while they run; what the policy does to a customer who does not answer is not among them.
    """
    running = {(clock.kind, clock.started_seq) for clock in state.open_clocks}
    last: dict[Occurrence, int] = {}
    for (clock, seq, _step), done in state.fired.items():
        if clock == THE_CASE or (clock != WAITING and (clock, seq) in running):
            last[clock, seq] = max(last.get((clock, seq), 0), done.seq)
    return sorted(one for one, seq in last.items() if state.acknowledged.get(one, 0) < seq)


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


def _settle(case: Case, chosen: Sequence[Occurrence], at: datetime) -> None:
    about = Q()
    for clock, seq in chosen:
        about |= Q(event__clock=clock, event__clock_seq=seq)
    open_ones = Notice.objects.filter(about, case=case, acknowledged_at=None)
    open_ones.update(acknowledged_at=at)
