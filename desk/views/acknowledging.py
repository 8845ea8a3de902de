"""What waits for somebody to take notice of it: a page of the desk, and links from mail."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.errors import NotFound
from accounts.models import Person
from accounts.numbers import number_in
from desk.page import desk_page, show
from desk.waiting import rows_of
from escalation.acknowledging import acknowledge_notices, read_link
from escalation.errors import LinkIsTooOld
from escalation.models import Notice
from escalation.standing import by_case, oldest_first, standing, to_acknowledge, told_with


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def acknowledge(request: HttpRequest) -> HttpResponse:
    waiting = list(to_acknowledge(request.user))
    if request.method == "POST":
        chosen = _chosen(waiting, request.POST)
        done = acknowledge_notices(notices=chosen, by=request.user, at=request.at)
        messages.success(request, _done_text(done))
        return redirect("desk:acknowledge")
    seen = max((notice.pk for notice in waiting), default=0)
    shown = {"rows": rows_of(oldest_first(waiting)), "seen": seen, "here": "acknowledge"}
    return show(request, "desk/acknowledge.html", shown)


def _chosen(waiting: list[Notice], posted: QueryDict) -> list[Notice]:
    """Keep the notices of the case that was named, or of all, that the page showed."""
    case, seen = posted.get("case", ""), number_in(posted.get("seen", ""))
    return [
        notice
        for notice in waiting
        if case in ("", str(notice.case.number)) and (seen is None or notice.pk <= seen)
    ]


# A link is posted by who may not be signed in, or be somebody else here: the token is the key.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        person, notices = read_link(token)
    except NotFound as none:
        raise Http404 from none
    except LinkIsTooOld as error:
        shown = {"refused": str(error)}
        return render(request, "desk/acknowledge_link.html", shown, status=HTTPStatus.GONE)
    left = list(_steps(notices, person))
    rows = rows_of(by_case(left))
    is_done = request.method == "POST"
    if is_done:
        acknowledge_notices(notices=left, by=person, at=request.at)
    shown = {"rows": rows, "is_done": is_done, "zone": _zone(person)}
    return render(request, "desk/acknowledge_link.html", shown)


def _steps(notices: QuerySet[Notice], person: Person) -> QuerySet[Notice]:
    """Find what the link is about, with what was told of the same before."""
    return told_with(standing(notices.filter(kind="step_fired"), person), person)


def _zone(person: Person) -> str:
    return person.time_zone or person.tenant.time_zone


def _done_text(number: int) -> str:
    if not number:
        return _("Nothing was left to take notice of.")
    return ngettext(
        "Noted: nobody is told of %(number)d case again for what they knew of.",
        "Noted: nobody is told of %(number)d cases again for what they knew of.",
        number,
    ) % {"number": number}
