"""Releases and their support, downloads, and what a customer wants to hear of."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound
from entitlements.downloads import access_download
from entitlements.holdings import policy_at
from entitlements.topics import choose_topics, find_topic, read_stop, stop_topic
from portal.lifecycle.forms import TopicsForm
from portal.lifecycle.reading import (
    asked,
    downloads_by_product,
    holding_for,
    products_used,
    support_dates,
)
from portal.page import customer_page, show


@customer_page
@require_safe
def support_end(request: HttpRequest) -> HttpResponse:
    holding = holding_for(request.user, request.at)
    shown = {"products": support_dates(holding, request.user), "today": holding.on_date}
    return show(request, "portal/lifecycle/support_end.html", shown)


@customer_page
@require_safe
def downloads(request: HttpRequest) -> HttpResponse:
    holding = holding_for(request.user, request.at)
    shown = {"products": downloads_by_product(holding), "ask": asked(holding)}
    return show(request, "portal/lifecycle/downloads.html", shown)


@customer_page
@require_safe
@never_cache
def download(request: HttpRequest, download_id: int) -> HttpResponse:
    address = access_download(download_id=download_id, by=request.user, at=request.at)
    return HttpResponseRedirect(address)


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    person, holding = request.user, holding_for(request.user, request.at)
    sent = request.POST if request.method == "POST" else None
    form = TopicsForm(sent, person=person, holding=holding, products=products_used(holding))
    if request.method == "POST" and form.is_valid():
        choose_topics(person=person, by=person, wishes=form.wishes())
        messages.success(request, _("Saved. You hear of what is ticked."))
        return redirect("portal:notifications")
    shown = {"form": form, "ask": asked(holding)}
    return show(request, "portal/lifecycle/notifications.html", shown)


# Mail programs post here by themselves (RFC 8058), without a cookie: the signed address is the key.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    try:
        person, code = read_stop(token)
    except NotFound as none:
        raise Http404 from none
    is_stopped = request.method == "POST"
    if is_stopped:
        stop_topic(person=person, topic=code)
    topic = find_topic(policy_at(request.at), code)
    shown = {"name": topic.name if topic else code, "is_stopped": is_stopped}
    return render(request, "portal/lifecycle/stop.html", shown)
