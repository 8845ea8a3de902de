"""How an answer leaves the case page: at once, or held back for some seconds so as to be undone."""

from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import Person
from desk.forms import ActForm
from desk.scene import Scene
from desk.together import DRAFTED, typed_into
from tickets.actions.holding import SENDERS, hold_answer
from tickets.canned import refuse_left
from tickets.held_answers import others_sending
from tickets.models import Case
from tickets.teamwork import LONGEST_DRAFT, keep_act_draft
from tickets.teamwork_errors import SomebodyIsSending

# Said by the panel at the top of the page, which has the button to undo it.
ABOUT_TO_BE_SENT = ""


def sent_at_once(scene: Scene, form: ActForm, **words: Any) -> bool:
    """Send an answer, or hold it back where it can be undone; tell whether it was sent.

    `words` are what the sender of the act takes. Raises what it raises, AnswerWaits.
    """
    act, by, at = form.prefix, scene.by, scene.at
    if not settings.UNDO_SEND_SECONDS:
        SENDERS[act](case_id=scene.case.pk, by=by, at=at, **words)
        return True
    hold_answer(
        case_id=scene.case.pk,
        act=act,
        typed=typed_into(form),
        words=words,
        seen=scene.case.last_seq,
        by=by,
        at=at,
    )
    return False


def refuse_beside_others(act: str, scene: Scene) -> None:
    """Refuse to answer while an answer of somebody else is about to be sent.

    Raises SomebodyIsSending.
    """
    names = others_sending(scene.by, scene.case) if act in SENDERS else []
    if names:
        raise SomebodyIsSending(name=", ".join(names))


def refuse_placeholders(form: ActForm) -> None:
    """Refuse to send to the customer what still has a placeholder. Raises PlaceholderLeft."""
    if form.prefix not in SENDERS:
        return
    for name in ("body", "own", "why"):
        refuse_left(form.cleaned_data.get(name) or "", field=name)


def keep_typed(form: ActForm, act: str, *, case: Case, by: Person, at: datetime) -> None:
    """Keep what was typed into a form that is shown again, unless it is longer than a draft."""
    typed = typed_into(form)
    is_kept = act in DRAFTED and sum(len(str(value)) for value in typed.values()) <= LONGEST_DRAFT
    if is_kept:
        keep_act_draft(case=case, act=act, by=by, answers=typed, at=at)
