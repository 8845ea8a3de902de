"""Endpoints in the admin: who outside is told what, how it went, and sending something again."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.admin_base import guarded
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.places import site_url
from outbox.endpoints import (
    EndpointWish,
    access_endpoint,
    renew_secret,
    save_endpoint,
    send_hook_again,
    switch_off,
    switch_on,
)
from outbox.hook_kinds import KINDS
from outbox.hook_models import WebhookDelivery, WebhookEndpoint
from outbox.hooks import send_test

NOT_ACCEPTED = 422
ON_A_PAGE = 50
Shape, Scope = WebhookEndpoint.Shape, WebhookEndpoint.Scope
State = WebhookDelivery.State
CHOOSING = (Shape.STANDARD, Shape.SLACK, Shape.TEAMS)
HEARING = (*WebhookEndpoint.PAGERS, *WebhookEndpoint.TRACKERS, Shape.SLACK)
SECRETS = {
    Shape.PAGERDUTY: gettext_lazy("Integration key (Events API v2)"),
    Shape.OPSGENIE: gettext_lazy("API key"),
    Shape.JIRA: gettext_lazy("Token: e-mail:token for the cloud, or a personal access token"),
    Shape.GITHUB: gettext_lazy("Token that may read and write issues"),
    Shape.GITLAB: gettext_lazy("Token that may read and write issues"),
}
PROJECTS = {
    Shape.JIRA: gettext_lazy("Key of the project, such as SUP"),
    Shape.GITHUB: gettext_lazy("Repository, such as acme/engine"),
    Shape.GITLAB: gettext_lazy("Project, such as acme/engine"),
}
WHAT_FOR = {
    Shape.STANDARD: gettext_lazy("a program of your own, with signed messages"),
    Shape.SLACK: gettext_lazy("a channel, with a button that takes notice of a step"),
    Shape.TEAMS: gettext_lazy("a channel, by the webhook of a workflow"),
    Shape.PAGERDUTY: gettext_lazy("wakes who is on call; whoever acknowledges stops the ladder"),
    Shape.OPSGENIE: gettext_lazy("wakes who is on call; whoever acknowledges stops the ladder"),
    Shape.JIRA: gettext_lazy("issues of the engineers, for cases at Level 3"),
    Shape.GITHUB: gettext_lazy("issues of the engineers, for cases at Level 3"),
    Shape.GITLAB: gettext_lazy("issues of the engineers, for cases at Level 3"),
}
KEEPS = gettext_lazy("Leave it empty to keep what there is; it is not shown.")


class EndpointForm(forms.Form):
    """One endpoint. What cannot be read back is asked for anew, or kept."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2_000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    project = forms.CharField(max_length=200, required=False)
    secret = forms.CharField(
        max_length=2_000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    hook_secret = forms.CharField(
        label=gettext_lazy("Secret of what comes back from there"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What it may know"), choices=Scope.choices, widget=forms.RadioSelect
    )
    with_text = forms.BooleanField(
        label=gettext_lazy("With subjects and with what was written"),
        help_text=gettext_lazy(
            "Only for what the desk knows. Of a case that is restricted no words ever leave."
        ),
        required=False,
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, shape: str, endpoint: WebhookEndpoint | None) -> None:
        super().__init__(data, initial=_initial(endpoint))
        self.shape = Shape(shape)
        self._name_fields(endpoint)
        unused = [] if self.shape in CHOOSING else ["scope", "with_text", "kinds"]
        unused += [] if self.shape in SECRETS else ["secret"]
        unused += [] if self.shape in PROJECTS else ["project"]
        unused += [] if self.shape in HEARING else ["hook_secret"]
        for name in unused:
            del self.fields[name]

    def kind_groups(self) -> list[tuple[str, list[Any]]]:
        """List what can be told, each with its tick, below the words of its group."""
        drawn = list(self["kinds"])
        named = {code: str(kind.group) for code, kind in KINDS.items()}
        groups: dict[str, list[Any]] = {}
        for choice in drawn:
            groups.setdefault(named[choice.data["value"]], []).append(choice)
        return list(groups.items())

    def wish(self) -> EndpointWish:
        return EndpointWish(shape=self.shape, **self.cleaned_data)

    def refused(self, act: Callable[[], object]) -> bool:
        """Do something; a refusal is put at the field that it is about."""
        try:
            act()
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except NotFound:
            raise
        except DomainError as refusal:
            field = refusal.field if refusal.field in self.fields else None
            self.add_error(field, str(refusal))
            return True
        return False

    def _name_fields(self, endpoint: WebhookEndpoint | None) -> None:
        self.fields["kinds"].choices = _kind_choices()
        self.fields["secret"].label = SECRETS.get(self.shape, "")
        self.fields["project"].label = PROJECTS.get(self.shape, "")
        if endpoint is not None:
            for name in ("url", "secret", "hook_secret"):
                self.fields[name].help_text = KEEPS
        elif self.shape not in (*CHOOSING, Shape.JIRA):
            self.fields["url"].help_text = _("Leave it empty for the usual address of the service.")


class EndpointPages:
    """The pages of the endpoints on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses, below `endpoints/`."""
        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self._named("", require_safe(self.list), "list"),
            self._named("new/<slug:shape>/", both(self.new), "new"),
            self._named("<int:endpoint_id>/", require_safe(self.endpoint), "endpoint"),
            self._named("<int:endpoint_id>/edit/", both(self.edit), "edit"),
            self._named("<int:endpoint_id>/<slug:act>/", require_POST(self.act), "act"),
            self._named("deliveries/<int:delivery_id>/", both(self.delivery), "delivery"),
        ]

    def list(self, request: HttpRequest) -> HttpResponse:
        waiting = Count("deliveries", filter=Q(deliveries__state=State.QUEUED))
        failed = Count("deliveries", filter=Q(deliveries__state=State.FAILED))
        rows = WebhookEndpoint.objects.annotate(waiting=waiting, failed=failed).order_by("name")
        shapes = [(shape.value, shape.label, WHAT_FOR[shape]) for shape in Shape]
        context = {"rows": rows, "shapes": shapes, "kinds": KINDS.items()}
        return self._page(request, "list", _("Webhooks, chat, paging and trackers"), **context)

    def new(self, request: HttpRequest, shape: str) -> HttpResponse:
        if shape not in Shape.values:
            raise NotFound
        form = EndpointForm(request.POST or None, shape=shape, endpoint=None)
        return self._edited(request, form, None)

    def edit(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        endpoint = access_endpoint(endpoint_id)
        form = EndpointForm(request.POST or None, shape=endpoint.shape, endpoint=endpoint)
        return self._edited(request, form, endpoint)

    def endpoint(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        return self._shown(request, access_endpoint(endpoint_id))

    def act(self, request: HttpRequest, endpoint_id: int, act: str) -> HttpResponse:
        endpoint = access_endpoint(endpoint_id)
        who = {"endpoint_id": endpoint_id, "by": request.user, "at": request.at}
        if act == "renew":
            renewed, secret = renew_secret(**who)
            return self._shown(request, renewed, secret=secret)
        if act == "test":
            send_test(endpoint, at=request.at)
            messages.success(request, _("A test is on its way; look again in a few seconds."))
        elif act == "off":
            switch_off(**who)
            messages.success(request, _("It is told nothing until you switch it on again."))
        elif act == "on":
            switch_on(**who)
            messages.success(request, _("It is in service again, and what was held goes out."))
        else:
            raise NotFound
        return redirect("admin:endpoints_endpoint", endpoint_id)

    def delivery(self, request: HttpRequest, delivery_id: int) -> HttpResponse:
        rows = WebhookDelivery.objects.select_related("endpoint")
        delivery = rows.filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound
        if request.method == "POST":
            self._send_again(request, delivery)
            return redirect("admin:endpoints_delivery", delivery_id)
        context = {"delivery": delivery, "tries": delivery.tries.order_by("pk")}
        title = _("Delivery of %(kind)s") % {"kind": delivery.kind}
        return self._page(request, "delivery", title, **context)

    def _send_again(self, request: HttpRequest, delivery: WebhookDelivery) -> None:
        try:
            send_hook_again(delivery_id=delivery.pk, by=request.user)
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("It is in the queue again, under its own id."))

    def _edited(
        self, request: HttpRequest, form: EndpointForm, endpoint: WebhookEndpoint | None
    ) -> HttpResponse:
        made: list[Any] = []
        if form.is_bound and form.is_valid():
            who = {"by": request.user, "at": request.at}
            who |= {"wish": form.wish(), "endpoint_id": endpoint.pk if endpoint else None}
            form.refused(lambda: made.extend(save_endpoint(**who)))
        if made:
            saved, secret = made
            messages.success(request, _("Saved."))
            if secret:
                return self._shown(request, saved, secret=secret)
            return redirect("admin:endpoints_endpoint", saved.pk)
        shape = Shape(form.shape).label
        title = endpoint.name if endpoint else _("New: %(shape)s") % {"shape": shape}
        status = NOT_ACCEPTED if form.errors else 200
        context = {"form": form, "endpoint": endpoint, "shape": shape}
        return self._page(request, "edit", title, status, **context)

    def _shown(
        self, request: HttpRequest, endpoint: WebhookEndpoint, *, secret: str = ""
    ) -> HttpResponse:
        found = _deliveries(endpoint, request.GET.get("only", ""))
        shown = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
        hook = reverse("hooks:hook", args=[endpoint.hook_token])
        return self._page(
            request,
            "endpoint",
            endpoint.name,
            endpoint=endpoint,
            secret=secret,
            hook_url=site_url(request.tenant, hook) if endpoint.shape in HEARING else "",
            told=[(code, KINDS[code]) for code in endpoint.kinds if code in KINDS],
            shown=shown,
            only=request.GET.get("only", ""),
            states=State.choices,
        )

    def _page(
        self, request: HttpRequest, name: str, title: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        whole = {
            **self.site.each_context(request),
            "title": title,
            "zone": request.user.time_zone or request.tenant.time_zone,
            **context,
        }
        return TemplateResponse(request, f"admin/endpoints/{name}.html", whole, status=status)

    def _named(self, route: str, view: Any, name: str) -> URLPattern:
        shown = self.site.admin_view(guarded(view, lambda request: request.user.may("use_admin")))
        return path(f"endpoints/{route}", shown, name=f"endpoints_{name}")


def _deliveries(endpoint: WebhookEndpoint, only: str) -> QuerySet[WebhookDelivery]:
    found = WebhookDelivery.objects.filter(endpoint=endpoint).order_by("-pk")
    return found.filter(state=only) if only in State.values else found


def _initial(endpoint: WebhookEndpoint | None) -> dict[str, object]:
    if endpoint is None:
        public = [code for code, kind in KINDS.items() if kind.is_public]
        return {"scope": Scope.PUBLIC, "kinds": public}
    names = ("name", "project", "scope", "with_text", "kinds")
    return {name: getattr(endpoint, name) for name in names}


def _kind_choices() -> list[tuple[str, str]]:
    beside = _("(for the desk only)")
    return [
        (code, str(kind.about) if kind.is_public else f"{kind.about} {beside}")
        for code, kind in KINDS.items()
    ]
