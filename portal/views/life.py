"""A customer who is away for a while, and back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.life_forms import AwayForm
from portal.page import customer_page, refusals_into
from portal.views.cases import show_case
from tickets.actions.away import end_away, note_away
from tickets.life_errors import NotAway
from tickets.life_reading import DAY
from tickets.queries import access_case


@customer_page
def away(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    if request.method != "POST":
        return redirect("portal:case", number)
    form = AwayForm(request.POST)
    if form.is_valid():
        last_day = form.cleaned_data["last_day"]
        with refusals_into(form):
            note_away(case_id=case.pk, last_day=last_day, by=request.user, at=request.at)
            told = _("Noted: you are away up to and including %(day)s. Support is told.")
            messages.success(request, told % {"day": date_format(last_day, DAY)})
            return redirect("portal:case", number)
    return show_case(request, case, form=form)


@customer_page
def back(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    if request.method == "POST":
        try:
            end_away(case_id=case.pk, by=request.user, at=request.at)
        except NotAway as error:
            messages.info(request, str(error))
        else:
            messages.success(request, _("Welcome back. Support is told."))
    return redirect("portal:case", number)
