"""Faults in the admin: how common each is, which release has the fix, and telling all (DD-24)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
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
from tickets.actions.defects import give_up_fix, promise_fix, ship_fix
from tickets.models import Case, Defect

PER_PAGE = 50
MOST_CASES = 200
OPEN = Q(cases__status__in=(Case.Status.OPEN, Case.Status.WAITING))
DECISIONS = (
    ("promise", gettext_lazy("It is fixed in this release")),
    ("ship", gettext_lazy("That release is out: tell all who wait for it")),
    ("drop", gettext_lazy("It will not be fixed")),
)


def defects_with_counts() -> QuerySet[Defect]:
    """List faults, the most common first: `common` open cases of `companies` companies."""
    counted = Defect.objects.select_related("product", "release").annotate(
        common=Count("cases", filter=OPEN),
        companies=Count("cases__company", filter=OPEN, distinct=True),
    )
    return counted.order_by("-common", "-pk")


class FixForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"), choices=DECISIONS, widget=forms.RadioSelect
    )
    release = forms.TypedChoiceField(
        label=gettext_lazy("Release"), required=False, coerce=int, empty_value=None
    )
    note = forms.CharField(label=gettext_lazy("Note for customers"), required=False, max_length=400)

    def __init__(self, data: Any = None, *, defect: Defect) -> None:
        promised = defect.state == Defect.State.PROMISED
        held = {
            "decision": "ship" if promised else "promise",
            "release": defect.release_id,
            "note": defect.note,
        }
        super().__init__(data, initial=held)
        releases = Release.objects.filter(product=defect.product).order_by("-version_key")
        named = [(one.pk, one.version) for one in releases]
        self.fields["release"].choices = [("", "\N{EM DASH}"), *named]
        if not promised:
            self.fields["decision"].choices = [one for one in DECISIONS if one[0] != "ship"]


class DefectAdmin(OwnPages):
    """Pages in place of Django's: the most common first, and one for the fix."""

    def get_urls(self) -> list[URLPattern]:
        decide = require_http_methods(["GET", "HEAD", "POST"])(self.decide)
        return [
            self.named_path("", require_safe(self.show), "changelist"),
            self.named_path("<int:defect_id>/", decide, "decide"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def show(self, request: HttpRequest) -> HttpResponse:
        shown = Paginator(defects_with_counts(), PER_PAGE).get_page(request.GET.get("page"))
        most = max((defect.common for defect in shown), default=0)
        context = self._context(request, _("Faults of the products"))
        context |= {"shown": shown, "most": most or 1}
        return TemplateResponse(request, "admin/tickets/defect/list.html", context)

    def decide(self, request: HttpRequest, defect_id: int) -> HttpResponse:
        defect = defects_with_counts().filter(pk=defect_id).first()
        if defect is None:
            raise NotFound
        form = FixForm(request.POST if request.method == "POST" else None, defect=defect)
        if form.is_bound and form.is_valid() and self._is_decided(request, defect, form):
            messages.success(request, _("Done. The customers of its open cases are told."))
            nudge()
            return redirect("admin:tickets_defect_changelist")
        cases = Case.objects.filter(defect=defect_id).select_related("company")
        context = self._context(request, defect.title)
        context |= {
            "defect": defect,
            "form": form,
            "is_over": defect.state == Defect.State.SHIPPED,
            "cases": cases.order_by("number")[:MOST_CASES],
        }
        return TemplateResponse(request, "admin/tickets/defect/page.html", context)

    def _is_decided(self, request: HttpRequest, defect: Defect, form: FixForm) -> bool:
        try:
            _decide(request, defect, form.cleaned_data)
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return False
        self.log_change(request, defect, _("Decided"))
        return True

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        common = self.admin_site.each_context(request)
        return {**common, "title": title, "opts": self.opts, "zone": request.tenant.time_zone}


def _decide(request: HttpRequest, defect: Defect, data: dict[str, Any]) -> None:
    who = {"defect_id": defect.pk, "by": request.user, "at": request.at}
    if data["decision"] == "promise":
        promise_fix(release_id=data["release"] or 0, note=data["note"], **who)
    elif data["decision"] == "ship":
        ship_fix(**who)
    else:
        give_up_fix(note=data["note"], **who)


def register(site: AdminSite) -> None:
    """Put the faults into an admin site."""
    site.register(Defect, DefectAdmin)
