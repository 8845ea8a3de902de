"""The questions that a case waits for: asked, looked up, ended. Rows only; actions say the rest."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.models import Person
from sla.engine.policy import Policy
from tickets.life_errors import AsksForSecret
from tickets.models import Case, CaseEvent, CaseQuestion, QuestionItem

State = CaseQuestion.State

# What nobody is to send by a case, whatever the reason (DD-34).
_SECRETS = re.compile(
    r"\b(pass(?:word|wort|phrase|code)s?|passwörter\w*|kennw[oö]rt\w*|pins?|puks?|tans?|cvv"
    r"|(?:secret|private|api|geheime[rn]?|private[rn]?) (?:keys?|schlüssel)|(?:access|auth) tokens?"
    r"|credentials|zugangsdaten)\b",
    re.IGNORECASE,
)
# Talk about such a thing that does not ask for it.
_HARMLESS = re.compile(
    r"\b(never|not|no|without|don't|do not|nie|niemals|nicht|kein\w*|ohne|reset\w*|polic\w+"
    r"|expir\w+|prompt\w*|page|dialog\w*|field|zurücksetz\w*|abgelaufen\w*)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+")


def open_questions(case: Case) -> list[CaseQuestion]:
    """List the questions that a case waits for, the oldest first, with their lines."""
    found = CaseQuestion.objects.filter(case=case, state=State.OPEN)
    return list(found.select_related("asked_by").prefetch_related("items").order_by("pk"))


def checklist(policy: Policy, case: Case) -> tuple[str, ...]:
    """List what the policy knows to ask for on such a case, by its type and in any case (DD-34)."""
    case_type = policy.case_type(case.case_type)
    of_type = case_type.checklist if case_type else ()
    return tuple(dict.fromkeys((*of_type, *policy.waiting.checklist)))


def refuse_secrets(texts: Iterable[str], *, field: str = "body") -> None:
    """Refuse words that ask for a password, a PIN or a key (DD-34). Raises AsksForSecret.

    A sentence that says "never" or "not", or is about a reset or a page, asks for none.
    """
    for text in texts:
        for sentence in _SENTENCE.findall(text):
            found = _SECRETS.search(sentence)
            if found and not _HARMLESS.search(sentence):
                raise AsksForSecret(field=field, word=found.group(0))


def write_question(event: CaseEvent, *, items: Sequence[str], why: str, by: Person) -> CaseQuestion:
    """Keep what an entry asks for, once the entry is saved."""
    question = CaseQuestion.objects.create(
        tenant_id=event.tenant_id,
        case=event.case,
        event=event,
        why=why.strip(),
        asked_by=by,
        asked_at=event.occurred_at,
    )
    QuestionItem.objects.bulk_create(
        QuestionItem(
            tenant_id=event.tenant_id, question=question, position=position, words=words.strip()
        )
        for position, words in enumerate(items)
        if words.strip()
    )
    return question


def end_questions(case: Case, state: str, *, by: Person | None, at: datetime) -> int:
    """End every question that a locked case waits for; gives how many there were."""
    waiting = CaseQuestion.objects.filter(case=case, state=State.OPEN)
    return waiting.update(state=state, ended_by=by, ended_at=at)


def take_back(cases: Sequence[Case], *, by: Person, at: datetime) -> None:
    """Take back the questions of cases that end otherwise than by an answer."""
    for case in cases:
        if case.status == Case.Status.WAITING:
            end_questions(case, State.WITHDRAWN, by=by, at=at)
