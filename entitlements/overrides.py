"""Letting one case of a company through, in spite of what the gate says (DD-33, SC-19)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid, NotAllowed
from accounts.models import Company, Person
from accounts.tenancy import current_tenant_id
from entitlements.gate_rules import CAN_BE_OVERRIDDEN
from entitlements.models import EntitlementRequest, GateOverride

GOOD_FOR_DAYS = 14
MOST_DAYS = 366


class OverrideNeedsReason(Invalid):
    code = "override_needs_reason"
    message = _("Say why: the reason is kept with the exception.")


class CannotBeOverridden(Invalid):
    code = "cannot_be_overridden"
    message = _("An exception can be made of what the gate refuses, not of this: %(codes)s.")


class OverrideIsUsed(DomainError):
    code = "override_is_used"
    message = _("This exception has been used for a case already.")


@transaction.atomic
def grant_override(
    *,
    company: Company,
    contact: Person | None,
    codes: Iterable[str],
    reason: str,
    days: int = GOOD_FOR_DAYS,
    by: Person,
    at: datetime,
    request: EntitlementRequest | None = None,
) -> GateOverride:
    """Let one case of a company through the refusals named, until so many days from now.

    `contact` None: whoever of the company files it. Raises NotAllowed, OverrideNeedsReason,
    CannotBeOverridden, Invalid (days, a contact of another company).
    """
    if not by.may("decide_entitlement"):
        raise NotAllowed
    if contact is not None and contact.company_id != company.pk:
        raise Invalid(_("Choose a contact of this company."), field="contact")
    if not reason.strip():
        raise OverrideNeedsReason(field="reason")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(_("Give a number of days from 1 to 366."), field="days")
    return GateOverride.objects.create(
        tenant_id=current_tenant_id(),
        company=company,
        contact=contact,
        codes=joined_codes(codes),
        reason=reason.strip(),
        request=request,
        granted_by=by,
        granted_at=at,
        good_until=at + timedelta(days=days),
    )


def joined_codes(codes: Iterable[str]) -> str:
    """Write codes of refusals as they are kept, each once. Raises CannotBeOverridden, Invalid."""
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        raise Invalid(_("Say what the exception is from."), field="codes")
    wrong = [code for code in wanted if code not in CAN_BE_OVERRIDDEN]
    if wrong:
        raise CannotBeOverridden(field="codes", codes=", ".join(wrong))
    return ",".join(wanted)


def use_override(override: GateOverride, *, case_number: int, at: datetime) -> None:
    """Write down for which case an exception was used; once only. Raises OverrideIsUsed."""
    used = GateOverride.objects.filter(pk=override.pk, used_at__isnull=True)
    if not used.update(used_at=at, case_number=case_number):
        raise OverrideIsUsed
