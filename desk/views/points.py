"""A company's points at the desk: everybody there reads them, who sells records purchases."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotAllowed, NotFound
from accounts.models import Company
from accounts.once import do_once
from accounts.queries import access_company
from desk.page import NOT_ACCEPTED, desk_page, refusals_into, show
from entitlements.models import EntitlementRequest
from entitlements.points_admin import company_shown, policy_now, sell_form, sold, statement_file
from entitlements.points_forms import SellForm
from entitlements.request_forms import DeclineForm, PackForm
from entitlements.request_words import code_names, request_text
from entitlements.requests import decline_request, grant_request


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def points(request: HttpRequest, company_id: int) -> HttpResponse:
    company, policy = access_company(request.user, company_id), policy_now(request)
    may_sell = request.user.may("sell_points")
    if request.method == "POST" and not may_sell:
        raise NotAllowed
    form = sell_form(request, company, policy) if may_sell and policy and policy.packs else None
    if form is not None and form.is_valid() and _sold(request, company, form):
        return redirect("desk:points", company.pk)
    shown = company_shown(company, policy, request) | {
        "form": form,
        "may_sell": may_sell,
        "waiting": [(one, request_text(one, policy)) for one in _waiting(company)],
    }
    status = NOT_ACCEPTED if form is not None and form.errors else 200
    return show(request, "desk/points.html", shown, status=status)


@require_safe
@desk_page
def statement(request: HttpRequest, company_id: int) -> HttpResponseBase:
    return statement_file(request, access_company(request.user, company_id))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def asked(request: HttpRequest, request_id: int) -> HttpResponse:
    """Decide what a customer asked to buy, or read what exception; who may not sell has nothing."""
    if not request.user.may("sell_points"):
        raise NotFound
    found = _asked_for(request_id)
    is_pack = found.kind == EntitlementRequest.Kind.PACK
    if request.method == "POST" and not is_pack:
        raise NotAllowed
    decision = request.POST.get("decision", "")
    granting = PackForm(request.POST if decision == "grant" else None, auto_id="grant_%s")
    declining = DeclineForm(request.POST if decision == "decline" else None, auto_id="decline_%s")
    for form, act in ((granting, grant_request), (declining, decline_request)):
        if form.is_valid() and _decided(request, found, form, act):
            return redirect("desk:points", found.company_id)
    policy = policy_now(request)
    shown = {
        "asked": found,
        "what": request_text(found, policy),
        "reasons": code_names(found.codes),
        "is_pack": is_pack,
        "granting": granting,
        "declining": declining,
        "form": granting if granting.errors else declining,
        "is_waiting": found.state == EntitlementRequest.State.WAITING,
    }
    is_faulty = granting.errors or declining.errors
    return show(request, "desk/points_request.html", shown, NOT_ACCEPTED if is_faulty else 200)


def _asked_for(request_id: int) -> EntitlementRequest:
    """Find a request. Raises NotFound."""
    people = ("asked_by", "asked_of", "decided_by")
    requests = EntitlementRequest.objects.select_related("company__tenant", *people)
    found = requests.filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def _decided(
    request: HttpRequest,
    found: EntitlementRequest,
    form: Form,
    act: Callable[..., EntitlementRequest],
) -> bool:
    with refusals_into(form):
        done = act(request_id=found.pk, by=request.user, at=request.at, **form.cleaned_data)
        told = {"name": done.asked_by.name, "state": done.get_state_display()}
        messages.success(request, _("%(name)s is told: %(state)s.") % told)
        return True
    return False


def _sold(request: HttpRequest, company: Company, form: SellForm) -> bool:
    with refusals_into(form):
        do_once(request, form, partial(sold, request, company, form))
        return True
    return False


def _waiting(company: Company) -> list[EntitlementRequest]:
    """List what a company's people asked for and wait to hear of."""
    waiting = EntitlementRequest.objects.filter(
        company=company, state=EntitlementRequest.State.WAITING
    )
    return list(waiting.select_related("asked_by", "asked_of").order_by("asked_at", "pk"))
