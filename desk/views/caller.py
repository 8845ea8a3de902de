"""A case for somebody who calls: find the company, say who calls about what, open the case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotAllowed
from accounts.models import Company
from accounts.queries import access_company
from desk.caller_forms import CallerForm, CaseForm
from desk.calling import find_companies, open_once
from desk.page import NOT_ACCEPTED, desk_page, refusals_into, show
from desk.scene import Scene
from tickets.queries import access_case
from tickets.wording import next_promise, promise_text


@require_safe
@desk_page
def find(request: HttpRequest) -> HttpResponse:
    _check_role(request)
    text = request.GET.get("q", "")
    companies = find_companies(request.user, text)
    return show(
        request, "desk/caller/find.html", {"q": text, "companies": companies, "here": "new"}
    )


@require_safe
@desk_page
def caller(request: HttpRequest, company_id: int) -> HttpResponse:
    _check_role(request)
    company = access_company(request.user, company_id)
    form = _caller_form(request, company, sent=None)
    return show(request, "desk/caller/caller.html", {"form": form, "company": company})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def case(request: HttpRequest, company_id: int) -> HttpResponse:
    _check_role(request)
    company = access_company(request.user, company_id)
    caller_form = _caller_form(request, company, sent=request.GET)
    # What was typed already stays on its own form, which refuses by itself.
    is_typed = request.method == "POST"
    if not caller_form.is_valid() or (not is_typed and caller_form.is_refused()):
        context = {"form": caller_form, "company": company}
        return show(request, "desk/caller/caller.html", context, status=NOT_ACCEPTED)
    call = caller_form.call()
    form = CaseForm(request.POST if is_typed else None, call=call)
    if form.is_bound and form.is_valid():
        texts = ("subject", "body", "availability")
        words = {name: form.cleaned_data.get(name, "") for name in texts}
        with refusals_into(form):
            opened = open_once(call, token=form.cleaned_data["token"], wish=form.wish(), **words)
            return redirect("desk:filed", opened.number)
    context = {"form": form, "call": call, "company": company}
    return show(
        request, "desk/caller/case.html", context, status=NOT_ACCEPTED if form.is_bound else 200
    )


@require_safe
@desk_page
def filed(request: HttpRequest, number: int) -> HttpResponse:
    scene = Scene(access_case(request.user, number), request.user, request.at)
    owed = next_promise(scene.state)
    promise = promise_text(owed.settled.promise, scene.case.time_zone) if owed else ""
    context = {"scene": scene, "case": scene.case, "promise": promise, "owed": owed}
    return show(request, "desk/caller/filed.html", context)


def _check_role(request: HttpRequest) -> None:
    if not request.user.may("open_for_caller"):
        raise NotAllowed


def _caller_form(request: HttpRequest, company: Company, *, sent: object) -> CallerForm:
    initial = {name: value for name, value in request.GET.items()}
    return CallerForm(sent, company=company, by=request.user, at=request.at, initial=initial)
