"""The lines of a contract: subscriptions that are sold beside its plan, for so many users (SP-04).

What a subscription is, and to which editions it is open, the policy published last says; before
the first one is published anything may be written down.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError, Invalid
from accounts.tenancy import current_tenant_id
from entitlements.models import Contract, ContractLine
from sla.engine.parts import Edition
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import latest_policy


class EditionNotOpen(DomainError):
    """A plan or a subscription is not sold with the edition of the contract."""

    code = "edition_not_sold"
    message = gettext_lazy(
        "“%(name)s” is not sold with the edition “%(edition)s”, only with: %(editions)s."
    )


class EditionNeeded(DomainError):
    """A contract has to say its edition for what is not sold with every one (SP-04, SC-22)."""

    code = "edition_needed"
    message = gettext_lazy(
        "Say the edition of the contract: “%(name)s” is sold only with: %(editions)s."
    )


class SubscriptionNeeded(DomainError):
    """A plan needs a subscription that the company does not have (SP-12)."""

    code = "subscription_needed"
    message = gettext_lazy(
        "The plan “%(plan)s” can only be had with “%(subscription)s”. Add it to this contract, or "
        "first to another one of the company, so that it runs on %(day)s."
    )


@dataclass(frozen=True, slots=True)
class LineWish:
    """A line as it is asked for. No `starts_on`: with its contract. No `ends_on`: open-ended."""

    subscription: str
    users: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def policy_sold() -> Policy | None:
    """Find the policy whose plans and subscriptions are sold: the one published last."""
    try:
        return latest_policy().policy
    except NoPolicy:
        return None


@transaction.atomic
def add_line(
    *,
    contract: Contract,
    subscription: str,
    users: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> ContractLine:
    """Sell a subscription beside a contract, for so many users where it is sold so (SP-04).

    `starts_on` None: with the contract. Raises Invalid, EditionNeeded or EditionNotOpen.
    """
    line = ContractLine(
        tenant_id=current_tenant_id(),
        contract=contract,
        subscription=subscription,
        users=users,
        starts_on=starts_on or contract.starts_on,
        ends_on=ends_on,
    )
    check_line(line)
    line.save(force_insert=True)
    return line


@transaction.atomic
def change_line(*, line: ContractLine) -> None:
    """Save a changed line: another number of users, other days. Raises as `add_line`."""
    check_line(line)
    line.save()


def check_line(line: ContractLine) -> None:
    """Refuse what a line cannot be: its days, its users, its subscription, the edition.

    Raises Invalid, EditionNeeded or EditionNotOpen, with the field at fault.
    """
    policy = policy_sold()
    check_fit(line, policy)
    if policy is None:
        return
    sold = policy.subscription(line.subscription)
    if sold is None:
        raise Invalid(_("The policy sells no such subscription."), field="subscription")
    if sold.per_user and line.users is None:
        raise Invalid(_("Say for how many users: it is sold by the user."), field="users")
    if not sold.per_user and line.users is not None:
        raise Invalid(_("It is not sold by the user: leave the number out."), field="users")


def check_fit(line: ContractLine, policy: Policy | None) -> None:
    """Refuse a line that does not go with its contract: its days, its edition.

    Also of a subscription that is no longer sold. Raises Invalid, EditionNeeded or EditionNotOpen.
    """
    _check_days(line)
    sold = policy.subscription(line.subscription) if policy else None
    if policy is not None and sold is not None:
        edition = line.contract.edition
        check_edition(sold.name, sold.editions, edition, policy, field="subscription")


def check_edition(
    name: str, editions: tuple[str, ...] | None, edition: str, policy: Policy, *, field: str
) -> None:
    """Refuse what is not sold with an edition, or with every one while none is said (SP-04, SC-22).

    Raises EditionNeeded, at the edition, or EditionNotOpen, at `field`.
    """
    if editions is None or edition in editions:
        return
    open_to = ", ".join(_named(policy.editions, code) for code in editions)
    if not edition:
        raise EditionNeeded(field="edition", name=name, editions=open_to)
    raise EditionNotOpen(
        field=field, name=name, edition=_named(policy.editions, edition), editions=open_to
    )


def _check_days(line: ContractLine) -> None:
    if line.ends_on is not None and line.ends_on < line.starts_on:
        raise Invalid(_("The subscription ends before it starts."), field="ends_on")
    contract = line.contract
    if line.starts_on < contract.starts_on:
        raise Invalid(_("The subscription starts before its contract."), field="starts_on")
    last = contract.ends_on
    if last is not None and line.starts_on > last:
        raise Invalid(
            _("The subscription starts after the end of its contract."), field="starts_on"
        )
    if last is not None and line.ends_on is not None and line.ends_on > last:
        raise Invalid(_("The subscription ends after its contract."), field="ends_on")


def _named(editions: tuple[Edition, ...], code: str) -> str:
    return next((one.name for one in editions if one.code == code), code)
