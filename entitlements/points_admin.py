"""Points in the admin: all accounts, a company's statement, and what a manager may do about it.

Nothing here writes to the ledger but by its actions: no row of it can be added, changed or deleted.
"""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin_base import OwnPages, View
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Company
from accounts.once import do_once
from accounts.queries import access_company, whereabouts
from accounts.tenancy import stream_in_tenant
from entitlements.balances import balance_at, trial_balance, usable_lots
from entitlements.corrections import approvers, ask_correction
from entitlements.first_purchase import grant_first_purchase, grants_offered
from entitlements.models import Correction, MoneyRefund, PointsAccount, PointsLine
from entitlements.points_accounts import ALL, ENDING, LOW, companies_with_points, only
from entitlements.points_forms import Chosen, CorrectForm, GrantForm, SellForm
from entitlements.points_notices import tell_of_asked_correction
from entitlements.selling import sell_pack
from entitlements.statement import linked_rows, points_shown, statement_csv, statement_page
from outbox.tasks import nudge
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy

COMPANY = "admin:entitlements_pointsaccount_company"
PER_PAGE = 50
LOTS_OFFERED = 200
READ_AND_SEND = ["GET", "HEAD", "POST"]


class PointsPages(OwnPages):
    """What the pages about points share."""

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        """Render a page; `faulty` tells that a form on it is shown again with what is wrong."""
        whole = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "zone": request.tenant.time_zone,
            "faulty": False,
        }
        template = f"admin/entitlements/points/{name}.html"
        status = HTTPStatus.UNPROCESSABLE_ENTITY if context.get("faulty") else HTTPStatus.OK
        return TemplateResponse(request, template, whole | context, status=status)

    def done(self, request: HttpRequest, form: forms.Form, act: Callable[[], object]) -> bool:
        """Do what a valid form asks for; what is refused is said on the form."""
        try:
            do_once(request, form, act)
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return False
        nudge()
        return True


class PointsAccountAdmin(PointsPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.accounts), "changelist"),
            self.named_path("<int:company_id>/", require_safe(self.company), "company"),
            self.named_path("<int:company_id>/statement.csv", require_safe(self.table), "table"),
            self.named_path("<int:company_id>/sell/", typed(self.sell), "sell"),
            self.named_path("<int:company_id>/grant/", typed(self.grant), "grant"),
            self.named_path("<int:company_id>/correct/", typed(self.correct), "correct"),
        ]

    def accounts(self, request: HttpRequest) -> HttpResponse:
        which, text = request.GET.get("only", ALL), request.GET.get("q", "").strip()
        found = only(companies_with_points(policy_now(request), request.at), which, text)
        return self.page(
            request,
            "accounts",
            _("Points of all companies"),
            shown=Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
            which=which,
            text=text,
            query=urlencode({"only": which, "q": text}) + "&",
            views=[(ALL, _("all")), (LOW, _("low balance")), (ENDING, _("ending soon"))],
            trial=trial_shown(None),
        )

    def company(self, request: HttpRequest, company_id: int) -> HttpResponse:
        company, policy = access_company(request.user, company_id), policy_now(request)
        return self.page(
            request,
            "company",
            _("Points of %(company)s") % {"company": company.name},
            **company_shown(company, policy, request),
            trial=trial_shown(company),
            grants=grants_offered(company, policy) if policy else [],
            corrections=Correction.objects.filter(company=company)
            .select_related("asked_by")
            .order_by("-pk")[:PER_PAGE],
            refunds=MoneyRefund.objects.filter(company=company).order_by("-pk")[:PER_PAGE],
        )

    def table(self, request: HttpRequest, company_id: int) -> HttpResponseBase:
        return statement_file(request, access_company(request.user, company_id))

    def sell(self, request: HttpRequest, company_id: int) -> HttpResponse:
        company, policy = (
            access_company(request.user, company_id),
            current_policy(request.at).policy,
        )
        form = sell_form(request, company, policy)
        if form.is_valid() and self.done(request, form, partial(sold, request, company, form)):
            return redirect(COMPANY, company.pk)
        title = _("Record a purchase of %(company)s") % {"company": company.name}
        return self._form(request, company, title, form, _("Record the purchase"))

    def grant(self, request: HttpRequest, company_id: int) -> HttpResponse:
        company = access_company(request.user, company_id)
        grants = grants_offered(company, current_policy(request.at).policy)
        if not grants:
            messages.info(request, _("There is nothing to grant: it comes once, with the first."))
            return redirect(COMPANY, company.pk)
        form = GrantForm(sent(request), grants=grants)
        if form.is_valid() and self.done(
            request, form, partial(self._granted, request, company, form)
        ):
            return redirect(COMPANY, company.pk)
        title = _("Points with the first purchase of %(company)s") % {"company": company.name}
        return self._form(request, company, title, form, _("Grant them"))

    def correct(self, request: HttpRequest, company_id: int) -> HttpResponse:
        company = access_company(request.user, company_id)
        lots = usable_lots(company, request.at)[:LOTS_OFFERED]
        balance = balance_at(company, request.at)
        form = CorrectForm(sent(request), lots=lots, balance=balance, zone=zone_of(company))
        if form.is_valid() and self.done(
            request, form, partial(self._asked, request, company, form)
        ):
            return redirect(COMPANY, company.pk)
        others = [person.name for person in approvers(request.user)]
        told = _("Nothing changes until a second manager approves it: %(names)s.")
        hint = told % {"names": ", ".join(others)} if others else ""
        title = _("Correct the points of %(company)s") % {"company": company.name}
        return self._form(request, company, title, form, _("Ask for approval"), hint)

    def _granted(self, request: HttpRequest, company: Company, form: GrantForm) -> None:
        lot = grant_first_purchase(
            company=company,
            grant=form.cleaned_data["grant"],
            points=form.cleaned_data.get("points"),
            by=request.user,
            at=request.at,
        )
        told = ngettext(
            "%(points)d point is granted to %(company)s.",
            "%(points)d points are granted to %(company)s.",
            lot.points,
        )
        messages.success(request, told % {"points": lot.points, "company": company.name})
        logged = ngettext("%(points)d point granted", "%(points)d points granted", lot.points)
        self.log_change(request, company, logged % {"points": lot.points})

    def _asked(self, request: HttpRequest, company: Company, form: CorrectForm) -> None:
        asked = ask_correction(company=company, by=request.user, at=request.at, **form.asked())
        tell_of_asked_correction(asked, request.at)
        messages.success(request, _("Asked for. It waits for another manager's approval."))

    def _form(
        self,
        request: HttpRequest,
        company: Company,
        title: str,
        form: forms.Form,
        button: str,
        hint: str = "",
    ) -> HttpResponse:
        shown = {"company": company, "form": form, "button": button, "hint": hint}
        shown["faulty"] = form.errors
        return self.page(request, "form", title, **shown)


