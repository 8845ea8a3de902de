"""A company's people and places: for its admins."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.colleagues import (
    ACT,
    Rights,
    activate_colleague,
    change_colleague,
    deactivate_colleague,
    rights_of,
    take_back_invitation,
)
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person
from entitlements.inviting import invite_again, invite_colleague
from portal.company.forms import InviteForm, RightsForm, initial_of
from portal.company.reading import (
    Colleague,
    cases_left_by,
    colleague_of,
    colleagues_of,
    country_of,
    sites_of,
)
from portal.page import NOT_ACCEPTED, View, customer_page, refusals_into, show
from sla.errors import NoPolicy
from sla.queries import current_policy


def admin_page(view: View) -> View:
    """Let the admins of a company in."""

    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.may(ACT):
            raise NotAllowed
        return view(request, *args, **kwargs)

    return customer_page(entered)


@admin_page
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    found = colleagues_of(request.user.company)
    shown = {"people": found, "has_points": _has_points(request)}
    return show(request, "portal/company/people.html", shown)


@admin_page
@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    company = request.user.company
    shown = {"sites": sites_of(company), "country": country_of(company)}
    return show(request, "portal/company/sites.html", shown)


@admin_page
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    asking = {"company": request.user.company, "has_points": _has_points(request)}
    if request.method != "POST":
        form = InviteForm(initial=initial_of(Rights()), **asking)
        return show(request, "portal/company/invite.html", {"form": form})
    form = InviteForm(request.POST, **asking)
    if form.is_valid():
        with refusals_into(form):
            said = {name: form.cleaned_data[name] for name in ("name", "email")}
            rights = form.rights(Rights())
            invite_colleague(rights=rights, by=request.user, at=request.at, **said)
            told = _("The invitation to %(email)s is on its way.") % {"email": said["email"]}
            messages.success(request, told)
            return redirect("portal:company")
    return show(request, "portal/company/invite.html", {"form": form}, status=NOT_ACCEPTED)


@admin_page
@require_http_methods(["GET", "HEAD", "POST"])
def colleague(request: HttpRequest, person_id: int) -> HttpResponse:
    found = _found(request, person_id)
    asking = {"company": request.user.company, "has_points": _has_points(request)}
    before = rights_of(found.person)
    if request.method != "POST":
        return _colleague_page(request, found, RightsForm(initial=initial_of(before), **asking))
    form = RightsForm(request.POST, **asking)
    if form.is_valid():
        with refusals_into(form):
            rights = form.rights(before)
            change_colleague(person_id=person_id, rights=rights, by=request.user, at=request.at)
            messages.success(request, _("Saved. It holds from the next page that they open."))
            return redirect("portal:colleague", person_id)
    return _colleague_page(request, found, form)


def _act(perform: Callable[[HttpRequest, int], Person], words: Callable[[str], str]) -> View:
    """Make a view of a button beside a colleague; what is refused is told on their page."""

    @admin_page
    def view(request: HttpRequest, person_id: int) -> HttpResponse:
        _found(request, person_id)
        if request.method == "POST":
            try:
                person = perform(request, person_id)
            except (NotAllowed, NotFound):
                raise
            except DomainError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, words(person.name))
        return redirect("portal:colleague", person_id)

    return view


send_again = _act(
    lambda request, key: invite_again(person_id=key, by=request.user, at=request.at),
    lambda name: _("%(name)s gets another link.") % {"name": name},
)
take_back = _act(
    lambda request, key: take_back_invitation(person_id=key, by=request.user, at=request.at),
    lambda name: _("The invitation of %(name)s is taken back; its link is dead.") % {"name": name},
)
deactivate = _act(
    lambda request, key: deactivate_colleague(person_id=key, by=request.user, at=request.at),
    lambda name: _("%(name)s is deactivated and signed out.") % {"name": name},
)
activate = _act(
    lambda request, key: activate_colleague(person_id=key, by=request.user, at=request.at),
    lambda name: _("%(name)s is active again.") % {"name": name},
)


def _found(request: HttpRequest, person_id: int) -> Colleague:
    found = colleague_of(request.user.company, person_id)
    if found is None:
        raise Http404
    return found


def _colleague_page(request: HttpRequest, found: Colleague, form: RightsForm) -> HttpResponse:
    shown = {
        "colleague": found,
        "form": form,
        "cases": cases_left_by(found.person, request.at),
        "is_me": found.person.pk == request.user.pk,
    }
    return show(
        request, "portal/company/colleague.html", shown, NOT_ACCEPTED if form.errors else None
    )


def _has_points(request: HttpRequest) -> bool:
    try:
        return current_policy(request.at).policy.has_points
    except NoPolicy:
        return False
