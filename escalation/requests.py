"""Escalations that a customer asks for (DD-25): asked, answered, ended; and whom they reach."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import roles
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from escalation.errors import (
    AnswerMissing,
    EndNoteMissing,
    EscalationAnswered,
    EscalationNotOffered,
    EscalationOver,
    EscalationRuns,
    NotOfTheCompany,
    ReasonMissing,
    SituationMissing,
)
from escalation.models import EscalationRequest
from escalation.roster import Roster, read_roster
from escalation.swat import bring_in, swat_members
from escalation.whom import people_of_roles, with_care
from sla.engine.aims import aim_at, settle
from sla.engine.clock import CaseState
from tickets.actions.conversation import end_waiting, must_be_open, write_message
from tickets.audience import customer_side, desk_side
from tickets.models import Case, CaseEvent, Message
from tickets.notices import notify
from tickets.queries import OPEN, lock_case, visible_cases
from tickets.questions import take_back
from tickets.timeline import Timeline, load_timeline, moment, save_timelines, seconds_of

CLOCK = "escalation_answer"
State = EscalationRequest.State
Way = EscalationRequest.Way


@dataclass(frozen=True)
class Reach:
    """Whom an escalation reaches; all of them are active people of the desk.

    `roles` are those that the policy names and that somebody holds; `others` who holds them.
    """

    owner: Person | None
    account_manager: Person | None
    roles: tuple[str, ...]
    others: tuple[int, ...]
    swat: tuple[int, ...]

    @property
    def people(self) -> tuple[int, ...]:
        """List everybody once."""
        named = (person.pk for person in (self.owner, self.account_manager) if person)
        return tuple(dict.fromkeys((*named, *self.others, *self.swat)))

    @property
    def kept(self) -> dict[str, Any]:
        """Give what the entry keeps of it, so that the customer reads later whom it reached."""
        return {
            "owner": self.owner.pk if self.owner else None,
            "account_manager": self.account_manager.pk if self.account_manager else None,
            "roles": list(self.roles),
            "swat": bool(self.swat),
        }


def reach_of(case: Case, state: CaseState, roster: Roster) -> Reach:
    """Find whom an escalation of this case would reach: by the policy, and SWAT by its rule.

    Owner, account manager, and who has a role that the policy names (DD-25); where all that comes
    to nobody, the case's team, else the leads. With stand-ins for who is away, and of a restricted
    case only those who may see it. SWAT with the levels of DD-26, or there already.
    """
    policy = state.policy
    named = [role for role in policy.escalation.roles if role != roles.ACCOUNT_MANAGER]
    first = roster.there([case.owner_id, case.company.account_manager_id])
    people = (*first, *people_of_roles(named, case, roster)) or roster.team(case.team_id)
    told = with_care(people, case, roster)
    owner = case.owner if case.owner_id in told else None
    manager = case.company.account_manager
    manager = manager if manager is not None and manager.pk in told else None
    has_swat = case.swat_since is not None or policy.needs_swat(state.facts)
    swat = swat_members(policy) if has_swat else ()
    return Reach(
        owner=owner,
        account_manager=manager,
        roles=tuple(role for role in policy.escalation.roles if {*roster.role(role)} & {*told}),
        others=tuple(person for person in told if person not in _keys(owner, manager)),
        swat=roster.there(swat),
    )


def _keys(*people: Person | None) -> set[int]:
    return {person.pk for person in people if person is not None}


@dataclass(frozen=True, slots=True)
class Owed:
    """By when an escalation is answered; where it is not promised, support only aims at it."""

    due_at: datetime
    is_promised: bool


def owed_answer(state: CaseState, at: datetime) -> Owed | None:
    """Work out by when an escalation asked for at `at` is answered; None where nothing is said.

    Raises EngineError as the policy's calendars do.
    """
    settled = settle(aim_at(state.policy, CLOCK, state.facts, seconds_of(at), None))
    due_at = moment(settled.promise.due_at)
    if due_at is None or settled.cell is None:
        return None
    return Owed(due_at, settled.cell.row.promised)


def owed_now(state: CaseState) -> Owed | None:
    """Find by when the escalation that runs is answered; None once it is, or without a time."""
    clock = next((one for one in state.open_clocks if one.kind == CLOCK), None)
    due_at = moment(clock.due_at) if clock else None
    return Owed(due_at, clock.is_promised) if clock and due_at else None


def running_request(case: Case) -> EscalationRequest | None:
    """Find the escalation that runs on a case."""
    return requests_of(case).filter(ended_at=None).first()


def requests_of(case: Case) -> QuerySet[EscalationRequest]:
    """List the escalations of a case, the newest first, with their people."""
    people = ("asked_by", "logged_by", "answered_by", "ended_by", "event")
    found = EscalationRequest.objects.filter(case=case)
    return found.select_related(*people).order_by("-asked_at", "-pk")


def running_requests_of(manager: Person) -> QuerySet[EscalationRequest]:
    """List what runs on open cases of a manager's companies, of those that they may see."""
    found = EscalationRequest.objects.filter(
        ended_at=None,
        case__company__account_manager=manager,
        case__in=visible_cases(manager).filter(OPEN),
    )
    people = ("asked_by", "case__company", "case__owner", "case__tenant")
    return found.select_related(*people).order_by("asked_at", "pk")


