"""Files in the portal: the script's protocol, downloads, tools, how one wants to be answered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portal.file_forms import ChannelForm, DropForm
from portal.page import customer_page, refusals_into
from portal.views.cases import show_case
from tickets.actions.diagnosing import accept_diagnostic, withdraw_diagnostic
from tickets.actions.meeting import prefer_channel
from tickets.errors import NothingChanges
from tickets.models import Case
from tickets.queries import access_case
from tickets.uploading import file_views

views = file_views(customer_page)
begin, upload, remove, download = views.begin, views.upload, views.remove, views.download


@customer_page
def diagnostics(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    form = DropForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return redirect("portal:case", number)
    if form.is_valid():
        with refusals_into(form):
            messages.success(request, _decide(request, case, form))
            return redirect("portal:case", number)
    return show_case(request, case, form=form)


@customer_page
def channel(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    form = ChannelForm(
        request.POST if request.method == "POST" else None,
        is_contact=case.contact_id == request.user.pk,
    )
    if form.is_valid():
        try:
            prefer_channel(case_id=case.pk, by=request.user, at=request.at, **form.cleaned_data)
        except NothingChanges as same:
            messages.info(request, str(same))
        else:
            messages.success(request, _("Noted. Support sees it beside your case."))
    return redirect("portal:case", number)


def _decide(request: HttpRequest, case: Case, form: DropForm) -> str:
    who = {"case_id": case.pk, "by": request.user, "at": request.at}
    if form.cleaned_data["decision"] == "accept":
        accept_diagnostic(drop_id=form.cleaned_data["drop"], **who)
        return _("You accepted the terms. You can have the tool now.")
    withdraw_diagnostic(drop_id=form.cleaned_data["drop"], **who)
    return _("You gave the tool back. Support is told.")
