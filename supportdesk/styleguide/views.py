"""The living page of the design: every part in every state, drawn by what the pages use."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from supportdesk.styleguide import forms, tokens

# Which symbols pages use; others of lucide may join them.
SYMBOLS = (
    "alert", "arrow", "back", "book-open", "calendar", "check", "chevron-down", "clock", "copy",
    "dash", "download", "file-text", "info", "late", "lock", "mail", "paperclip", "pause", "pencil",
    "person", "phone", "plus", "question", "reply", "search", "settings", "star", "trash-2", "up",
    "users", "x",
)  # fmt: skip
GROUNDS = ("ground", "paper", "sunken")
STATES = ("good", "warn", "bad", "calm", "inside", "accent")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    shown = {
        "grounds": GROUNDS,
        "states": STATES,
        "text_pairs": tokens.pairs(tokens.TEXT_PAIRS),
        "shape_pairs": tokens.pairs(tokens.SHAPE_PAIRS),
        "sizes": tokens.lengths("text-"),
        "spaces": [space for space in tokens.lengths("s") if space.name[1:].isdigit()],
        "symbols": SYMBOLS,
        "empty": forms.empty(),
        "wrong": forms.wrong(),
    }
    return render(request, "styleguide/page.html", shown)
