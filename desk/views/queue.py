"""The list that the desk works from, and the way to one case by its number."""

import re
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from desk.page import desk_page, show, zone_of
from desk.queue import news_of, news_text, read_queue
from desk.queue_drawn import draw_groups
from desk.shelf import Shelf
from tickets.filters import is_plain, read_address
from tickets.queries import access_case

# In the address of the queue: the columns to narrow by are shown.
NARROW = "narrow"
# MX-1042, mx 1042, #1042 or 1042.
NUMBER = re.compile(r"([A-Za-z]{0,8})[\s#-]*(\d{1,9})")


@require_safe
@desk_page
def queue_page(request: HttpRequest) -> HttpResponse:
    asked = dict(request.GET.lists())
    address = read_address(asked)
    if not is_plain(asked, address):  # as a form writes it
        return redirect(f"{reverse('desk:queue')}?{address.query}")
    found = read_queue(request.user, address, request.GET.get("page", "1"), request.at)
    is_open = NARROW in request.GET
    shelf = Shelf(request.user, request.at, address, found.policy, is_open)
    may_change = request.user.may("change_many")
    shown = {
        "queue": found,
        "groups": draw_groups(
            found,
            at=request.at,
            zone=zone_of(request.user),
            prefix=request.tenant.case_prefix,
            may_change=may_change,
        ),
        "shelf": shelf,
        "here": "queue",
        "to_acknowledge": found.to_acknowledge,
        "may_take": _may_take(request),
        "may_change": may_change,
    }
    return show(request, "desk/queue.html", shown)


@require_safe
@desk_page
def news(request: HttpRequest) -> HttpResponse:
    """Tell how many cases of a list are new or changed since it was drawn."""
    known = request.GET.get("known", "")
    since = int(known) if known.isascii() and known.isdecimal() and len(known) < 18 else 0
    address = read_address(dict(request.GET.lists()))
    new, changed = news_of(request.user, address, since, request.at)
    etag = f'"{new}-{changed}"'
    same = get_conditional_response(request, etag=etag)
    if same is not None:
        return same
    answer = JsonResponse({"news": news_text(new, changed)})
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    return answer


@require_safe
@desk_page
def find_case(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("number", "").strip()
    match = NUMBER.fullmatch(asked)
    own = request.tenant.case_prefix
    if match is None:
        return redirect(f"{reverse('desk:search')}?{urlencode({'q': asked})}")
    if match and match[1] and match[1].casefold() != own.casefold():
        refused = _("“%(number)s” is no number of this desk: those begin with %(prefix)s.")
        messages.warning(request, refused % {"number": asked[:40], "prefix": own})
        return redirect("desk:queue")
    try:
        return redirect("desk:case", access_case(request.user, int(match[2])).number)
    except NotFound:
        messages.warning(request, _("There is no case “%(number)s”.") % {"number": asked[:40]})
        return redirect("desk:queue")


def _may_take(request: HttpRequest) -> bool:
    return request.user.may("assign") and request.user.may("reply_as_agent")
