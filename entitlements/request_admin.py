"""What customers ask for when the gate says no, and what managers let through in spite of it."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from accounts.models import Company
from accounts.queries import access_company, people_of_company
from entitlements.balances import balance_at
from entitlements.decisions_admin import one_of, waiting_first
from entitlements.drafts import DraftStanding, draft_standing
from entitlements.gate_rules import CAN_BE_OVERRIDDEN as CODES
from entitlements.models import EntitlementRequest, GateOverride
from entitlements.overrides import grant_override
from entitlements.points_admin import PER_PAGE, PointsPages, policy_now, sent, typed
from entitlements.request_forms import DeclineForm, LetThroughForm, OverrideForm, PackForm
from entitlements.request_words import channel_text, code_names, codes_of, request_text
from entitlements.requests import decline_request, grant_request

Kind, State = EntitlementRequest.Kind, EntitlementRequest.State
PAGE = "admin:entitlements_entitlementrequest_page"
OVERRIDES = "admin:entitlements_gateoverride_changelist"


class EntitlementRequestAdmin(PointsPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.inbox), "changelist"),
            self.named_path("<int:request_id>/", typed(self.one), "page"),
        ]

    def inbox(self, request: HttpRequest) -> HttpResponse:
        policy = policy_now(request)
        found = waiting_first(_requests(), State.WAITING)
        shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        rows = [(one, request_text(one, policy)) for one in shown]
        title = _("Requests of customers")
        return self.page(request, "requests", title, shown=shown, rows=rows)

    def one(self, request: HttpRequest, request_id: int) -> HttpResponse:
        asked, policy = one_of(_requests(), request_id), policy_now(request)
        decision = request.POST.get("decision", "")
        blocked = draft_standing(asked.asked_by, request.at, asked.channel)
        granting = _grant_form(asked, blocked, request.POST if decision == "grant" else None)
        typed_in = request.POST if decision == "decline" else None
        declining = DeclineForm(typed_in, auto_id="decline_%s")
        if request.method == "POST" and self._decided(request, asked, granting, declining):
            return redirect(PAGE, asked.pk)
        return self.page(
            request,
            "request",
            _("%(name)s asks for “%(what)s”")
            % {"name": asked.asked_by.name, "what": request_text(asked, policy)},
            asked=asked,
            company=asked.company,
            what=request_text(asked, policy),
            channel=channel_text(asked, policy),
            reasons=code_names(asked.codes),
            balance=balance_at(asked.company, request.at),
            override=GateOverride.objects.filter(request=asked).first(),
            earlier=_requests().filter(company=asked.company).exclude(pk=asked.pk)[:10],
            blocked=blocked.refused if blocked else (),
            has_draft=blocked is not None,
            cannot_be_lifted=blocked.sentences_but(CODES) if blocked else [],
            granting=granting,
            declining=declining,
            is_waiting=asked.state == State.WAITING,
            faulty=granting.errors or declining.errors,
        )

    def _decided(
        self,
        request: HttpRequest,
        asked: EntitlementRequest,
        granting: forms.Form,
        declining: forms.Form,
    ) -> bool:
        which = {"request_id": asked.pk, "by": request.user, "at": request.at}
        decision = request.POST.get("decision", "")
        if decision == "grant":
            act, told = grant_request, _("Granted. Who asked for it is told.")
            done = self._do(request, asked, granting, partial(act, **which), told)
            if done:
                _warn(request, asked)
            return done
        if decision == "decline":
            told = _("Declined. Who asked for it is told why.")
            return self._do(request, asked, declining, partial(decline_request, **which), told)
        raise NotFound

    def _do(
        self,
        request: HttpRequest,
        asked: EntitlementRequest,
        form: forms.Form,
        act: Callable[..., EntitlementRequest],
        told: str,
    ) -> bool:
        if not form.is_valid() or not self.done(request, form, partial(act, **form.cleaned_data)):
            return False
        self.log_change(request, asked, told)
        messages.success(request, told)
        return True


class GateOverrideAdmin(PointsPages):
    """The exceptions: who made them, why, until when, and which case used them."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.list), "changelist"),
            self.named_path("<int:company_id>/new/", typed(self.new), "new"),
        ]

    def list(self, request: HttpRequest) -> HttpResponse:
        found = _overrides(request)
        shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        rows = [(one, code_names(one.codes)) for one in shown]
        title = _("Exceptions")
        return self.page(request, "overrides", title, shown=shown, rows=rows, now=request.at)

    def new(self, request: HttpRequest, company_id: int) -> HttpResponse:
        company = access_company(request.user, company_id)
        people = people_of_company(company)
        codes = codes_of(policy_now(request))
        form = OverrideForm(sent(request), people=people, codes=codes)
        if (
            form.is_valid()
            and _covers(form, request)
            and self.done(request, form, partial(self._granted, request, company, form))
        ):
            return redirect(OVERRIDES)
        return self.page(
            request,
            "form",
            _("Let a case of %(company)s through") % {"company": company.name},
            company=company,
            form=form,
            faulty=form.errors,
            button=_("Make the exception"),
            hint=_("It is good for one case, and is used by the first that needs it."),
        )

    def _granted(self, request: HttpRequest, company: Company, form: OverrideForm) -> None:
        facts = {name: form.cleaned_data[name] for name in ("contact", "codes", "reason", "days")}
        made = grant_override(company=company, by=request.user, at=request.at, **facts)
        self.log_addition(request, made, ", ".join(code_names(made.codes)))
        messages.success(request, _("The exception is made."))


