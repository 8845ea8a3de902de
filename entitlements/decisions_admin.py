"""What a manager decides about points: corrections of others, and money instead of points."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import DomainError, NotAllowed, NotFound
from entitlements.corrections import approve_correction, decline_correction, take_back_correction
from entitlements.expiry import grace_end
from entitlements.models import Correction, MoneyRefund
from entitlements.points_admin import PER_PAGE, PointsPages, typed, zone_of
from entitlements.points_forms import AnswerForm, SettleForm
from entitlements.points_notices import tell_of_decided_correction, tell_of_refund
from entitlements.refunds import decline_money_refund, settle_money_refund
from outbox.tasks import nudge
from sla.queries import current_policy

Row = TypeVar("Row", bound=Model)


class CorrectionAdmin(PointsPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.list), "changelist"),
            self.named_path("<int:correction_id>/", typed(self.one), "page"),
        ]

    def list(self, request: HttpRequest) -> HttpResponse:
        found = waiting_first(_corrections(), Correction.State.WAITING)
        shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        return self.page(request, "corrections", _("Corrections of points"), shown=shown)

    def one(self, request: HttpRequest, correction_id: int) -> HttpResponse:
        correction = one_of(_corrections(), correction_id)
        typed_in = request.POST if request.POST.get("decision") == "decline" else None
        form = AnswerForm(typed_in, auto_id="decline_%s")
        if request.method == "POST" and self._decided(request, correction, form):
            return redirect("admin:entitlements_correction_page", correction.pk)
        is_own = correction.asked_by_id == request.user.pk
        is_waiting = correction.state == Correction.State.WAITING
        return self.page(
            request,
            "correction",
            _("Correction of the points of %(company)s") % {"company": correction.company.name},
            correction=correction,
            company=correction.company,
            form=form,
            faulty=form.errors,
            zone=zone_of(correction.company),
            may_decide=is_waiting and not is_own,
            may_take_back=is_waiting and (is_own or not correction.asked_by.may("correct_points")),
        )

    def _decided(self, request: HttpRequest, correction: Correction, form: AnswerForm) -> bool:
        which = {"correction_id": correction.pk, "by": request.user, "at": request.at}
        decision = request.POST.get("decision", "")
        if decision == "decline":
            if not form.is_valid():
                return False
            act = partial(decline_correction, answer=form.cleaned_data["answer"], **which)
            return self._do(request, act, _("Declined. Who asked for it is told why."))
        if decision == "take_back":
            act = partial(take_back_correction, **which)
            return self._do(request, act, _("Taken back. No points have moved."), is_told=False)
        if decision != "approve":
            raise NotFound
        told = _("Approved: the points have moved, in the name of both of you.")
        return self._do(request, partial(approve_correction, **which), told)

    def _do(
        self,
        request: HttpRequest,
        act: Callable[[], Correction],
        told: str,
        *,
        is_told: bool = True,
    ) -> bool:
        correction = attempt(request, act)
        if correction is None:
            return True
        if is_told:
            tell_of_decided_correction(correction, request.at)
        self.log_change(request, correction, correction.get_state_display())
        messages.success(request, told)
        nudge()
        return True


class MoneyRefundAdmin(PointsPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.list), "changelist"),
            self.named_path("<int:refund_id>/", typed(self.one), "page"),
        ]

    def list(self, request: HttpRequest) -> HttpResponse:
        found = waiting_first(_refunds(), MoneyRefund.State.ASKED)
        shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        return self.page(request, "refunds", _("Refunds in money"), shown=shown)

    def one(self, request: HttpRequest, refund_id: int) -> HttpResponse:
        refund = one_of(_refunds(), refund_id)
        decision = request.POST.get("decision", "")
        settling = SettleForm(request.POST if decision == "settle" else None, auto_id="settle_%s")
        typed_in = request.POST if decision == "decline" else None
        declining = AnswerForm(typed_in, auto_id="decline_%s")
        if request.method == "POST" and self._decided(request, refund, settling, declining):
            return redirect("admin:entitlements_moneyrefund_page", refund.pk)
        return self.page(
            request,
            "refund",
            _("Refund in money for %(company)s") % {"company": refund.company.name},
            refund=refund,
            company=refund.company,
            settling=settling,
            declining=declining,
            is_waiting=refund.state == MoneyRefund.State.ASKED,
            faulty=settling.errors or declining.errors,
        )

    def _decided(
        self,
        request: HttpRequest,
        refund: MoneyRefund,
        settling: SettleForm,
        declining: AnswerForm,
    ) -> bool:
        which = {"refund_id": refund.pk, "by": request.user, "at": request.at}
        if settling.is_bound:
            if not settling.is_valid():
                return False
            act = partial(settle_money_refund, **which, **settling.cleaned_data)
            return self._do(request, act, _("Recorded as paid. Who asked for it is told."))
        if not declining.is_bound:
            raise NotFound
        if not declining.is_valid():
            return False
        policy = current_policy(request.at).policy
        until = grace_end(policy, request.at, zone_of(refund.company))
        answer = declining.cleaned_data["answer"]
        act = partial(decline_money_refund, answer=answer, grace_until=until, **which)
        return self._do(request, act, _("Declined: the points are back, and who asked is told."))

    def _do(self, request: HttpRequest, act: Callable[[], MoneyRefund], told: str) -> bool:
        refund = attempt(request, act)
        if refund is None:
            return True
        tell_of_refund(refund, request.at)
        self.log_change(request, refund, refund.get_state_display())
        messages.success(request, told)
        nudge()
        return True


def attempt(request: HttpRequest, act: Callable[[], Row]) -> Row | None:
    """Do a decision; what refuses it is said as a message, for the page shows what is so now."""
    try:
        return act()
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return None


def waiting_first(rows: QuerySet[Row], state: str) -> QuerySet[Row]:
    """Order by what waits, the longest waiting first, then by what was decided last."""
    waits = ExpressionWrapper(Q(state=state), output_field=BooleanField())
    return rows.annotate(waits=waits).order_by("-waits", "-decided_at", "asked_at", "pk")


def one_of(rows: QuerySet[Row], key: int) -> Row:
    """Find a row by its key. Raises NotFound."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def _corrections() -> QuerySet[Correction]:
    people = ("asked_by", "decided_by")
    return Correction.objects.select_related("company__tenant", "lot", *people)


def _refunds() -> QuerySet[MoneyRefund]:
    return MoneyRefund.objects.select_related("company__tenant", "asked_by", "decided_by")


def register(site: AdminSite) -> None:
    """Put what is decided about points into an admin site."""
    site.register(Correction, CorrectionAdmin)
    site.register(MoneyRefund, MoneyRefundAdmin)
