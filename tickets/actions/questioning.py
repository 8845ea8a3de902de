"""How a question ends that is not answered: it was not the customer's, or it is taken back."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.actions.conversation import say
from tickets.life_errors import NoQuestionWaits
from tickets.models import Case, CaseQuestion, Message
from tickets.queries import lock_case
from tickets.questions import end_questions
from tickets.timeline import load_timeline


@transaction.atomic
def dispute_question(*, case_id: int, by: Person, body: str = "", at: datetime) -> Case:
    """Say, as the customer, that the case does not wait for them: the desk's clocks run again.

    `body` may say why. Who answers for the case is told. Locks the case. Raises NotAllowed,
    NoQuestionWaits.
    """
    if not by.may("reply_as_customer"):
        raise NotAllowed
    return _end(case_id, "question_disputed", CaseQuestion.State.DISPUTED, body, by=by, at=at)


@transaction.atomic
def withdraw_question(*, case_id: int, by: Person, body: str = "", at: datetime) -> Case:
    """Take back what the customer was asked: the desk's clocks run again, and they are told.

    Locks the case. Raises NotAllowed, NoQuestionWaits.
    """
    if not by.may("ask_customer"):
        raise NotAllowed
    return _end(case_id, "question_withdrawn", CaseQuestion.State.WITHDRAWN, body, by=by, at=at)


def _end(case_id: int, kind: str, state: str, body: str, *, by: Person, at: datetime) -> Case:
    case = lock_case(case_id, by)
    if case.status != Case.Status.WAITING:
        raise NoQuestionWaits
    end_questions(case, state, by=by, at=at)
    case.status = Case.Status.OPEN
    said = Message.Kind.CUSTOMER if by.is_customer else Message.Kind.REPLY
    return say(load_timeline(case), kind, said, by=by, body=body, at=at)
