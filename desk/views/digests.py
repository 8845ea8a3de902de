"""Digests of somebody of the desk: chosen in their settings, ended by one click in a digest."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import NotFound
from desk.page import desk_page
from desk.settings_forms import DigestForm
from outbox.digests import choose_digests, read_stop


@require_POST
@desk_page
def choose(request: HttpRequest) -> HttpResponse:
    form = DigestForm(request.POST)
    if form.is_valid():
        choose_digests(by=request.user, wishes=form.wishes())
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("That is none of the choices. Nothing was changed."))
    return redirect("desk:settings")


# Mail programs post here by themselves (RFC 8058), without a cookie: the signed address is the key.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    try:
        person = read_stop(token)
    except NotFound as none:
        raise Http404 from none
    if request.method == "POST" and not person.is_customer:
        choose_digests(by=person, wishes={})
    return render(request, "desk/digest_stop.html", {"is_stopped": request.method == "POST"})
