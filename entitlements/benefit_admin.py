"""What is owed to whom by when, over all contracts; and what was done, written down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
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
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import OwnPages
from accounts.errors import DomainError, NotFound
from accounts.once import OnceForm, do_once
from entitlements.benefits import deliveries_owed
from entitlements.deliveries import (
    give_seats_back,
    mark_delivered,
    mark_not_delivered,
    use_seats,
)
from entitlements.holdings import policy_at
from entitlements.models import BenefitItem, Contract
from entitlements.queries import today_of
from entitlements.release_lists import vendors_day

ALL, LATE, SOON = "all", "late", "soon"
NEXT = timedelta(days=30)
PER_PAGE = 50
COMPANY = "admin:entitlements_contract_company"
OWED = "admin:entitlements_benefititem_changelist"
HOW_MANY = gettext_lazy("Say how many: a whole number from 1.")


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


class SeatsForm(OnceForm):
    """How many seats of a contract were used, and by whom."""

    benefit = forms.CharField(max_length=60, widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), HOW_MANY),
    )
    note = forms.CharField(label=gettext_lazy("Who, or why"), max_length=200, required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    # The page that the button was on.
    came_from = forms.CharField(required=False, widget=forms.HiddenInput)


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
        today = vendors_day(request.at)
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
                (LATE, pgettext("delivery", "late")),
                (SOON, _("late or within 30 days")),
            ],
        }
        return TemplateResponse(request, "admin/entitlements/benefititem/page.html", context)

    def done(self, request: HttpRequest, item_id: int) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            item = _item(item_id)
            return self._again(request, form, item.contract, item.benefit, _("Mark as done"))
        note = form.cleaned_data["note"]
        return self._act(
            request,
            lambda: mark_delivered(item_id=item_id, note=note, by=request.user, at=request.at),
            _("Delivered"),
        )

    def undo(self, request: HttpRequest, item_id: int) -> HttpResponse:
        item = _item(item_id)
        if item.due_on is None:
            # Of what is deleted the log keeps the contract.
            contract = item.contract
            return self._act(
                request,
                lambda: give_seats_back(item_id=item_id, by=request.user),
                _("Given back: %(quantity)d") % {"quantity": item.quantity},
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
        if form.is_valid() and self._used(request, form, contract):
            return redirect(COMPANY, contract.company_id)
        benefit = request.POST.get("benefit", "")
        return self._again(request, form, contract, benefit, _("Write down as used"))

    def _used(self, request: HttpRequest, form: SeatsForm, contract: Contract) -> bool:
        try:
            do_once(request, form, partial(self._use, request, form, contract))
        except NotFound:
            raise
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return False
        return True

    def _use(self, request: HttpRequest, form: SeatsForm, contract: Contract) -> None:
        typed = form.cleaned_data
        use_seats(contract=contract, by=request.user, at=request.at, **typed)
        name = _name(request, typed["benefit"])
        told = _("Used: %(quantity)d of %(benefit)s") % {**typed, "benefit": name}
        self.log_change(request, contract, told)
        messages.success(request, told)

    def _again(
        self, request: HttpRequest, form: forms.Form, contract: Contract, code: str, button: str
    ) -> HttpResponse:
        """Show what was typed with what is wrong in it."""
        context = {
            **self.admin_site.each_context(request),
            "title": _name(request, code),
            "opts": self.opts,
            "form": form,
            "company": contract.company,
            "button": button,
        }
        page = "admin/entitlements/benefititem/form.html"
        return TemplateResponse(request, page, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)

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
        said = f"{_name(request, item.benefit)}: {told}"
        self.log_change(request, contract, said)
        messages.success(request, said)
        return _back(request, contract)

    def _rows(self, request: HttpRequest, items: Any) -> list[Owed]:
        policy = policy_at(request.at)
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


def _item(item_id: int) -> BenefitItem:
    found = BenefitItem.objects.select_related("contract__company__tenant")
    item = found.filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def _name(request: HttpRequest, code: str) -> str:
    """Name a benefit as the policy does."""
    policy = policy_at(request.at)
    named = (one.name for one in (policy.benefits if policy else ()) if one.code == code)
    return next(named, code)


def _days(due_on: date, today: date) -> int:
    return (due_on - today).days


def _back(request: HttpRequest, contract: Contract | None) -> HttpResponse:
    """Go back to the list or to the company, whichever page the button was on."""
    if contract is None or request.POST.get("came_from") == "owed":
        return redirect(OWED)
    return redirect(reverse(COMPANY, args=[contract.company_id]))


def register(site: AdminSite) -> None:
    """Put what is owed into an admin site."""
    site.register(BenefitItem, BenefitItemAdmin)
