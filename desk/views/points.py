"""A company's points at the desk: everybody there reads them, who sells records purchases."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotAllowed
from accounts.models import Company
from accounts.queries import access_company
from desk.page import NOT_ACCEPTED, desk_page, refusals_into, show
from entitlements.models import EntitlementRequest
from entitlements.points_admin import company_shown, policy_now, sell_form, sold, statement_file
from entitlements.points_forms import SellForm


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
    shown = company_shown(company, policy, request) | {"form": form, "waiting": _waiting(company)}
    status = NOT_ACCEPTED if form is not None and form.errors else 200
    return show(request, "desk/points.html", shown, status=status)


@require_safe
@desk_page
def statement(request: HttpRequest, company_id: int) -> HttpResponseBase:
    return statement_file(request, access_company(request.user, company_id))


def _sold(request: HttpRequest, company: Company, form: SellForm) -> bool:
    with refusals_into(form):
        sold(request, company, form)
        return True
    return False


def _waiting(company: Company) -> list[EntitlementRequest]:
    """List what a company's people asked for and wait to hear of."""
    waiting = EntitlementRequest.objects.filter(
        company=company, state=EntitlementRequest.State.WAITING
    )
    return list(waiting.select_related("asked_by", "asked_of").order_by("asked_at", "pk"))
