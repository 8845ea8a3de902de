"""The front door, and the pages of the platform's operators."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import DomainError
from accounts.places import site_url
from accounts.queries import vendors
from accounts.tenancy import move_desk_time
from accounts.zones import moment_text
from sla.explain import span_text
from supportdesk.demo.sign_ins import OPERATOR, SIGN_INS
from supportdesk.operators.forms import STEPS, MoveForm, MoveToDateForm, MoveToForm
from supportdesk.operators.health import health as read_health
from supportdesk.operators.page import operator_page
from tickets.tasks import audit_clocks


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    may_see = settings.DEMO or (request.user.is_authenticated and request.user.may("see_tenants"))
    shown = {
        "demo": settings.DEMO,
        "vendors": [(vendor, site_url(vendor, "")) for vendor in vendors()] if may_see else [],
        "may_see": may_see,
        "may_make": request.user.is_authenticated and request.user.may("make_tenants"),
        "may_move": request.user.is_authenticated and request.user.may("move_desk_time"),
        "sign_ins": SIGN_INS,
        "operator": OPERATOR,
        "password": settings.DEMO_PASSWORD,
    }
    return render(request, "operators/landing.html", shown)


@operator_page("move_desk_time")
@require_safe
def desk_time(request: HttpRequest) -> HttpResponse:
    return _desk_time_page(request)


@operator_page("move_desk_time")
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    return _moved(request, MoveForm(request.POST))


@operator_page("move_desk_time")
@require_POST
def move_to(request: HttpRequest) -> HttpResponse:
    return _moved(request, MoveToForm(vendors(), request.at, request.POST))


@operator_page("move_desk_time")
@require_POST
def move_to_date(request: HttpRequest) -> HttpResponse:
    return _moved(request, MoveToDateForm(vendors(), request.at, request.POST))


@operator_page("see_tenants")
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    return render(request, "operators/health.html", {"health": read_health(request.at)})


def _moved(request: HttpRequest, form: forms.Form) -> HttpResponse:
    if form.is_valid():
        seconds = form.cleaned_data["seconds"]
        try:
            now = move_desk_time(seconds=seconds)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            told = _("Desk time moved forward by %(length)s: it is %(now)s.") % {
                "length": span_text(seconds),
                "now": moment_text(now, request.tenant.time_zone),
            }
            messages.success(request, told)
            # The night that was passed over had no audit; beat would order one within minutes.
            transaction.on_commit(audit_clocks, robust=True)
            return redirect("desk_time")
    return _desk_time_page(request, fault=form)


def _desk_time_page(request: HttpRequest, fault: forms.Form | None = None) -> HttpResponse:
    blank = {kind: kind(vendors(), request.at) for kind in (MoveToForm, MoveToDateForm)}
    # What was typed wrong stands in its own form again.
    shown = blank | {type(fault): fault}
    context = {
        "demo": settings.DEMO,
        "steps": STEPS,
        "move_to": shown[MoveToForm],
        "move_to_date": shown[MoveToDateForm],
        "form": fault,
        "vendors": vendors(),
    }
    return render(request, "operators/desk_time.html", context, status=422 if fault else None)