@transaction.atomic
def request_escalation(
    *,
    case_id: int,
    situation: str,
    reason: str,
    way: str,
    asked_by: Person,
    by: Person,
    at: datetime,
) -> EscalationRequest:
    """Ask for an escalation: how things stand, and why (DD-25). One runs at a time.

    By the customer on the portal, or logged by the desk for them (mail, phone, account manager).
    An answer is owed by the clock `escalation_answer`; SWAT is brought in by its rule. Locks the
    case. Raises NotAllowed, SituationMissing, ReasonMissing, CaseIsNotOpen, EscalationNotOffered,
    EscalationRuns, NotOfTheCompany.
    """
    _check_asking(by, asked_by, way)
    _check_words(situation, reason)
    timeline = _asking(case_id, asked_by, by)
    case = timeline.case
    reach = reach_of(case, timeline.state(), read_roster(at))
    event = _append(timeline, reach, way=way, by=by, at=at)
    words = request_words(situation, reason)
    write_message(case, event, Message.Kind.CUSTOMER, words, by=asked_by)
    said = {"way": way, "situation": situation.strip(), "reason": reason.strip()}
    made = _keep(event, said, reach, asked_by=asked_by, by=by)
    notify("escalation_requested", reach.people, case=case, event=event, at=at, urgent=True)
    notify("escalation_noted", customer_side(case), case=case, event=event, at=at)
    return made


@transaction.atomic
def answer_escalation(
    *, request_id: int, answer: str, by: Person, at: datetime
) -> EscalationRequest:
    """Answer an escalation; the customer reads it, and it goes on until it is ended.

    Meets the clock. Locks the case. Raises NotAllowed, AnswerMissing, NotFound, EscalationOver,
    EscalationAnswered, CaseIsNotOpen.
    """
    if not by.may("answer_escalation"):
        raise NotAllowed
    if not answer.strip():
        raise AnswerMissing(field="body")
    found, timeline = _running(request_id, by)
    if found.answered_at is not None:
        raise EscalationAnswered
    must_be_open(timeline.case)
    event = _say(timeline, "escalation_answered", answer, by=by, at=at)
    found.state, found.answer = State.ANSWERED, answer.strip()
    found.answered_by, found.answered_at = by, event.occurred_at
    found.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    told = customer_side(timeline.case)
    notify("escalation_answered", told, case=timeline.case, event=event, at=at)
    return found


@transaction.atomic
def end_escalation(*, request_id: int, note: str, by: Person, at: datetime) -> EscalationRequest:
    """End an escalation with a note that both sides read: de-escalate, or the customer is content.

    The SWAT team stays until it is let go. Locks the case. Raises NotAllowed, EndNoteMissing,
    NotFound, EscalationOver.
    """
    if not (by.may("answer_escalation") or by.may("ask_for_escalation")):
        raise NotAllowed
    if not note.strip():
        raise EndNoteMissing(field="note")
    found, timeline = _running(request_id, by)
    event = _say(timeline, "escalation_ended", note, by=by, at=at)
    found.state, found.end_note = State.ENDED, note.strip()
    found.ended_by, found.ended_at = by, event.occurred_at
    found.save(update_fields=["state", "end_note", "ended_by", "ended_at"])
    case = timeline.case
    others = customer_side(case) if not by.is_customer else _concerned(case, found)
    notify("escalation_ended", others, case=case, event=event, at=at)
    return found


