"""Requests for points and exceptions: taking one back, and saying no to a colleague."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from entitlements.requests import RequestIsDecided, refuse_request, withdraw_request
from portal.page import NOT_ACCEPTED, customer_page, refusals_into, show
from portal.points import AskedFor, requests_told
from portal.points_forms import RefuseForm
from sla.queries import current_policy


@customer_page
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    if request.method != "POST":
        return redirect("portal:plan")
    try:
        withdraw_request(request_id=request_id, by=request.user, at=request.at)
        messages.success(request, _("You have taken it back."))
    except RequestIsDecided as error:
        messages.info(request, str(error))
    return redirect("portal:plan")


@customer_page
def refuse(request: HttpRequest, request_id: int) -> HttpResponse:
    if request.method != "POST":
        return redirect("portal:plan")
    asked = _asked_of(request, request_id)
    form = RefuseForm(request.POST)
    try:
        with refusals_into(form, but=(RequestIsDecided,)):
            if form.is_valid():
                said = {"answer": form.cleaned_data["answer"], "by": request.user}
                refuse_request(request_id=request_id, at=request.at, **said)
                messages.success(request, _("You have said no. Your colleague is told why."))
                return redirect("portal:plan")
    except RequestIsDecided as error:
        messages.info(request, str(error))
        return redirect("portal:plan")
    shown = {"form": form, "asked": asked, "request_id": request_id}
    return show(request, "portal/requests/refuse.html", shown, NOT_ACCEPTED)


def _asked_of(request: HttpRequest, request_id: int) -> AskedFor:
    """Find what a colleague asked this person for. Raises NotFound."""
    told = requests_told(request.user, current_policy(request.at).policy)
    for one in told:
        if one.request.pk == request_id and one.request.asked_of_id == request.user.pk:
            return one
    raise NotFound
