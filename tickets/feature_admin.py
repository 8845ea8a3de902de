"""Wishes for the product in the admin: how many ask for each, and what becomes of it (MX-14)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin_base import OwnPages
from accounts.errors import DomainError, NotFound
from entitlements.models import Release
from outbox.tasks import nudge
from tickets.actions.features import dispose_feature
from tickets.features import features_with_counts
from tickets.models import Case, FeatureRequest

PER_PAGE = 50
MOST_CASES = 200


class DispositionForm(forms.Form):
    disposition = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"), choices=FeatureRequest.Disposition.choices
    )
    release = forms.TypedChoiceField(
        label=gettext_lazy("Release"), required=False, coerce=int, empty_value=None
    )
    answer = forms.CharField(
        label=gettext_lazy("In words for customers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Stands on every case about it; mailed to who wants to hear."),
    )

    def __init__(self, data: Any = None, *, feature: FeatureRequest) -> None:
        held = {
            "disposition": feature.disposition,
            "release": feature.release_id,
            "answer": feature.answer,
        }
        super().__init__(data, initial=held)
        releases = Release.objects.select_related("product").order_by("product__name")
        of_product = releases.filter(product=feature.product) if feature.product else releases
        named = [(one.pk, f"{one.product.name} {one.version}") for one in of_product]
        self.fields["release"].choices = [("", "—"), *named]


class FeatureRequestAdmin(OwnPages):
    """Pages in place of Django's: the most wanted first, and one for the decision."""

    def get_urls(self) -> list[URLPattern]:
        decide = require_http_methods(["GET", "HEAD", "POST"])(self.decide)
        return [
            self.named_path("", require_safe(self.show), "changelist"),
            self.named_path("<int:feature_id>/", decide, "decide"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def show(self, request: HttpRequest) -> HttpResponse:
        shown = Paginator(features_with_counts(), PER_PAGE).get_page(request.GET.get("page"))
        most = max((feature.wanted for feature in shown), default=0)
        context = self._context(request, _("Wishes for the product"))
        context |= {"shown": shown, "most": most or 1}
        return TemplateResponse(request, "admin/tickets/featurerequest/list.html", context)

    def decide(self, request: HttpRequest, feature_id: int) -> HttpResponse:
        feature = features_with_counts().filter(pk=feature_id).first()
        if feature is None:
            raise NotFound
        form = DispositionForm(request.POST if request.method == "POST" else None, feature=feature)
        if form.is_bound and form.is_valid() and self._is_decided(request, feature, form):
            messages.success(request, _("Decided. Who wants to hear of it is told."))
            nudge()
            return redirect("admin:tickets_featurerequest_changelist")
        cases = Case.objects.filter(feature_request=feature_id).select_related("company")
        context = self._context(request, feature.title)
        context |= {
            "feature": feature,
            "form": form,
            "cases": cases.order_by("number")[:MOST_CASES],
        }
        return TemplateResponse(request, "admin/tickets/featurerequest/page.html", context)

    def _is_decided(
        self, request: HttpRequest, feature: FeatureRequest, form: DispositionForm
    ) -> bool:
        data = form.cleaned_data
        try:
            dispose_feature(
                feature_id=feature.pk,
                disposition=data["disposition"],
                answer=data["answer"],
                release_id=data["release"],
                by=request.user,
                at=request.at,
            )
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return False
        self.log_change(request, feature, _("Decided"))
        return True

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        common = self.admin_site.each_context(request)
        return {**common, "title": title, "opts": self.opts, "zone": request.tenant.time_zone}


def register(site: AdminSite) -> None:
    """Put the wishes into an admin site."""
    site.register(FeatureRequest, FeatureRequestAdmin)
