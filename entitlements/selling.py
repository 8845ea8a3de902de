"""Recording that a pack of points was bought; it is paid for outside the desk (SP-07)."""

from datetime import UTC, date, datetime, time
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid, NotFound
from accounts.models import Company, Person
from accounts.queries import whereabouts
from entitlements.expiry import points_end
from entitlements.ledger import add_points, lock_points
from entitlements.models import PointsEntry, PointsLot
from entitlements.points_notices import tell_of_entries
from sla.drafting import check_may
from sla.engine.policy import Policy
from sla.queries import current_policy

REFERENCE_LENGTH = 100
MOST_OF_A_PACK = 99
# Any time of the day will do where a policy lets points live to the end of one.
NOON = time(12)


class ReferenceTaken(DomainError):
    code = "reference_taken"
    message = _(
        "A purchase of this company with the reference “%(reference)s” is recorded already. If the "
        "order has the same pack more than once, say which of them this is (2 for the second)."
    )


@transaction.atomic
def sell_pack(
    *,
    company: Company,
    pack: str,
    reference: str,
    bought_on: date,
    by: Person,
    at: datetime,
    number: int = 1,
) -> PointsLot:
    """Record that a company bought a pack, and tell it.

    `pack` is a code of the policy, `reference` the number of the order or invoice, however it is
    written: of a company once with a pack, so that what two people record is recorded once;
    `number` counts the same packs of one order. `bought_on` is a day of the customer's calendar;
    the points end counted from it (SC-05). Locks the company's points. Raises NotAllowed, NotFound
    (no such pack), Invalid, ReferenceTaken, NoPolicy.
    """
    check_may(by, "sell_points")
    policy = current_policy(at).policy
    sold = policy.pack(pack)
    if sold is None:
        raise NotFound
    named = _checked(reference, number)
    ends = end_of_bought(policy, company, bought_on, at)
    lock_points(company)
    reason_key = reason_of(company, pack, named, number)
    if PointsEntry.objects.filter(reason_key=reason_key).exists():
        raise ReferenceTaken(field="reference", reference=named)
    lot = add_points(
        company=company,
        points=sold.points,
        source=PointsLot.Source.PURCHASE,
        reason_key=reason_key,
        by=by,
        at=at,
        expires_at=ends,
        pack=pack,
        reference=named,
    )
    tell_of_entries(PointsEntry.objects.filter(lines__lot=lot), at)
    return lot


def reason_of(company: Company, pack: str, reference: str, number: int) -> str:
    """Name the reason for a purchase: case and spaces of its reference tell nothing apart."""
    written = "".join(reference.split()).casefold()
    return f"purchase-{company.pk}-{pack}-{number}-{sha256(written.encode()).hexdigest()[:32]}"


def end_of_bought(
    policy: Policy, company: Company, bought_on: date, at: datetime
) -> datetime | None:
    """Find when points end that were bought on a day of the customer's calendar; None = never.

    Raises Invalid for a day that is still to come, or so long ago that they would be over.
    """
    zone = ZoneInfo(whereabouts(company=company).time_zone)
    today = at.astimezone(zone).date()
    if bought_on > today:
        raise Invalid(_("This day is still to come."), field="bought_on")
    bought_at = at if bought_on == today else datetime.combine(bought_on, NOON, zone)
    ends = points_end(policy, bought_at.astimezone(UTC), str(zone))
    if ends is not None and ends <= at:
        raise Invalid(_("What was bought on that day would be over already."), field="bought_on")
    return ends


def _checked(reference: str, number: int) -> str:
    """Give a reference without the spaces around it. Raises Invalid, with the field at fault."""
    named = reference.strip()
    if not named:
        raise Invalid(_("Say the number of the order or invoice."), field="reference")
    if len(named) > REFERENCE_LENGTH:
        said = _("A reference has at most %(most)d characters.") % {"most": REFERENCE_LENGTH}
        raise Invalid(said, field="reference")
    if not 1 <= number <= MOST_OF_A_PACK:
        said = _("Say which one of the order it is: from 1 to %(most)d.") % {"most": MOST_OF_A_PACK}
        raise Invalid(said, field="number")
    return named
