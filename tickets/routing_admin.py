"""Which team takes new cases, in the admin: routes by product and region (MX-28)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.admin_base import OwnPages
from accounts.errors import DomainError, NotFound
from accounts.models import Team
from accounts.queries import first_team_of
from entitlements.models import Product
from sla.errors import NoPolicy
from sla.queries import latest_policy
from tickets.actions.opening import FIRST_TIER
from tickets.actions.routing import add_route, remove_route
from tickets.models import TeamRoute

PAGE = "admin:tickets_teamroute_changelist"
ANY = ("", gettext_lazy("any"))


class RouteForm(forms.Form):
    product = forms.TypedChoiceField(
        label=gettext_lazy("Product"), required=False, coerce=int, empty_value=None
    )
    region = forms.ChoiceField(label=gettext_lazy("Region of the customer"), required=False)
    team = forms.TypedChoiceField(label=gettext_lazy("Team"), coerce=int)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        products = Product.objects.order_by("name", "pk")
        teams = Team.objects.filter(tier=FIRST_TIER).order_by("name", "pk")
        self.fields["product"].choices = [ANY, *((one.pk, one.name) for one in products)]
        self.fields["region"].choices = [ANY, *region_names().items()]
        self.fields["team"].choices = [(one.pk, one.name) for one in teams]


class TeamRouteAdmin(OwnPages):
    """One page in place of Django's: the routes, the most exact first, and a form for another."""

    def get_urls(self) -> list[URLPattern]:
        show = require_http_methods(["GET", "HEAD", "POST"])(self.show)
        return [
            self.named_path("", show, "changelist"),
            self.named_path("<int:route_id>/remove/", require_POST(self.remove), "remove"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def show(self, request: HttpRequest) -> HttpResponse:
        form = RouteForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid() and self._is_added(request, form):
            messages.success(request, _("The route counts for cases from now on."))
            return redirect(PAGE)
        names = region_names()
        routes = TeamRoute.objects.select_related("product", "team")
        ordered = routes.order_by("product__name", "region", "pk")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Routes of new cases"),
            "opts": self.opts,
            "form": form,
            "routes": [(route, names.get(route.region, route.region)) for route in ordered],
            "first_team": first_team_of(FIRST_TIER),
        }
        return TemplateResponse(request, "admin/tickets/teamroute/page.html", context)

    def remove(self, request: HttpRequest, route_id: int) -> HttpResponse:
        remove_route(route_id=route_id, by=request.user)
        messages.success(request, _("The route is gone. Cases keep the teams that they have."))
        return redirect(PAGE)

    def _is_added(self, request: HttpRequest, form: RouteForm) -> bool:
        data = form.cleaned_data
        where = {"product_id": data["product"], "region": data["region"], "team_id": data["team"]}
        try:
            route = add_route(by=request.user, **where)
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return False
        self.log_addition(request, route, _("Route"))
        return True


def region_names() -> dict[str, str]:
    """Name the regions of the newest policy; none where there is no policy yet."""
    try:
        policy = latest_policy().policy
    except NoPolicy:
        return {}
    return {region.code: region.name for region in policy.regions}


def register(site: AdminSite) -> None:
    """Put the routes into an admin site."""
    site.register(TeamRoute, TeamRouteAdmin)
