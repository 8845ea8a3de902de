"""While a case is being filed: articles that may solve it. They never stand in the way."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.actions import note_solved
from portal.filing.draft import Filing, read_filing
from portal.page import customer_page, show
from portal.suggesting import suggested
from tickets.actions.attaching import FILING, drop_uploads
from tickets.drafts import discard_draft, draft_of

LONGEST_KEY = 9


@customer_page
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Give the part of the page below the subject, as it is typed. Keeps nothing."""
    subject = request.GET.get("subject", "")
    found = suggested(request.user, subject, _filing(request, request.GET.get("product", "")))
    shown = {"articles": found, "subject": subject, "opens_beside": True}
    return show(request, "portal/knowledge/_suggestions.html", shown)


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def solved(request: HttpRequest) -> HttpResponse:
    """End the draft: an article has solved what was to be reported. It is counted (DD-15)."""
    chosen = request.POST.get("article", "")
    if request.method != "POST" or not _is_key(chosen):
        return redirect("portal:file")
    filing = _filing(request, request.POST.get("product", ""))
    note_solved(
        article_id=int(chosen),
        subject=request.POST.get("subject", "") or filing.answers.get("subject", ""),
        product=filing.product,
        by=request.user,
        at=request.at,
    )
    discard_draft(by=request.user)
    drop_uploads(draft=FILING, case=None, by=request.user)
    messages.success(
        request, _("Good that it is solved. Nothing was sent, and no case was opened.")
    )
    return redirect("portal:help_article", int(chosen))


def _filing(request: HttpRequest, product: str) -> Filing:
    """Read the draft as it would be with the product that is chosen on the page."""
    draft = draft_of(request.user)
    filing = read_filing(by=request.user, answers=draft.answers if draft else {}, at=request.at)
    return replace(filing, answers={**filing.answers, "product": product}) if product else filing


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