def _grant_form(
    asked: EntitlementRequest, blocked: DraftStanding | None, typed_in: QueryDict | None
) -> forms.Form:
    if asked.kind == Kind.PACK:
        return PackForm(typed_in, auto_id="grant_%s")
    now = blocked.codes if blocked else ()
    codes = (*asked.codes.split(","), *now)
    return LetThroughForm(typed_in, auto_id="grant_%s", codes=codes)


def _warn(request: HttpRequest, asked: EntitlementRequest) -> None:
    """Say what still stands in the way of the asker's draft."""
    left = draft_standing(asked.asked_by, request.at, asked.channel)
    for _code, sentence in left.refused if left else ():
        told = _("The draft is still blocked: %(why)s") % {"why": sentence}
        messages.warning(request, told)


def _covers(form: OverrideForm, request: HttpRequest) -> bool:
    """Tell whether an exception would do for the draft of whom it is for; asked once."""
    contact = form.cleaned_data["contact"]
    blocked = draft_standing(contact, request.at) if contact else None
    left = blocked.sentences_but(form.cleaned_data["codes"]) if blocked else []
    if not left or form.cleaned_data["all_the_same"]:
        return True
    named = _("It would not let the draft of %(name)s through.") % {"name": contact.name}
    form.hold_back([named, *left], blocked.codes)
    return False


def _requests() -> QuerySet[EntitlementRequest]:
    people = ("asked_by", "asked_of", "decided_by")
    requests = EntitlementRequest.objects.select_related("company__tenant", *people)
    return requests.order_by("-asked_at", "-pk")


def _overrides(request: HttpRequest) -> QuerySet[GateOverride]:
    """List the exceptions, those first that can still be used."""
    is_open = Q(used_at__isnull=True, good_until__gt=request.at)
    overrides = GateOverride.objects.select_related("company", "contact", "granted_by", "request")
    return overrides.annotate(
        is_open=ExpressionWrapper(is_open, output_field=BooleanField())
    ).order_by("-is_open", "-granted_at", "-pk")


def register(site: AdminSite) -> None:
    """Put requests and exceptions into an admin site."""
    site.register(EntitlementRequest, EntitlementRequestAdmin)
    site.register(GateOverride, GateOverrideAdmin)
