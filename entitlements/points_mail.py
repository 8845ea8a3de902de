"""The words of what people are told about points; asked for at sending time."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import NotFound
from accounts.models import Company, Person
from accounts.places import site_url
from accounts.queries import whereabouts
from accounts.tenancy import desk_now
from entitlements.balances import balance_at, statement_lines
from entitlements.maintenance import whom_to_ask
from entitlements.models import Correction, MoneyRefund, PointsEntry, PointsLot
from entitlements.points_notices import (
    ADDED,
    CORRECTION_ASKED,
    CORRECTION_DECIDED,
    EXPIRING,
    FAULTY,
    LOW,
    REFUND_ASKED,
    REFUND_DECIDED,
)
from entitlements.statement import last_day_text, references_of, row_of
from outbox.registry import Refs, Rendered, register
from sla.engine.pageparts import Contact
from sla.errors import NoPolicy
from sla.queries import current_policy

Words = Callable[[Person, Refs], Rendered]
Row = TypeVar("Row", bound=Model)


def register_points_mail() -> None:
    """Tell the outbox about the kinds of this app that are about points."""
    register(LOW, _may_hear_of_low, _low)
    register(EXPIRING, _may_hear_of_lot, _expiring)
    register(ADDED, _may_hear_of_entry, _added)
    register(REFUND_DECIDED, _may_hear_of_refund, _refund_decided)
    register(REFUND_ASKED, _may_pay, _refund_asked)
    register(CORRECTION_ASKED, _may_approve, _of_correction(CORRECTION_ASKED))
    register(CORRECTION_DECIDED, _may_correct, _of_correction(CORRECTION_DECIDED))
    register(FAULTY, _may_correct, _faulty)


def _may_hear_of_low(person: Person, refs: Refs) -> bool | str:
    if not _is_of(person, int(refs["company"])):
        return False
    policy = current_policy(desk_now()).policy
    balance = balance_at(person.company, desk_now())
    if policy.notices.low_points is None or balance > policy.notices.low_points:
        return _("The balance has risen since.")
    return True


def _may_hear_of_lot(person: Person, refs: Refs) -> bool | str:
    lot = _lot(refs)
    if not _is_of(person, lot.company_id):
        return False
    return True if lot.remaining else _("Nothing of these points is left.")


def _may_hear_of_entry(person: Person, refs: Refs) -> bool:
    return _is_of(person, _entry(refs).company_id)


def _may_hear_of_refund(person: Person, refs: Refs) -> bool:
    return _is_of(person, _refund(refs).company_id)


def _may_pay(person: Person, refs: Refs) -> bool | str:
    if _refund(refs).state != MoneyRefund.State.ASKED:
        return _("It is decided already.")
    return person.may("correct_points")


def _may_approve(person: Person, refs: Refs) -> bool | str:
    if _correction(refs).state != Correction.State.WAITING:
        return _("It is decided already.")
    return person.may("correct_points")


def _may_correct(person: Person, refs: Refs) -> bool:
    return person.may("correct_points")


def _is_of(person: Person, company_id: int) -> bool:
    return person.company_id == company_id and person.may("see_points")


def _low(person: Person, refs: Refs) -> Rendered:
    balance = balance_at(person.company, desk_now())
    subject = ngettext("%(points)d point is left", "%(points)d points are left", balance)
    return _to_customer(LOW, person, subject % {"points": balance}, {"balance": balance})


def _expiring(person: Person, refs: Refs) -> Rendered:
    lot = _lot(refs)
    zone = whereabouts(company=lot.company).time_zone
    told = {"points": lot.remaining, "day": last_day_text(lot.expires_at, zone)}
    subject = ngettext(
        "%(points)d point ends on %(day)s", "%(points)d points end on %(day)s", lot.remaining
    )
    return _to_customer(EXPIRING, person, subject % told, told | {"lot": lot})


def _added(person: Person, refs: Refs) -> Rendered:
    entry = _entry(refs)
    zone = whereabouts(company=entry.company).time_zone
    row = row_of(statement_lines(entry.company).get(pk=entry.pk), None)
    lots = [
        (part.points, last_day_text(part.lot.expires_at, zone) if part.lot.expires_at else "")
        for part in row.parts
    ]
    context = {
        "lots": lots,
        "references": ", ".join(references_of(row)),
        "balance": balance_at(entry.company, desk_now()),
    }
    subject = ngettext("%(points)d more point", "%(points)d more points", entry.points)
    return _to_customer(ADDED, person, subject % {"points": entry.points}, context)


def _refund_decided(person: Person, refs: Refs) -> Rendered:
    refund = _refund(refs)
    is_paid = refund.state == MoneyRefund.State.SETTLED
    subject = _("Your refund is paid") if is_paid else _("Your points are back instead of money")
    context = {"refund": refund, "is_paid": is_paid, "case": _case(person, refund.case_number)}
    return _to_customer(REFUND_DECIDED, person, subject, context)


def _refund_asked(person: Person, refs: Refs) -> Rendered:
    refund = _refund(refs)
    path = reverse("admin:entitlements_moneyrefund_page", args=[refund.pk])
    subject = _("%(company)s asks for money instead of points") % {"company": refund.company.name}
    context = {"refund": refund, "case": _case(person, refund.case_number)}
    return _letter(REFUND_ASKED, person, path, subject, context)


def _of_correction(kind: str) -> Words:
    def render(person: Person, refs: Refs) -> Rendered:
        correction = _correction(refs)
        path = reverse("admin:entitlements_correction_page", args=[correction.pk])
        if kind == CORRECTION_ASKED:
            subject = _("%(name)s asks to correct points: your approval is needed") % {
                "name": correction.asked_by.name
            }
        else:
            state = {"state": correction.get_state_display()}
            subject = _("Correction of points: %(state)s") % state
        context = {"correction": correction, "company": correction.company}
        return _letter(kind, person, path, subject, context)

    return render


def _faulty(person: Person, refs: Refs) -> Rendered:
    path = reverse("admin:entitlements_pointsaccount_changelist")
    return _letter(FAULTY, person, path, _("Sums of the points ledger do not hold"), {})


def _to_customer(kind: str, person: Person, subject: str, context: dict[str, Any]) -> Rendered:
    """Write to a customer; where more can be had stands in every letter (MX-01)."""
    own: dict[str, Any] = {"company": person.company, **_addresses(person.company)}
    return _letter(kind, person, reverse("portal:points"), subject, own | context)


def _letter(
    kind: str, person: Person, path: str, subject: str, context: dict[str, Any]
) -> Rendered:
    whole = {"person": person, "vendor": person.tenant, "url": site_url(person.tenant, path)}
    return Rendered(
        subject=subject,
        body=render_to_string(f"mail/{kind}.txt", whole | context),
        values={"link": whole["url"]},
    )


def _addresses(company: Company) -> dict[str, str]:
    """Name where points are bought and support is renewed (MX-01, SC-19).

    `seller` is who looks after the company, where the policy names no address for it.
    """
    try:
        policy = current_policy(desk_now()).policy
    except NoPolicy:
        policy = None
    contact = policy.contact if policy else Contact()
    sales = contact.sales_email or contact.renewal_email
    name, address = ("", sales) if sales else whom_to_ask(company, policy)
    return {"seller": name, "sales": address, "renewal": contact.renewal_email}


def _case(person: Person, number: int | None) -> str:
    return f"{person.tenant.case_prefix}-{number}" if number else ""


def _lot(refs: Refs) -> PointsLot:
    return _found(PointsLot.objects.select_related("company__tenant"), refs["lot"])


def _entry(refs: Refs) -> PointsEntry:
    return _found(PointsEntry.objects.select_related("company__tenant"), refs["entry"])


def _refund(refs: Refs) -> MoneyRefund:
    return _found(MoneyRefund.objects.select_related("company"), refs["refund"])


def _correction(refs: Refs) -> Correction:
    corrections = Correction.objects.select_related("company", "asked_by", "decided_by")
    return _found(corrections, refs["correction"])


def _found(rows: QuerySet[Row], key: int | str) -> Row:
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound
    return found
