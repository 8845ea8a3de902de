"""What a customer still writes on a case that has ended: the draft of a new one (SC-18)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from portal.page import show
from tickets.actions.attaching import carry_over
from tickets.actions.following import is_followed
from tickets.drafts import discard_draft, draft_of, keep_draft
from tickets.errors import CaseIsClosed, ReopenWindowOver
from tickets.models import Case, CaseDraft
from tickets.reading import case_state
from tickets.reopening import reopen_until

# What is refused because it comes too late, perhaps for good.
TOO_LATE = (CaseIsClosed, ReopenWindowOver)


def goes_on_anew(request: HttpRequest, case: Case, words: str, error: DomainError) -> bool:
    """Tell whether words that came too late are to become the draft of a new case."""
    if not words.strip() or not is_followed(case):
        return False
    until = reopen_until(case, case_state(case).policy)
    return isinstance(error, ReopenWindowOver) or (until is not None and request.at >= until)


def go_on_anew(request: HttpRequest, case: Case, words: str, error: DomainError) -> HttpResponse:
    """Make a draft of what came too late, and show it with what a new case costs."""
    told = _("What you wrote is in the draft of a new case. Nothing is sent or charged yet.")
    messages.warning(request, f"{error} {told}")
    return begin_follow_up(request, case, words)


def begin_follow_up(
    request: HttpRequest, case: Case, words: str, decision: str = ""
) -> HttpResponse:
    """Begin the draft of a new case about one that has ended, with `words` as its description.

    The files that lie in the box of the answer go along.
    `decision` says what becomes of a draft that is there already: keep or replace; "" asks.
    """
    draft = draft_of(request.user)
    if draft is not None and not decision and _is_in_the_way(draft, case, words):
        shown = {"case": case, "words": words, "subject": draft.answers.get("subject", "")}
        return show(request, "portal/file/draft_there.html", shown)
    if decision == "keep":
        return redirect("portal:file")
    if decision == "replace":
        discard_draft(by=request.user)
    carry_over(case=case, by=request.user)
    keep_draft(by=request.user, answers=_answers(request, case, words), at=request.at)
    return redirect("portal:file")


def _is_in_the_way(draft: CaseDraft, case: Case, words: str) -> bool:
    """Tell whether a draft is about something else, or says otherwise what is said now."""
    said = {name: text for name, text in draft.answers.items() if text}
    if said.get("origin") != str(case.number):
        return bool(said)
    return bool(words) and said.get("body", words) != words


def _answers(request: HttpRequest, case: Case, words: str) -> dict[str, str]:
    """Begin a draft about a closed case; what has been typed into one already stays."""
    draft = draft_of(request.user)
    typed = {name for name, text in (draft.answers if draft else {}).items() if text}
    known = {
        "subject": case.subject,
        "product": case.product.code if case.product else "",
        "case_type": case.case_type,
        "environment": case.environment,
        "affected": case.affected,
        "body": words,
    }
    kept = {name: text for name, text in known.items() if text and name not in typed}
    return {"origin": str(case.number), **kept}
