"""Asking somebody to let a draft through, or for points for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from entitlements.requests import ask_for_entitlement
from portal.filing.asking import ask_form
from portal.page import customer_page, refusals_into
from portal.views.filing import filing_of, show_refused


@customer_page
def ask(request: HttpRequest) -> HttpResponse:
    filing = filing_of(request)
    form = ask_form(filing, request.POST) if request.method == "POST" else None
    if form is None:
        return redirect("portal:file")
    if form.is_valid():
        with refusals_into(form):
            ask_for_entitlement(by=request.user, at=request.at, **form.request())
            messages.success(
                request,
                _("Asked. You hear by e-mail what was decided, and your draft waits here."),
            )
            return redirect("portal:check" if filing.answers else "portal:file")
    return show_refused(request, filing, form)
