"""Saved views of the queue: kept, moved, thrown away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError, NotAllowed, NotFound
from desk.page import desk_page
from desk.teamwork_forms import SaveViewForm
from tickets.filters import address_of
from tickets.views import delete_view, move_view, save_view


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the queue that is shown under a name."""
    address = address_of(request.POST.get("query", ""))
    form = SaveViewForm(request.POST, person=request.user)
    if request.method != "POST":
        return redirect("desk:queue")
    try:
        if form.is_valid():
            saved = save_view(
                name=form.cleaned_data["title"],
                address=address,
                is_shared=form.is_shared,
                by=request.user,
                at=request.at,
            )
            messages.success(request, _("Kept: “%(name)s”.") % {"name": saved.name})
            return redirect(f"{reverse('desk:queue')}?{saved.query}")
        messages.warning(request, form.errors["title"][0])
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(f"{reverse('desk:queue')}?{request.POST.get('query', '')[:500]}")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Move a view up or down, or throw it away."""
    does = request.POST.get("do", "")
    if request.method == "POST" and does == "delete":
        delete_view(view_id=view_id, by=request.user)
        messages.success(request, _("The view is gone. The cases stay."))
    elif request.method == "POST" and does in ("up", "down"):
        move_view(view_id=view_id, up=does == "up", by=request.user)
    return redirect("desk:queue")
