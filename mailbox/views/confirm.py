"""The page on which somebody agrees to what the case of their mail costs; no sign-in."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.collisions import all_or_nothing
from accounts.errors import DomainError, NotFound
from accounts.languages import spoken
from accounts.numbers import number_in
from mailbox.confirming import ToConfirm, confirm_mail, drop_mail, read_confirm
from mailbox.errors import CostHasChanged, LinkIsOver
from outbox.tasks import nudge
from tickets.wording import display_number, promise_text

TEMPLATE = "incoming/confirm.html"


# A link is posted by who may not be signed in: the token is the key.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    try:
        asked = read_confirm(token, at=request.at)
    except NotFound as none:
        raise Http404 from none
    except LinkIsOver as error:
        return render(request, TEMPLATE, {"refused": str(error)}, status=HTTPStatus.GONE)
    with translation.override(spoken(asked.person.language)):
        if request.method == "POST":
            return _decide(request, token, asked)
        return _show(request, asked)


def _decide(request: HttpRequest, token: str, asked: ToConfirm) -> HttpResponse:
    try:
        with all_or_nothing():
            if "drop" in request.POST:
                drop_mail(token=token, at=request.at)
                return render(request, TEMPLATE, {"dropped": asked.mail.subject})
            agreed = number_in(request.POST.get("points", ""))
            case = confirm_mail(token=token, points=-1 if agreed is None else agreed, at=request.at)
    except CostHasChanged as error:
        return _show(request, read_confirm(token, at=request.at), str(error))
    except DomainError as error:
        return _show(request, asked, str(error))
    nudge()
    return render(request, TEMPLATE, {"opened": display_number(case), "case": case})


def _show(request: HttpRequest, asked: ToConfirm, error: str = "") -> HttpResponse:
    weighed = asked.weighed
    zone = weighed.where.time_zone
    shown = {
        "mail": asked.mail,
        "words": (asked.mail.parsed or {}).get("fresh", ""),
        "points": asked.points,
        "left": weighed.cost.balance - asked.points if weighed.cost else None,
        "promise": promise_text(weighed.settled.promise, zone) if weighed.settled else "",
        "refusals": asked.refusals,
        "release": weighed.wish.release_in_use,
        "error": error,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, TEMPLATE, shown, status=status)