def end_with_its_case(timeline: Timeline, by: Person | None, at: datetime) -> CaseEvent | None:
    """End the escalation that runs on a locked case with it; None where none does.

    `by` None is the policy. The entry is not saved yet.
    """
    found = running_request(timeline.case)
    if found is None:
        return None
    cause = CaseEvent.Cause.PERSON if by else CaseEvent.Cause.POLICY
    event = timeline.add("escalation_ended", by=by, at=at, caused_by=cause)
    found.state, found.ended_by, found.ended_at = State.ENDED, by, event.occurred_at
    found.save(update_fields=["state", "ended_by", "ended_at"])
    return event


def request_words(situation: str, reason: str) -> str:
    """Put both fields together as the history of the case tells them."""
    parts = ((_("How things stand:"), situation), (_("Why we ask:"), reason))
    return "\n\n".join(f"{heading}\n{words.strip()}" for heading, words in parts)


def _check_asking(by: Person, asked_by: Person, way: str) -> None:
    if way not in Way.values:
        raise ValueError(f"no such way: {way!r}")
    if by.is_customer:
        if not by.may("ask_for_escalation") or asked_by != by or way != Way.PORTAL:
            raise NotAllowed
    elif not by.may("log_escalation") or way == Way.PORTAL:
        raise NotAllowed
    elif not asked_by.is_customer:
        raise NotOfTheCompany(field="asked_by")


def _check_words(situation: str, reason: str) -> None:
    if not situation.strip():
        raise SituationMissing(field="situation")
    if not reason.strip():
        raise ReasonMissing(field="reason")


def _asking(case_id: int, asked_by: Person, by: Person) -> Timeline:
    """Lock a case on which an escalation may be asked for, and read its timeline."""
    case = lock_case(case_id, by)
    must_be_open(case)
    if asked_by.company_id != case.company_id:
        raise NotOfTheCompany(field="asked_by")
    timeline = load_timeline(case)
    if not timeline.state().policy.escalation.open:
        raise EscalationNotOffered
    if running_request(case) is not None:
        raise EscalationRuns
    return timeline


def _append(timeline: Timeline, reach: Reach, *, way: str, by: Person, at: datetime) -> CaseEvent:
    case = timeline.case
    # Who asks for more than was asked of them waits for us, not we for them.
    take_back([case], by=by, at=at)
    end_waiting(timeline, by=by, at=at)
    case.status = Case.Status.OPEN
    payload = {"way": way, "reach": reach.kept}
    event = timeline.add("escalation_requested", by=by, at=at, payload=payload)
    case.last_public_at = event.occurred_at
    if reach.swat:
        bring_in(timeline, at=at, caused_by=CaseEvent.Cause.POLICY)
    save_timelines([timeline])
    return event


def _keep(
    event: CaseEvent, said: Mapping[str, str], reach: Reach, *, asked_by: Person, by: Person
) -> EscalationRequest:
    """Write the row of an escalation that was asked for with this entry."""
    return EscalationRequest.objects.create(
        tenant_id=event.tenant_id,
        case=event.case,
        event=event,
        asked_by=asked_by,
        logged_by=None if by == asked_by else by,
        asked_at=event.occurred_at,
        is_swat=bool(reach.swat),
        **said,
    )


def _running(request_id: int, by: Person) -> tuple[EscalationRequest, Timeline]:
    """Lock the case of a request that runs, and read both anew. Raises NotFound, EscalationOver."""
    asked = EscalationRequest.objects.filter(pk=request_id).values_list("case_id", flat=True)
    case_id = asked.first()
    if case_id is None:
        raise NotFound
    case = lock_case(case_id, by)
    found = EscalationRequest.objects.select_related("asked_by").get(pk=request_id)
    if found.ended_at is not None:
        raise EscalationOver
    return found, load_timeline(case)


def _say(timeline: Timeline, kind: str, body: str, *, by: Person, at: datetime) -> CaseEvent:
    event = timeline.add(kind, by=by, at=at)
    timeline.case.last_public_at = event.occurred_at
    save_timelines([timeline])
    spoken = Message.Kind.CUSTOMER if by.is_customer else Message.Kind.REPLY
    write_message(timeline.case, event, spoken, body, by=by)
    return event


def _concerned(case: Case, found: EscalationRequest) -> Iterable[int | None]:
    return (*desk_side(case), case.company.account_manager_id, found.answered_by_id)
