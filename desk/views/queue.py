"""The list that the desk works from, and the way to one case by its number."""

import re
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from desk.page import desk_page, show
from desk.queue import read_queue
from desk.shelf import Shelf
from tickets.queries import access_case
from tickets.views import narrowed_by, read_filters

# MX-1042, mx 1042, #1042 or 1042.
NUMBER = re.compile(r"([A-Za-z]{0,8})[\s#-]*(\d{1,9})")


@require_safe
@desk_page
def queue_page(request: HttpRequest) -> HttpResponse:
    view = request.GET.get("view", "open")
    filters = read_filters(request.GET)
    page, narrowed = request.GET.get("page", "1"), narrowed_by(filters)
    found = read_queue(request.user, view, page, request.at, narrowed)
    shelf = Shelf(request.user, request.at, view, filters)
    return show(
        request,
        "desk/queue.html",
        {"queue": found, "shelf": shelf, "here": "queue", "may_take": _may_take(request)},
    )


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
