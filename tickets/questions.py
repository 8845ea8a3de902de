"""The questions that a case waits for: asked, looked up, ended. Rows only; actions say the rest."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.models import Person
from sla.engine.policy import Policy
from tickets.life_errors import AsksForSecret
from tickets.models import Case, CaseEvent, CaseQuestion, QuestionItem

State = CaseQuestion.State

# What nobody is to send by a case, whatever the reason (DD-34); what is only named after it
# ("password prompt") is none.
_SECRET = re.compile(
    r"\b(?:pass(?:word|wort|phrase|code)s?|passwörter\w*|kennw[oö]rt\w*|pins?|puks?|tans?|cvv"
    r"|(?:secret|private|api|geheime[rn]?|private[rn]?)[ -](?:keys?|schlüssel)"
    r"|(?:access|auth) tokens?|credentials|zugangsdaten)\b"
    r"(?![ -](?:reset|polic|prompt|page|dialog|field|form|screen|manager|rule|length|richtlinie"
    r"|abfrage|feld|seite|eingabe))",
    re.IGNORECASE,
)
# What makes a sentence ask for it.
_REQUEST = re.compile(
    r"\b(?:send(?:ing)?|tell(?:ing)?|giv(?:e|ing)|provid(?:e|ing)|shar(?:e|ing)|let (?:us|me)"
    r"|what(?:’s|'s| is| are| was)|which is|we (?:also |still )?(?:need|require|want)"
    r"|(?:mit|zu)?(?:schick|send)(?:e|en|et|t)|nenn(?:e|en|t)|(?:an|durch|weiter)?(?:geb|gib)\w*"
    r"|(?:mit)?teil(?:e|en|t)|verrat\w*|wie laute[tn]|was ist|brauchen|benötigen)\b",
    re.IGNORECASE,
)
# A secret and hardly anything else: "And your password, please".
_BARE = re.compile(
    r"^\W*(?:and |und |bitte |please )?(?:(?:your|the|ihre?n?|das|die|den)\b.{0,20})?$"
    r"|^\W*(?:please|bitte)?\W*$",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:never|not|no|none|without|nie|niemals|nicht|kein\w*|ohne)\b|n[’']t\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^.!?;\n]+")


def open_questions(case: Case) -> list[CaseQuestion]:
    """List the questions that a case waits for, the oldest first, with their lines."""
    found = CaseQuestion.objects.filter(case=case, state=State.OPEN)
    return list(found.select_related("asked_by").prefetch_related("items").order_by("pk"))


def checklist(policy: Policy, case: Case) -> tuple[str, ...]:
    """List what the policy knows to ask for on such a case, by its type and in any case (DD-34)."""
    case_type = policy.case_type(case.case_type)
    of_type = case_type.checklist if case_type else ()
    return tuple(dict.fromkeys((*of_type, *policy.waiting.checklist)))


def refuse_secrets(texts: Iterable[str], *, field: str = "body", is_list: bool = False) -> None:
    """Refuse words that ask for a password, a PIN or a key (DD-34). Raises AsksForSecret.

    `is_list` as in `secret_in`.
    """
    word = secret_in(texts, is_list=is_list)
    if word:
        raise AsksForSecret(field=field, word=word)


def secret_in(texts: Iterable[str], *, is_list: bool = False) -> str:
    """Find the secret that words ask for, "" where they ask for none; English and German.

    A sentence asks for one when it holds a request, a secret and no negation. A line of a list of
    what is needed (`is_list`) is a request by being there.
    """
    sentences = (sentence for text in texts for sentence in _SENTENCE.findall(text))
    return next((found for one in sentences if (found := _asked(one, is_list))), "")


def _asked(sentence: str, is_list: bool) -> str:
    found = _SECRET.search(sentence)
    if found is None or _NEGATION.search(sentence):
        return ""
    around = sentence[: found.start()], sentence[found.end() :]
    is_bare = all(_BARE.search(part) for part in around)
    return found.group(0) if is_list or is_bare or _REQUEST.search(sentence) else ""


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
