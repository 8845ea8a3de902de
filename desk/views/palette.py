"""The palette, the sheet of keys, and what somebody of the desk sets for themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from accounts.preferences import save_preferences
from desk.keymap import SHEET
from desk.page import NOT_ACCEPTED, desk_page, show
from desk.palette import as_json, find
from desk.settings_forms import DigestForm, SettingsForm
from desk.views.case import PART
from outbox.digests import wishes_of


@require_safe
@desk_page
def palette(request: HttpRequest) -> HttpResponse:
    """Find what a few letters could mean: as values for a script, else as a page of links."""
    asked = request.GET.get("q", "")
    found = find(request.user, asked, request.at)
    if PART in request.headers:
        answer = JsonResponse({"found": as_json(found)})
    else:
        context = {"found": found, "asked": asked, "here": "palette"}
        answer = show(request, "desk/keys/palette.html", context)
    answer["Vary"] = f"{PART}, Cookie"
    return answer


@require_safe
@desk_page
def keys(request: HttpRequest) -> HttpResponse:
    """Show which key does what."""
    is_part = PART in request.headers
    template = "desk/keys/_sheet.html" if is_part else "desk/keys/sheet.html"
    answer = show(request, template, {"sheet": SHEET, "here": "keys"})
    answer["Vary"] = f"{PART}, Cookie"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def settings(request: HttpRequest) -> HttpResponse:
    """Let somebody of the desk choose how it works for them."""
    if request.method != "POST":
        now = {name: getattr(request.user, name) for name in ("single_keys", "language")}
        return _settings_page(request, SettingsForm(initial=now))
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, form, status=NOT_ACCEPTED)
    said = {"language": request.user.language} | form.cleaned_data
    person = save_preferences(person=request.user, **said)
    with override(person.language):
        messages.success(request, _("Saved."))
    return redirect("desk:settings")


def _settings_page(request: HttpRequest, form: SettingsForm, status: int = 200) -> HttpResponse:
    digests = DigestForm(initial=wishes_of(request.user))
    context = {"form": form, "digests": digests, "here": "settings"}
    return show(request, "desk/keys/settings.html", context, status=status)
