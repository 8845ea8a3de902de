"""What is owed to whom by when, over all contracts; and what was done, written down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import OwnPages
from accounts.errors import DomainError, NotFound
from entitlements.benefits import deliveries_owed
from entitlements.deliveries import (
    give_seats_back,
    mark_delivered,
    mark_not_delivered,
    use_seats,
)
from entitlements.models import BenefitItem, Contract
from entitlements.queries import today_of
from sla.errors import NoPolicy
from sla.queries import current_policy

ALL, LATE, SOON = "all", "late", "soon"
NEXT = timedelta(days=30)
PER_PAGE = 50
COMPANY = "admin:entitlements_contract_company"
OWED = "admin:entitlements_benefititem_changelist"


@dataclass(frozen=True)
class Owed:
    """One delivery in the list of what is owed, on the customer's own day."""

    item: BenefitItem
    name: str
    plan: str
    days_left: int

    @property
    def late(self) -> int:
        return -self.days_left


class SeatsForm(forms.Form):
    """How many seats of a contract were used, and by whom."""

    benefit = forms.CharField(max_length=60)
    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, initial=1)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class BenefitItemAdmin(OwnPages):
    """One page in place of Django's list, and the buttons of the pages that show deliveries."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.owed), "changelist"),
            self.named_path("<int:item_id>/done/", require_POST(self.done), "done"),
            self.named_path("<int:item_id>/undo/", require_POST(self.undo), "undo"),
            self.named_path("seats/<int:contract_id>/", require_POST(self.seats), "seats"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # but by the buttons here

    def owed(self, request: HttpRequest) -> HttpResponse:
        which = request.GET.get("only", ALL)
        found = deliveries_owed().select_related("contract__company__tenant")
        # By the vendor's day; each row then counts by its customer's.
        today = request.at.date()
        limits = {LATE: {"due_on__lt": today}, SOON: {"due_on__lte": today + NEXT}}
        shown = Paginator(found.filter(**limits.get(which, {})), PER_PAGE).get_page(
            request.GET.get("page")
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("What is owed next"),
            "opts": self.opts,
            "shown": shown,
            "rows": self._rows(request, shown.object_list),
            "which": which,
            "views": [
                (ALL, _("all")),
                (LATE, _("late")),
                (SOON, _("late or within 30 days")),
            ],
        }
        return TemplateResponse(request, "admin/entitlements/benefititem/page.html", context)

    def done(self, request: HttpRequest, item_id: int) -> HttpResponse:
        form = NoteForm(request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""
        return self._act(
            request,
            lambda: mark_delivered(item_id=item_id, note=note, by=request.user, at=request.at),
            _("Delivered"),
        )

    def undo(self, request: HttpRequest, item_id: int) -> HttpResponse:
        item = BenefitItem.objects.filter(pk=item_id).first()
        if item is None:
            raise NotFound
        if item.due_on is None:
            # Of what is deleted the log keeps the contract.
            contract = item.contract
            return self._act(
                request,
                lambda: give_seats_back(item_id=item_id, by=request.user),
                _("Given back: %(quantity)d of %(benefit)s")
                % {"quantity": item.quantity, "benefit": item.benefit},
                contract=contract,
            )
        return self._act(
            request,
            lambda: mark_not_delivered(item_id=item_id, by=request.user),
            _("Not delivered after all"),
        )

    def seats(self, request: HttpRequest, contract_id: int) -> HttpResponse:
        contract = Contract.objects.select_related("company").filter(pk=contract_id).first()
        if contract is None:
            raise NotFound
        form = SeatsForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say how many: a whole number from 1."))
            return redirect(COMPANY, contract.company_id)
        told = _("Used: %(quantity)d of %(benefit)s") % form.cleaned_data
        return self._act(
            request,
            lambda: use_seats(
                contract=contract, by=request.user, at=request.at, **form.cleaned_data
            ),
            told,
            contract=contract,
        )

    def _act(
        self,
        request: HttpRequest,
        act: Callable[[], BenefitItem],
        told: str,
        contract: Contract | None = None,
    ) -> HttpResponse:
        """Do it, log it at its contract, and go back to where the button was."""
        try:
            item = act()
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return _back(request, contract)
        contract = contract or item.contract
        self.log_change(request, contract, f"{item.benefit}: {told}")
        messages.success(request, told)
        return _back(request, contract)

    def _rows(self, request: HttpRequest, items: Any) -> list[Owed]:
        try:
            policy = current_policy(request.at).policy
        except NoPolicy:
            policy = None
        names = {one.code: one.name for one in (policy.benefits if policy else ())}
        plans = {one.code: one.name for one in (policy.plans if policy else ())}
        return [
            Owed(
                item,
                names.get(item.benefit, item.benefit),
                plans.get(item.contract.plan, item.contract.plan),
                _days(item.due_on, today_of(item.contract.company, request.at)),
            )
            for item in items
        ]


def _days(due_on: date, today: date) -> int:
    return (due_on - today).days


def _back(request: HttpRequest, contract: Contract | None) -> HttpResponse:
    """Go back to the list or to the company, whichever page the button was on."""
    if contract is None or request.POST.get("from") == "owed":
        return redirect(OWED)
    return redirect(reverse(COMPANY, args=[contract.company_id]))


def register(site: AdminSite) -> None:
    """Put what is owed into an admin site."""
    site.register(BenefitItem, BenefitItemAdmin)
