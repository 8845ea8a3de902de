"""Asking for an account, and proving an address: pages for who has none yet (DD-17)."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.auth import home_of
from accounts.models import Person
from entitlements.models import Registration
from entitlements.registration import (
    LinkDead,
    RegistrationClosed,
    Step,
    behind_link,
    digest_of,
    prove_address,
    register_customer,
    registering,
)
from entitlements.registration_mail import password_link
from outbox.tasks import nudge
from portal.page import NOT_ACCEPTED, refusals_into
from portal.registration import RegistrationForm
from portal.registration_limit import seconds_to_wait

View = Callable[..., HttpResponse]

# The digest of the link that was opened.
LINK = "registration_link"
# Whose account this browser has just made by its link.
MADE = "registration_person"


def stranger_page(view: View) -> View:
    """Send who is signed in to where they work; say it in words where accounts are not open."""

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(home_of(request.user))
        try:
            return view(request, *args, **kwargs)
        except RegistrationClosed as refusal:
            return _closed(request, HTTPStatus(refusal.status))

    return never_cache(entered)


@sensitive_post_parameters()
@stranger_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    rule = registering(request.at)
    if not rule.open and request.method != "POST":
        return _closed(request, HTTPStatus.OK)
    form = RegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        response = _register(request, form)
        if response is not None:
            return response
    status = NOT_ACCEPTED if form.errors else None
    shown = {"form": form, "rule": rule}
    return render(request, "portal/register/form.html", shown, status=status)


@stranger_page
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/register/sent.html")


@stranger_page
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, so that no log and no other page gets it."""
    request.session[LINK] = digest_of(token)
    request.session.pop(MADE, None)
    return redirect("portal:register_confirm")


@stranger_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for one press of a button: programs that look into mail open links, too."""
    digest = str(request.session.get(LINK, ""))
    try:
        if request.method == "POST":
            return _prove(request, digest)
        asked = behind_link(digest=digest)
    except LinkDead:
        # Somebody whose link led to an account that was there already comes back here.
        return _show_step(request, Step.HAS_ACCOUNT if MADE in request.session else None)
    return _show_step(request, asked.step, asked.said)


def _register(request: HttpRequest, form: RegistrationForm) -> HttpResponse | None:
    """Take it down, or put what is wrong into the form. Counted by visitor and by address."""
    wait = seconds_to_wait(request, form.cleaned_data["email"])
    if wait:
        return _too_many(request, form, wait)
    with refusals_into(form, but=(RegistrationClosed,)):
        said = form.said(translation.get_language() or "en")
        register_customer(said=said, at=request.at)
    return None if form.errors else redirect("portal:register_sent")


def _too_many(request: HttpRequest, form: RegistrationForm, wait: int) -> HttpResponse:
    """Show the form again with all that was typed, and say when it may be sent."""
    minutes = ceil(wait / 60)
    said = ngettext(
        "Too often from here, or for this address. Send it again in %(minutes)d minute.",
        "Too often from here, or for this address. Send it again in %(minutes)d minutes.",
        minutes,
    )
    form.add_error(None, said % {"minutes": minutes})
    shown = {"form": form, "rule": registering(request.at)}
    status = HTTPStatus.TOO_MANY_REQUESTS
    response = render(request, "portal/register/form.html", shown, status=status)
    response["Retry-After"] = str(wait)
    return response


def _prove(request: HttpRequest, digest: str) -> HttpResponse:
    reached = prove_address(digest=digest, at=request.at)
    if reached.person is not None:
        request.session[MADE] = reached.person.pk
    elif reached.step is Step.HAS_ACCOUNT:
        request.session[MADE] = 0
    nudge()
    return redirect("portal:register_confirm")


def _show_step(
    request: HttpRequest, step: Step | None, said: Registration | None = None
) -> HttpResponse:
    shown = {
        "step": step.value if step else "dead",
        "said": said,
        "choose": _choose_password(request) if step is Step.ACCEPTED else "",
    }
    return render(request, "portal/register/confirm.html", shown)


def _choose_password(request: HttpRequest) -> str:
    """Offer the page for a first password to the browser that proved the address, once."""
    person = Person.objects.filter(pk=request.session.get(MADE) or 0, is_active=True).first()
    return password_link(person) if person and not person.has_usable_password() else ""


def _closed(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    return render(request, "portal/register/closed.html", status=status)