def sent(request: HttpRequest) -> QueryDict | None:
    """Give what was typed into a form; None when the page is only read."""
    return request.POST if request.method == "POST" else None


def policy_now(request: HttpRequest) -> Policy | None:
    """Find the policy in effect; None before the first."""
    try:
        return current_policy(request.at).policy
    except NoPolicy:
        return None


def zone_of(company: Company) -> str:
    """Name the zone by whose calendar a company's points end."""
    return whereabouts(company=company).time_zone


def company_shown(
    company: Company, policy: Policy | None, request: HttpRequest
) -> dict[str, object]:
    """Read what a page of a company's points shows to people of the vendor."""
    chosen, zone = Chosen(request.GET), zone_of(company)
    statement = statement_page(company, policy, zone, year=chosen.year, before=chosen.before)
    return {
        "company": company,
        "policy": policy,
        "points": points_shown(company, policy, request.at),
        "statement": statement,
        "rows": linked_rows(statement.rows, lambda number: reverse("desk:case", args=[number])),
        "zone": zone,
    }


def statement_file(request: HttpRequest, company: Company) -> HttpResponseBase:
    """Stream a company's statement as people of the vendor have it."""
    year = Chosen(request.GET).year
    lines = stream_in_tenant(
        request.tenant.pk,
        partial(
            statement_csv,
            company,
            policy_now(request),
            zone_of(company),
            request.tenant.case_prefix,
            year=year,
            for_vendor=True,
        ),
    )
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"points-{company.pk}-{year or 'all'}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sell_form(request: HttpRequest, company: Company, policy: Policy) -> SellForm:
    """Make the form of a sale; it says by whose calendar days count."""
    return SellForm(sent(request), packs=policy.packs, zone=zone_of(company), at=request.at)


def sold(request: HttpRequest, company: Company, form: SellForm) -> None:
    """Record the sale of a valid form, and say so."""
    lot = sell_pack(company=company, by=request.user, at=request.at, **form.cleaned_data)
    told = ngettext(
        "%(points)d point is entered for %(company)s.",
        "%(points)d points are entered for %(company)s.",
        lot.points,
    )
    messages.success(request, told % {"points": lot.points, "company": company.name})


def trial_shown(company: Company | None) -> dict[str, object]:
    """Read the trial balance of a company, or of the whole vendor: it must come to zero."""
    sums = trial_balance(company)
    named = [(PointsLine.Account(account).label, points) for account, points in sums.items()]
    return {"rows": named, "total": sum(sums.values())}


def typed(view: View) -> View:
    """Let a page be read and its form be sent."""
    return require_http_methods(READ_AND_SEND)(view)


def register(site: AdminSite) -> None:
    """Put the accounts of points into an admin site."""
    site.register(PointsAccount, PointsAccountAdmin)
