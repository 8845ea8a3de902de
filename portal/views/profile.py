"""One's own name, clock and language, and where one is signed in."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.profile import change_profile, sign_out_elsewhere
from portal.page import NOT_ACCEPTED, customer_page, refusals_into, show
from portal.profile import ProfileForm, initial_of


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = request.user
    elsewhere = _zone_without_own(person)
    if request.method != "POST":
        return _profile_page(request, ProfileForm(initial=initial_of(person), elsewhere=elsewhere))
    form = ProfileForm(request.POST, elsewhere=elsewhere)
    if form.is_valid():
        with refusals_into(form):
            change_profile(by=person, **form.said(person))
            messages.success(request, _("Saved."))
            return redirect("portal:profile")
    return _profile_page(request, form)


@customer_page
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        person = sign_out_elsewhere(by=request.user)
        # This browser goes on: its session is signed anew.
        update_session_auth_hash(request, person)
        messages.success(request, _("You are signed out everywhere but here."))
    return redirect("portal:profile")


def _profile_page(request: HttpRequest, form: ProfileForm) -> HttpResponse:
    shown = {
        "form": form,
        "sees_company": request.user.may("read_company_cases"),
        "is_admin": request.user.may("invite_colleague"),
    }
    return show(request, "portal/profile/page.html", shown, NOT_ACCEPTED if form.errors else None)


def _zone_without_own(person: Person) -> str:
    company = person.company
    return company.time_zone or company.tenant.time_zone
