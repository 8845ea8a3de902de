"""A case for somebody who calls: find the company, say who calls about what, open the case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotAllowed
from accounts.models import Company
from accounts.queries import access_company
from desk.caller_forms import CaseForm
from desk.calling import open_once, opened_with
from desk.finding import find_companies, open_cases_of
from desk.joining import JoinForm
from desk.page import NOT_ACCEPTED, NOT_SENT, UNSENT, desk_page, refusals_into, show
from desk.scene import Scene
from desk.who_calls import CallerForm
from tickets.actions.calls import join_call
from tickets.models import Case
from tickets.queries import access_case
from tickets.uploading import take
from tickets.wording import next_promise, promise_text


@require_safe
@desk_page
def find(request: HttpRequest) -> HttpResponse:
    _check_role(request)
    text = request.GET.get("q", "")
    companies = find_companies(request.user, text)
    return show(
        request,
        "desk/caller/find.html",
        {
            "q": text,
            "companies": companies,
            "here": "new",
            "may_log": request.user.may("log_call"),
        },
    )


@require_safe
@desk_page
def caller(request: HttpRequest, company_id: int) -> HttpResponse:
    _check_role(request)
    company = access_company(request.user, company_id)
    form = _caller_form(request, company, sent=None)
    filed = open_cases_of(request.user, [company]).get(company.pk, [])
    may_log = request.user.may("log_call")
    shown = {"form": form, "company": company, "filed": filed, "may_log": may_log}
    return show(request, "desk/caller/caller.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def join(request: HttpRequest, number: int) -> HttpResponse:
    scene = Scene(access_case(request.user, number), request.user, request.at)
    if not request.user.may("log_call"):
        raise NotAllowed
    form = JoinForm(request.POST if request.method == "POST" else None, scene=scene)
    if form.is_bound and form.is_valid():
        with refusals_into(form):
            if not form.is_done():
                join_call(case_id=scene.case.pk, by=scene.by, at=scene.at, **form.said())
            messages.success(request, _("The call is logged on the case; no other was opened."))
            return redirect("desk:case", number)
    context = {"form": form, "scene": scene, "case": scene.case}
    status = NOT_ACCEPTED if form.errors else 200
    return show(request, "desk/caller/join.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def case(request: HttpRequest, company_id: int) -> HttpResponse:
    _check_role(request)
    company = access_company(request.user, company_id)
    # What was typed already stays on its own form, which refuses by itself.
    is_typed = request.method == "POST"
    token = request.POST.get("token", "") if is_typed else request.GET.get("visit", "")
    if (number := opened_with(request.user, token)) is not None:
        messages.info(request, _("This case is open already; it was not opened a second time."))
        return redirect("desk:filed", number)
    if not is_typed and UNSENT in request.GET:
        messages.warning(request, NOT_SENT)
    caller_form = _caller_form(request, company, sent=request.GET)
    if not caller_form.is_valid() or (not is_typed and caller_form.is_refused()):
        context = {"form": caller_form, "company": company}
        return show(request, "desk/caller/caller.html", context, status=NOT_ACCEPTED)
    call = caller_form.call()
    form = CaseForm(request.POST if is_typed else None, call=call, token=token)
    if is_typed:
        take(form, request)
    opened = _open(form) if form.is_bound and form.is_valid() else None
    if opened is not None:
        return redirect("desk:filed", opened.number)
    context = {"form": form, "call": call, "company": company}
    return show(
        request, "desk/caller/case.html", context, status=NOT_ACCEPTED if form.errors else 200
    )


@require_safe
@desk_page
def filed(request: HttpRequest, number: int) -> HttpResponse:
    scene = Scene(access_case(request.user, number), request.user, request.at)
    owed = next_promise(scene.state)
    promise = promise_text(owed.settled.promise, scene.case.time_zone) if owed else ""
    context = {"scene": scene, "case": scene.case, "promise": promise, "owed": owed}
    return show(request, "desk/caller/filed.html", context)


def _open(form: CaseForm) -> Case | None:
    named = ("subject", "body", "availability", "let_through")
    words = {name: form.cleaned_data.get(name, "") for name in named}
    words["lets"] = form.cleaned_data.get("lets", [])
    words["transferred_to"] = form.cleaned_data.get("transferred_to")
    with refusals_into(form):
        wish = form.wish()
        if form.is_told(wish):
            return open_once(form.call, token=form.cleaned_data["token"], wish=wish, **words)
    return None


def _check_role(request: HttpRequest) -> None:
    if not request.user.may("open_for_caller"):
        raise NotAllowed


def _caller_form(request: HttpRequest, company: Company, *, sent: object) -> CallerForm:
    initial = {name: value for name, value in request.GET.items()}
    return CallerForm(sent, company=company, by=request.user, at=request.at, initial=initial)
