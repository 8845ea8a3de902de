"""The duty roster, absences, and handing on all cases of somebody."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.numbers import number_in
from accounts.queries import desk_people, teams_of_tiers
from desk.duty import WEEKS_SHOWN, duty_page, people_of_desk
from desk.duty_forms import AbsenceForm, HandingForm, ShiftForm, WeeklyForm
from desk.page import NOT_ACCEPTED, desk_page, refusals_into, show
from escalation.absences import drop_absence, note_absence
from escalation.duty import add_shift, add_weekly, remove_shift
from escalation.handing import (
    hand_over_all,
    handing_of,
    owners_with_open_cases,
    stand_in_of,
)

MAKERS: dict[str, Callable[..., Form]] = {
    "shift": lambda request, data: ShiftForm(data, prefix="shift", **_rota(request)),
    "weekly": lambda request, data: WeeklyForm(data, prefix="weekly", **_rota(request)),
    "absence": lambda request, data: AbsenceForm(
        data, prefix="absence", people=people_of_desk(), by=request.user
    ),
}


@require_safe
@desk_page
def duty(request: HttpRequest) -> HttpResponse:
    return _page(request)


def duty_act(name: str, may: str) -> Callable[[Callable[..., str]], Callable[..., HttpResponse]]:
    """Make a view of a form of the duty page; refused, the page shows it again as it was sent."""

    def decorate(perform: Callable[..., str]) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @desk_page
        @wraps(perform)
        def view(request: HttpRequest) -> HttpResponse:
            if request.method != "POST":
                return redirect("desk:duty")
            if not request.user.may(may):
                raise NotAllowed
            form = MAKERS[name](request, request.POST)
            if form.is_valid():
                with refusals_into(form):
                    messages.success(request, perform(request, form))
                    return redirect("desk:duty")
            return _page(request, {name: form})

        return view

    return decorate


@duty_act("shift", "arrange_duty")
def shift(request: HttpRequest, form: ShiftForm) -> str:
    data = form.cleaned_data
    made = add_shift(person_id=data["person"], team_id=data["team"], by=request.user, **form.span())
    return _("%(name)s is on the roster.") % {"name": made.person.name}


@duty_act("weekly", "arrange_duty")
def weekly(request: HttpRequest, form: WeeklyForm) -> str:
    data = dict(form.cleaned_data)
    made = add_weekly(
        person_id=data.pop("person"), team_id=data.pop("team"), by=request.user, **data
    )
    told = ngettext("%(count)d shift was added.", "%(count)d shifts were added.", len(made))
    return told % {"count": len(made)}


@duty_act("absence", "use_desk")
def absence(request: HttpRequest, form: AbsenceForm) -> str:
    data = dict(form.cleaned_data)
    noted = note_absence(
        person_id=data.pop("person"), stand_in_id=data.pop("stand_in"), by=request.user, **data
    )
    return _("Noted: %(name)s is away.") % {"name": noted.person.name}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def remove(request: HttpRequest) -> HttpResponse:
    """Take a shift off the roster, or an absence back."""
    if request.method == "POST":
        messages.success(request, _removed(request))
    return redirect("desk:duty")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def handing(request: HttpRequest) -> HttpResponse:
    """List the open cases of somebody with who would take each; hand them all on."""
    if not request.user.may("hand_over_all"):
        raise NotAllowed
    sent = request.POST if request.method == "POST" else None
    key = (sent or request.GET).get("person", "")
    if not key:
        return _choose_whose(request)
    person = _person(key)
    stand_in = stand_in_of(person, request.at)
    takers = [one for one in desk_people() if one.may("reply_as_agent") and one != person]
    to = {"to": stand_in.pk if stand_in else None}
    form = HandingForm(sent, people=takers, initial=to)
    if form.is_valid() and _handed(request, person, form):
        return redirect("desk:duty")
    listed = handing_of(person, request.user, stand_in)
    shown = {"form": form, "listed": listed, "person": person, "stand_in": stand_in, "here": "duty"}
    status = NOT_ACCEPTED if form.errors else 200
    return show(request, "desk/escalation/handing.html", shown, status)


def _handed(request: HttpRequest, person: Person, form: HandingForm) -> bool:
    data = form.cleaned_data
    with refusals_into(form):
        who = {"person_id": person.pk, "by": request.user, "at": request.at}
        cases = hand_over_all(to=data["to"], cases_shown=data["cases"], **who)
        told = ngettext(
            "%(count)d case of %(name)s was handed on.",
            "%(count)d cases of %(name)s were handed on.",
            len(cases),
        )
        messages.success(request, told % {"count": len(cases), "name": person.name})
        return True
    return False


def _choose_whose(request: HttpRequest) -> HttpResponse:
    counts = owners_with_open_cases(request.user)
    people = Person.objects.in_bulk(list(counts)).values()
    owners = sorted(((one, counts[one.pk]) for one in people), key=lambda row: row[0].name)
    return show(request, "desk/escalation/handing.html", {"owners": owners, "here": "duty"})


def _person(key: str) -> Person:
    person = Person.objects.filter(pk=number_in(key)).first()
    if person is None or person.is_customer:
        raise NotFound
    return person


def _removed(request: HttpRequest) -> str:
    shift_id, absence_id = (number_in(request.POST.get(it, "")) for it in ("shift", "absence"))
    if shift_id is not None:
        shift = remove_shift(shift_id=shift_id, by=request.user)
        return _("The shift of %(name)s is off the roster.") % {"name": shift.person.name}
    if absence_id is not None:
        gone = drop_absence(absence_id=absence_id, by=request.user)
        return _("The absence of %(name)s is taken back.") % {"name": gone.person.name}
    raise NotFound


def _page(request: HttpRequest, sent: dict[str, Form] | None = None) -> HttpResponse:
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in map(str, WEEKS_SHOWN) else WEEKS_SHOWN[0]
    forms = {name: make(request, None) for name, make in MAKERS.items()} | (sent or {})
    shown = {
        "page": duty_page(request.user, weeks=weeks, at=request.at),
        "weeks": weeks,
        "spans": WEEKS_SHOWN,
        "forms": forms,
        "form": next(iter((sent or {}).values()), None),
        "sent": set(sent or ()),
        "zone": request.tenant.time_zone,
        "may_arrange": request.user.may("arrange_duty"),
        "may_hand_on": request.user.may("hand_over_all"),
        "here": "duty",
    }
    return show(request, "desk/escalation/duty.html", shown, NOT_ACCEPTED if sent else 200)


def _rota(request: HttpRequest) -> dict[str, object]:
    return {
        "people": people_of_desk(),
        "teams": list(teams_of_tiers()),
        "zone": request.tenant.time_zone,
    }
