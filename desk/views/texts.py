"""The pages of texts for reuse and macros: those of one's own, and those of everybody."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotAllowed
from desk.page import NOT_ACCEPTED, desk_page, refusals_into, show
from desk.teamwork_forms import CannedForm, MacroForm, SharedForm, steps_to_fill
from sla.queries import current_policy
from tickets.canned import (
    PLACEHOLDERS,
    access_canned,
    canned_for,
    delete_canned,
    may_change,
    save_canned,
)
from tickets.macros import access_macro, delete_macro, macros_for, save_macro


@require_safe
@desk_page
def texts(request: HttpRequest) -> HttpResponse:
    mine = {
        "texts": [
            (one, may_change(request.user, one.owner_id)) for one in canned_for(request.user)
        ],
        "macros": [
            (one, may_change(request.user, one.owner_id)) for one in macros_for(request.user)
        ],
        "here": "texts",
    }
    return show(request, "desk/teamwork/list.html", mine)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def canned(request: HttpRequest, canned_id: int | None = None) -> HttpResponse:
    found = access_canned(request.user, canned_id) if canned_id else None
    if found is not None and not may_change(request.user, found.owner_id):
        raise NotAllowed
    if request.method == "POST" and "delete" in request.POST and found is not None:
        delete_canned(canned_id=found.pk, by=request.user)
        return _done(request, _("Deleted: “%(title)s”.") % {"title": found.title})
    initial = _canned_values(found) if found else {}
    form = CannedForm(_sent(request), person=request.user, initial=initial)

    def save() -> str:
        data = form.cleaned_data
        saved = save_canned(
            canned_id=canned_id,
            title=data["title"],
            body=data["body"],
            is_shared=form.is_shared,
            by=request.user,
            at=request.at,
        )
        return saved.title

    shown = {"form": form, "canned": found, "placeholders": PLACEHOLDERS.items(), "here": "texts"}
    return _saved(request, form, save) or _page(request, "desk/teamwork/canned.html", form, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def macro(request: HttpRequest, macro_id: int | None = None) -> HttpResponse:
    found = access_macro(request.user, macro_id) if macro_id else None
    if found is not None and not may_change(request.user, found.owner_id):
        raise NotAllowed
    if request.method == "POST" and "delete" in request.POST and found is not None:
        delete_macro(macro_id=found.pk, by=request.user)
        return _done(request, _("Deleted: “%(title)s”.") % {"title": found.title})
    policy = current_policy(request.at).policy
    initial = steps_to_fill(found) if found else {}
    form = MacroForm(_sent(request), person=request.user, policy=policy, initial=initial)

    def save() -> str:
        saved = save_macro(
            macro_id=macro_id,
            title=form.cleaned_data["title"],
            steps=form.steps(),
            is_shared=form.is_shared,
            by=request.user,
            at=request.at,
        )
        return saved.title

    shown = {"form": form, "macro": found, "placeholders": PLACEHOLDERS.items(), "here": "texts"}
    return _saved(request, form, save) or _page(
        request, "desk/teamwork/edit_macro.html", form, shown
    )


def _canned_values(found: object) -> dict[str, object]:
    return {"title": found.title, "body": found.body, "is_shared": found.owner_id is None}


def _sent(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _saved(request: HttpRequest, form: SharedForm, save: Callable[[], str]) -> HttpResponse | None:
    if request.method == "POST" and form.is_valid():
        with refusals_into(form):
            return _done(request, _("Saved: “%(title)s”.") % {"title": save()})
    return None


def _done(request: HttpRequest, told: str) -> HttpResponse:
    messages.success(request, told)
    return redirect("desk:texts")


def _page(
    request: HttpRequest, template: str, form: SharedForm, shown: dict[str, object]
) -> HttpResponse:
    return show(request, template, shown, status=NOT_ACCEPTED if form.is_bound else 200)
