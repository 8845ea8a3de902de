"""The pages of the people of the desk in the admin: the list, and what becomes of who leaves."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import roles
from accounts.admin_base import guarded
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.leaving import set_active
from accounts.models import Person, Team
from accounts.queries import desk_people
from desk.duty_forms import HandingForm
from desk.staff import Choice, open_cases_of, shifts_ahead, skills_known, staff, sums
from escalation.handing import hand_over_all, handing_of, stand_in_of

NOT_ACCEPTED = 422
ROLES = [(code, label) for code, label in Person.Role.choices if code in roles.DESK]


class LeavingForm(HandingForm):
    """Who takes the cases of somebody who leaves, and why they leave."""

    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Kept in the history; nobody has to say."),
        max_length=500,
        required=False,
    )


class StaffPages:
    """The pages of the people of the desk on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses, below `staff/`."""
        leave = require_http_methods(["GET", "HEAD", "POST"])(self.leave)
        return [
            self._named("", require_safe(self.list), "staff"),
            self._named("<int:person_id>/leave/", leave, "staff_leave"),
        ]

    def list(self, request: HttpRequest) -> HttpResponse:
        choice = _choice(request)
        members = staff(choice, request.user, request.at)
        if request.GET.get("order") == "cases":
            members = sorted(members, key=lambda one: (-one.open_cases, one.person.name))
        return self._page(
            request,
            "list",
            _("Staff"),
            members=members,
            choice=choice,
            order=request.GET.get("order", "name"),
            sums=sums(members),
            roles=ROLES,
            teams=list(Team.objects.order_by("name")),
            skills=skills_known(),
        )

    def leave(self, request: HttpRequest, person_id: int) -> HttpResponse:
        person = _of_the_desk(person_id)
        if request.method == "POST" and request.POST.get("act") == "return":
            return self._returned(request, person)
        stand_in = stand_in_of(person, request.at)
        form = LeavingForm(
            request.POST or None,
            people=[one for one in desk_people() if _takes(one, person)],
            initial={"to": stand_in.pk if stand_in else None},
        )
        if form.is_valid() and _left(request, person, form):
            return redirect("admin:staff")
        return self._page(
            request,
            "leave",
            _("%(name)s leaves") % {"name": person.name},
            NOT_ACCEPTED if form.errors else 200,
            person=person,
            form=form,
            listed=handing_of(person, request.user, stand_in),
            shifts=shifts_ahead(person, request.at),
            zone=request.user.time_zone or request.tenant.time_zone,
            is_oneself=person == request.user,
        )

    def _returned(self, request: HttpRequest, person: Person) -> HttpResponse:
        try:
            set_active(person_id=person.pk, is_active=True, by=request.user, at=request.at)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(name)s is back.") % {"name": person.name})
        return redirect("admin:accounts_person_change", person.pk)

    def _page(
        self, request: HttpRequest, name: str, title: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        whole = {**self.site.each_context(request), "title": title, **context}
        return TemplateResponse(request, f"admin/staff/{name}.html", whole, status=status)

    def _named(self, route: str, view: Any, name: str) -> URLPattern:
        shown = self.site.admin_view(guarded(view, lambda request: request.user.may("edit_people")))
        return path(f"staff/{route}", shown, name=name)


def where_to_hand_on(request: HttpRequest, person: Person) -> str:
    """Find where the cases of somebody who was just made inactive are handed on; "" if none."""
    if person.is_customer:
        return ""
    number = open_cases_of(request.user).get(person.pk, 0)
    if not number:
        return ""
    said = ngettext(
        "%(name)s is no longer active, and still owns %(number)d open case: say who takes it.",
        "%(name)s is no longer active, and still owns %(number)d open cases: say who takes them.",
        number,
    )
    messages.warning(request, said % {"name": person.name, "number": number})
    return reverse("admin:staff_leave", args=[person.pk])


def _takes(one: Person, instead_of: Person) -> bool:
    return one != instead_of and one.may("reply_as_agent")


def _of_the_desk(person_id: int) -> Person:
    person = Person.objects.filter(pk=person_id, role__in=roles.DESK).first()
    if person is None:
        raise NotFound
    return person


def _choice(request: HttpRequest) -> Choice:
    asked = request.GET
    tier, team = asked.get("tier", ""), asked.get("team", "")
    role = asked.get("role", "")
    return Choice(
        text=asked.get("q", "").replace("\x00", "").strip()[:100],
        role=role if role in dict(ROLES) else "",
        tier=int(tier) if tier in ("1", "2", "3") else None,
        team=int(team) if team.isdecimal() and len(team) < 19 else None,
        skill=asked.get("skill", "").replace("\x00", "")[:60],
        is_active=asked.get("left") != "1",
    )


def _left(request: HttpRequest, person: Person, form: LeavingForm) -> bool:
    """Hand the cases on and make the person inactive: both, or neither."""
    data, who = form.cleaned_data, {"by": request.user, "at": request.at}
    try:
        with transaction.atomic():
            # Cases that came since the form was opened are refused, not left behind.
            if data["cases"] or open_cases_of(request.user).get(person.pk):
                hand_over_all(person_id=person.pk, to=data["to"], cases_shown=data["cases"], **who)
            set_active(person_id=person.pk, is_active=False, why=data["why"], **who)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    messages.success(request, _told(person, len(data["cases"])))
    return True


def _told(person: Person, number: int) -> str:
    if not number:
        return _("%(name)s is no longer active.") % {"name": person.name}
    said = ngettext(
        "%(name)s is no longer active; %(number)d case was handed on.",
        "%(name)s is no longer active; %(number)d cases were handed on.",
        number,
    )
    return said % {"name": person.name, "number": number}
