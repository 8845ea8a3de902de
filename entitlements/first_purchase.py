"""Points that a new customer gets with the first purchase of an edition (SP-09)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid, NotAllowed, NotFound
from accounts.models import Company, Person
from accounts.queries import whereabouts
from entitlements.expiry import points_end
from entitlements.ledger import add_points, lock_points
from entitlements.models import Licence, PointsEntry, PointsLot
from sla.engine.offer import Grant
from sla.engine.policy import Policy
from sla.queries import current_policy


class GrantedAlready(DomainError):
    code = "granted_already"
    message = _("%(company)s has these points already: they are given once.")


class NotTheFirstPurchase(DomainError):
    code = "not_the_first_purchase"
    message = _("These points come with the first purchase only, and this is not the first.")


class ManagerChooses(DomainError):
    """The policy names no figure for a grant, and who grants it may not choose one."""

    code = "manager_chooses"
    message = _(
        "The policy does not say how many points come with the first purchase: a manager chooses. "
        "Ask one to grant them, or to put the figure into the policy."
    )


def reason_of(company: Company, grant: Grant) -> str:
    """Name the reason for a grant: a company has it once."""
    return f"grant-{grant.code}-{company.pk}"


def grants_offered(company: Company, policy: Policy) -> list[Grant]:
    """List what a company can be granted: it has bought once, and was not given it yet.

    Bought counts by contracts, and by licences beside them, of the editions of the grant. Three
    statements, none where the policy grants nothing.
    """
    if not policy.grants:
        return []
    bought = _bought(company)
    known = set(
        PointsEntry.objects.filter(
            reason_key__in=[reason_of(company, grant) for grant in policy.grants]
        ).values_list("reason_key", flat=True)
    )
    return [
        grant
        for grant in policy.grants
        if _is_first(grant, bought) and reason_of(company, grant) not in known
    ]


@transaction.atomic
def grant_first_purchase(
    *, company: Company, grant: str, points: int | None = None, by: Person, at: datetime
) -> PointsLot:
    """Give a new customer the points of a grant of the policy, once (SP-09).

    `points` are asked where the policy names no figure, and of a manager only, who alone gives
    points away; they are ignored where it does. They live as bought ones do. Locks the company's
    points. Raises NotAllowed, NotFound (no such grant), ManagerChooses, Invalid, GrantedAlready,
    NotTheFirstPurchase, NoPolicy.
    """
    if not by.may("sell_points"):
        raise NotAllowed
    policy = current_policy(at).policy
    named = next((one for one in policy.grants if one.code == grant), None)
    if named is None:
        raise NotFound
    if named.points is None and not by.may("waive_points"):
        raise ManagerChooses
    figure = points if named.points is None else named.points
    if figure is None or figure < 1:
        raise Invalid(_("Say how many points: the policy names no figure."), field="points")
    lock_points(company)
    if PointsEntry.objects.filter(reason_key=reason_of(company, named)).exists():
        raise GrantedAlready(company=company.name)
    if not _is_first(named, _bought(company)):
        raise NotTheFirstPurchase
    return add_points(
        company=company,
        points=figure,
        source=PointsLot.Source.GRANT,
        reason_key=reason_of(company, named),
        by=by,
        at=at,
        expires_at=points_end(policy, at, whereabouts(company=company).time_zone),
    )


def _bought(company: Company) -> tuple[list[str], list[str]]:
    """List the editions of a company's contracts and of its licences, of any time."""
    contracts = company.contracts.values_list("edition", flat=True)
    licences = Licence.objects.filter(company=company).values_list("edition", flat=True)
    return list(contracts), list(licences)


def _is_first(grant: Grant, bought: tuple[list[str], list[str]]) -> bool:
    contracts, licences = (
        sum(grant.editions is None or edition in grant.editions for edition in editions)
        for editions in bought
    )
    # A licence and the contract for it are one purchase.
    return max(contracts, licences) == 1
