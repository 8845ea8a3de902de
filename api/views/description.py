"""The description of the interface: for programs as OpenAPI, for people as a page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from api.description import address_of, chapters, description_of, shapes
from api.schema import REFUSALS
from api.scopes import SCOPES
from outbox.hook_kinds import KINDS


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(description_of(request.tenant))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    address = address_of(request.tenant)
    shown = {
        "address": address,
        "chapters": chapters(address),
        "shapes": shapes(),
        "scopes": SCOPES,
        "refusals": REFUSALS.items(),
        "events": KINDS.items(),
        "limit": settings.API_REQUESTS_A_MINUTE,
        "tokens": _own_tokens(request),
    }
    return render(request, "api/docs.html", shown)


def _own_tokens(request: HttpRequest) -> str:
    """Find where somebody makes tokens; "" for whoever does not."""
    person = request.user
    if not (person.is_authenticated and person.may("make_api_tokens")):
        return ""
    return reverse("api:tokens" if person.is_customer else "api_tokens:list")
