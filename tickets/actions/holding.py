"""Answers that are about to be sent, and can be taken back until they are.

Pressed is when an answer counts, sent is seconds later. It is sent by whoever comes by (beat's
task or the loop of `manage.py tick`), once: the row is claimed by its lock. What cannot be sent any
more becomes a draft again, and its writer is told why.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts.errors import DomainError, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from outbox.actions import Queued, queue_messages
from outbox.clock import real_now
from sla.engine.errors import EngineError
from sla.explain import engine_error_text
from tickets.actions.conversation import ask_customer, reply_to_case
from tickets.actions.ending import resolve_case
from tickets.models import Case, CaseEvent
from tickets.queries import lock_case
from tickets.teamwork import put_back
from tickets.teamwork_errors import AnsweredMeanwhile, AnswerWaits, TooLateToUndo
from tickets.teamwork_models import HeldAnswer

State = HeldAnswer.State
WHY_LENGTH = HeldAnswer._meta.get_field("why").max_length

Words = Mapping[str, Any]

# What can be held, and what sends it: each takes `occurred_at`.
SENDERS: Mapping[str, Callable[..., Case]] = {
    "reply": reply_to_case,
    "ask": ask_customer,
    "solve": resolve_case,
}


@transaction.atomic
def hold_answer(
    *,
    case_id: int,
    act: str,
    typed: Words,
    words: Words,
    seen: int,
    by: Person,
    at: datetime,
) -> HeldAnswer:
    """Hold an answer for UNDO_SEND_SECONDS of real time before it is sent.

    `words` are what its sender takes, `typed` is the form as it was filled in; both are values of
    JSON. `seen` is the last entry that its writer has seen. Pressed twice, the same is held once.
    It is tried before, so that whatever the sender refuses is refused now. Locks the case. Raises
    what its sender raises, AnswerWaits.
    """
    _try(act, case_id, words, by=by, at=at)
    case = lock_case(case_id, by)
    answers = {"typed": dict(typed), "words": dict(words)}
    waiting = HeldAnswer.objects.filter(case=case, person=by, state=State.HELD).first()
    if waiting is None:
        return HeldAnswer.objects.create(
            tenant_id=current_tenant_id(),
            case=case,
            person=by,
            act=act,
            answers=answers,
            seen_seq=seen,
            pressed_at=at,
            send_at=real_now() + timedelta(seconds=settings.UNDO_SEND_SECONDS),
        )
    if (waiting.act, waiting.answers) != (act, answers):
        raise AnswerWaits
    return waiting


@transaction.atomic
def take_back(*, held_id: int, by: Person, at: datetime) -> HeldAnswer:
    """Take back what has not been sent yet: it becomes a draft. Locks the held answer.

    Waits for whoever is sending it. Raises NotFound where it is not theirs, TooLateToUndo.
    """
    held = _locked(held_id).filter(person=by).select_related("case").first()
    if held is None:
        raise NotFound
    if held.state == State.SENT:
        raise TooLateToUndo
    if held.state == State.HELD:
        put_back(case=held.case, act=held.act, by=by, answers=held.answers["typed"], at=at)
        _end(held, State.TAKEN_BACK)
    return held


@transaction.atomic
def send_held(*, held_id: int, at: datetime) -> str:
    """Send a held answer of the entered tenant, and give what became of it.

    Nothing ("") where it is not held any more, or in other hands. It counts from when its button
    was pressed. Refused, it is a draft again. Locks the held answer and the case.
    """
    held = _locked(held_id, skip_locked=True).filter(state=State.HELD).first()
    if held is None:
        return ""
    try:
        with transaction.atomic():
            _send(held, at)
    except (DomainError, EngineError) as error:
        why = engine_error_text(error) if isinstance(error, EngineError) else str(error)
        return _refused(held, why, at)
    _end(held, State.SENT)
    return held.state


@transaction.atomic
def give_up(*, held_id: int, why: str, at: datetime) -> str:
    """Make a draft of an answer that cannot be sent for a reason that nobody foresaw."""
    held = _locked(held_id, skip_locked=True).filter(state=State.HELD).first()
    return _refused(held, why, at) if held is not None else ""


@transaction.atomic
def set_aside(*, held_id: int, why: str) -> None:
    """Refuse an answer of which not even a draft could be made; its words stay in its row."""
    held = _locked(held_id, skip_locked=True).filter(state=State.HELD)
    held.update(state=State.REFUSED, why=why[:WHY_LENGTH])


def _try(act: str, case_id: int, words: Words, *, by: Person, at: datetime) -> None:
    """Send, and undo it: only a refusal stays. The locks that it took first are released too."""
    savepoint = transaction.savepoint()
    try:
        SENDERS[act](case_id=case_id, by=by, at=at, **words)
    finally:
        transaction.savepoint_rollback(savepoint)


def _send(held: HeldAnswer, at: datetime) -> None:
    writer, case_id = held.person, held.case_id
    _refuse_news(held)
    said = CaseEvent.objects.filter(case=case_id).exclude(caused_by=CaseEvent.Cause.POLICY)
    last = said.aggregate(last=Max("occurred_at"))["last"]
    # The writer may have done something else in between; nothing comes before that.
    pressed = max(held.pressed_at, last) if last else held.pressed_at
    SENDERS[held.act](
        case_id=case_id,
        by=writer,
        at=at,
        occurred_at=pressed if pressed <= at else None,
        **held.answers["words"],
    )
    # Now that the case is locked nothing can come any more.
    _refuse_news(held)


def _refuse_news(held: HeldAnswer) -> None:
    """Refuse an answer to what its writer has not read; what the policy did is no news."""
    later = CaseEvent.objects.filter(case=held.case_id, seq__gt=held.seen_seq)
    said = later.exclude(caused_by=CaseEvent.Cause.POLICY)
    if said.exclude(by=held.person_id).exists():
        raise AnsweredMeanwhile


def _refused(held: HeldAnswer, why: str, at: datetime) -> str:
    typed = held.answers["typed"]
    put_back(case=held.case, act=held.act, by=held.person, answers=typed, at=at)
    _end(held, State.REFUSED, why)
    queue_messages(
        messages=[
            Queued(
                kind="answer_refused",
                recipient_id=held.person_id,
                refs={"case": held.case_id, "held": held.pk},
                dedupe_key=f"answer_refused:{held.pk}",
                urgent=True,
            )
        ],
        at=at,
    )
    return held.state


def _end(held: HeldAnswer, state: str, why: str = "") -> None:
    # The words stand on the case now, or in a draft.
    held.state, held.why, held.answers = state, why[:WHY_LENGTH], {}
    held.save(update_fields=["state", "why", "answers"])


def _locked(held_id: int, *, skip_locked: bool = False) -> Any:
    rows = HeldAnswer.objects.select_for_update(of=("self",), skip_locked=skip_locked)
    return rows.filter(pk=held_id)
