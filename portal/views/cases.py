"""The customer's cases: lists, one case, and what can be done on it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import reading
from portal.forms import ReopenForm, ReplyForm, SolvedForm
from portal.page import NOT_ACCEPTED, customer_page, refusals_into, show
from tickets.actions.conversation import reply_as_customer
from tickets.actions.ending import close_case, reopen_case
from tickets.models import Case
from tickets.queries import access_case


@customer_page
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    view = request.GET.get("view", "open")
    scope = request.GET.get("scope", reading.MINE)
    before = request.GET.get("before", "")
    if view not in reading.FILTERS or scope not in (reading.MINE, reading.COMPANY):
        raise Http404
    cases = reading.case_list(
        request.user,
        scope=scope,
        view=view,
        before=int(before) if before.isdecimal() and len(before) < 10 else None,
        at=request.at,
    )
    shown = {"cases": cases, "view": view, "scope": scope, "views": reading.FILTER_NAMES}
    return show(request, "portal/case_list.html", shown)


@customer_page
@require_safe
def case(request: HttpRequest, number: int) -> HttpResponse:
    return _case_page(request, access_case(request.user, number))


@customer_page
@require_safe
def why(request: HttpRequest, number: int, key: str) -> HttpResponse:
    found = access_case(request.user, number)
    promised = reading.promised_on(found, request.user, key, request.at)
    shown = {"case": found, "receipt": promised.receipt, "zone": found.time_zone}
    return show(request, "portal/why.html", shown)


@customer_page
@require_safe
def filed(request: HttpRequest, number: int) -> HttpResponse:
    found = access_case(request.user, number)
    page = reading.case_page(found, request.user, request.at)
    return show(request, "portal/filed.html", {"page": page, "case": found, "zone": page.zone})


@customer_page
def reply(request: HttpRequest, number: int) -> HttpResponse:
    found = access_case(request.user, number)
    if request.method != "POST":
        return redirect("portal:case", number)
    form = ReplyForm(request.POST)
    if form.is_valid():
        with refusals_into(form):
            body = form.cleaned_data["body"]
            reply_as_customer(case_id=found.pk, by=request.user, body=body, at=request.at)
            messages.success(request, _("Your message is with support."))
            return redirect("portal:case", number)
    return _case_page(request, found, form=form, reply_form=form)


@customer_page
def close(request: HttpRequest, number: int) -> HttpResponse:
    found = access_case(request.user, number)
    if request.method != "POST":
        return redirect("portal:case", number)
    form = SolvedForm(request.POST)
    if form.is_valid():
        with refusals_into(form):
            body = form.cleaned_data["body"]
            close_case(case_id=found.pk, by=request.user, body=body, at=request.at)
            messages.success(request, _("The case is closed. Thank you for telling us."))
            return redirect("portal:case", number)
    return _case_page(request, found, form=form)


@customer_page
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    found = access_case(request.user, number)
    if request.method != "POST":
        return redirect("portal:case", number)
    form = ReopenForm(request.POST)
    if form.is_valid():
        with refusals_into(form):
            body = form.cleaned_data["reason"]
            reopen_case(case_id=found.pk, by=request.user, body=body, at=request.at)
            messages.success(request, _("The case is open again, and with support."))
            return redirect("portal:case", number)
    return _case_page(request, found, form=form, reopen_form=form)


def _case_page(
    request: HttpRequest,
    case: Case,
    *,
    form: object = None,
    reply_form: ReplyForm | None = None,
    reopen_form: ReopenForm | None = None,
) -> HttpResponse:
    """Show a case; `form` is the one that was not accepted, with what was typed into it.

    The case may have moved on meanwhile: what was typed then stands in the box that is there now.
    """
    typed = request.POST.get("body") or request.POST.get("reason", "")
    page = reading.case_page(case, request.user, request.at)
    shown = {
        "page": page,
        "case": case,
        "zone": page.zone,
        "form": form,
        "reply_form": reply_form or ReplyForm(initial={"body": typed}),
        "reopen_form": reopen_form or ReopenForm(initial={"reason": typed}),
    }
    return show(request, "portal/case.html", shown, status=NOT_ACCEPTED if form else None)
