"""The pages of tokens: in the admin for managers, in the portal for admins of companies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.admin_base import guarded
from accounts.collisions import all_or_nothing
from accounts.errors import DomainError, NotFound
from accounts.models import Person
from accounts.once import OnceForm, act_once
from api.errors import NameNeeded
from api.models import LONGEST_NAME, ApiToken
from api.scopes import SCOPES, scopes_for
from api.tokens import make_token, people_for, revoke_token, visible_tokens
from outbox.clock import real_now

ACT = "make_api_tokens"
NOT_ACCEPTED = 422
MOST_SHOWN = 200
SPANS = (
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("180", gettext_lazy("half a year")),
    ("366", gettext_lazy("a year")),
)

View = Callable[..., HttpResponse]


class TokenForm(OnceForm):
    """What a new token is for, and what it may do. `person` is asked of managers only."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Such as the name of the program that gets it."),
        error_messages={"required": NameNeeded(most=LONGEST_NAME).message % {"most": LONGEST_NAME}},
    )
    person = forms.TypedChoiceField(
        label=gettext_lazy("For whom does it act?"),
        coerce=int,
        help_text=gettext_lazy(
            "What it does is done in this name, and never more than this person may. For a program "
            "of its own, add a person of its own."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("For how long is it good?"), coerce=int, choices=SPANS, initial="90"
    )

    def __init__(self, data: Any, by: Person) -> None:
        super().__init__(data)
        people = list(people_for(by))
        if by.is_customer:
            del self.fields["person"]
        else:
            named = ((one.pk, f"{one.name}, {one.get_role_display()}") for one in people)
            self.fields["person"].choices = [("", "—"), *named]
        known = scopes_for(by) if by.is_customer else [one for one in SCOPES if _is_desks(one)]
        self.fields["scopes"].choices = [(scope.code, scope.words) for scope in known]


@dataclass(frozen=True)
class ShownToken:
    """A token on its page. `state` is good, over or revoked."""

    token: ApiToken
    state: str
    scopes: tuple[str, ...]


class TokenPages:
    """The pages on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses, below their own."""
        shown = require_http_methods(["GET", "HEAD", "POST"])(self.show)
        return [
            path("", self._open(shown), name="list"),
            path("<int:token_id>/revoke/", self._open(require_POST(self.revoke)), name="revoke"),
        ]

    def show(self, request: HttpRequest) -> HttpResponse:
        told, status = _page(request)
        whole = {**self.site.each_context(request), "title": _("Tokens for programs"), **told}
        response = TemplateResponse(request, "api/tokens_admin.html", whole, status=status)
        add_never_cache_headers(response)
        return response

    def revoke(self, request: HttpRequest, token_id: int) -> HttpResponse:
        _revoked(request, token_id)
        return redirect("api_tokens:list")

    def _open(self, view: View) -> View:
        return self.site.admin_view(guarded(view, lambda request: request.user.may(ACT)))


def admins_page(view: View) -> View:
    """Let admins of companies in; a manager's page of it is in the admin."""

    @wraps(view)
    def entered(request: HttpRequest, **named: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not (request.user.is_customer and request.user.may(ACT)):
            raise PermissionDenied
        try:
            return view(request, **named)
        except NotFound as none:
            raise Http404 from none

    return entered


@require_http_methods(["GET", "HEAD", "POST"])
@admins_page
def own(request: HttpRequest) -> HttpResponse:
    told, status = _page(request)
    response = render(request, "api/tokens.html", told, status=status)
    add_never_cache_headers(response)
    return response


@require_POST
@admins_page
def revoke_own(request: HttpRequest, token_id: int) -> HttpResponse:
    _revoked(request, token_id)
    return redirect("api:tokens")


def _page(request: HttpRequest) -> tuple[dict[str, Any], int]:
    """Read the page, and make a token where one was asked for: it is shown here and never again."""
    form = TokenForm(request.POST if request.method == "POST" else None, request.user)
    secret = _made(request, form) if form.is_bound and form.is_valid() else ""
    status = NOT_ACCEPTED if form.errors else 200
    told = {
        "form": TokenForm(None, request.user) if secret else form,
        "secret": secret,
        "tokens": _shown(visible_tokens(request.user), real_now()),
        "zone": request.user.time_zone or request.tenant.time_zone,
    }
    return told, status


def _made(request: HttpRequest, form: TokenForm) -> str:
    by, made = request.user, []
    said = {**form.cleaned_data, "person_id": form.cleaned_data.get("person", by.pk)}
    said.pop("person", None)
    try:
        with all_or_nothing():
            act_once(by=by, token=form.token, act=lambda: made.append(make_token(by=by, **said)[1]))
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return ""
    if not made:
        messages.info(request, _("This was done already; it was not done a second time."))
    return made[0] if made else ""


def _revoked(request: HttpRequest, token_id: int) -> None:
    token = revoke_token(token_id=token_id, by=request.user)
    messages.success(
        request, _("The token “%(name)s” is revoked: nobody can use it.") % {"name": token.name}
    )


def _shown(tokens: Any, now: datetime) -> Sequence[ShownToken]:
    found = tokens.select_related("person", "made_by")[:MOST_SHOWN]
    return [ShownToken(token, _state(token, now), token.codes) for token in found]


def _state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None or not token.person.is_active:
        return "revoked"
    return "good" if token.expires_at > now else "over"


def _is_desks(scope: Any) -> bool:
    return any(role in scope.roles for role in ("agent", "manager", "lead"))
