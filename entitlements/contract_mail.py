"""The words of what is told of contracts, subscriptions and deliveries, at sending time."""

from collections.abc import Mapping
from datetime import date

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.models import Person
from accounts.places import site_url
from accounts.tenancy import desk_now
from entitlements.benefit_models import BenefitItem
from entitlements.models import Contract, ContractLine
from entitlements.prerequisites import lines_of_companies, plan_among
from entitlements.queries import today_of
from entitlements.renewals import (
    CONTRACT_ENDS,
    DELIVERY_DUE,
    SUBSCRIPTION_ENDS,
    SUBSCRIPTION_LAPSED,
    ends_before_its_contract,
    is_followed,
)
from entitlements.terms import term_of
from outbox.registry import Refs, Rendered, register
from sla.engine.policy import Policy
from sla.queries import current_policy


def register_contract_mail() -> None:
    """Tell the outbox about the kinds of this module."""
    register(CONTRACT_ENDS, _may_hear_of_end, _contract_ends)
    register(SUBSCRIPTION_ENDS, _may_hear_of_line, _subscription_ends)
    register(SUBSCRIPTION_LAPSED, _may_hear_of_lapse, _subscription_lapsed)
    register(DELIVERY_DUE, _may_hear_of_delivery, _delivery_due)


def plan_name(policy: Policy, code: str | None) -> str:
    """Name a plan as the policy does."""
    plan = policy.plan(code)
    return plan.name if plan else (code or _("your support"))


def subscription_name(policy: Policy, code: str) -> str:
    """Name a subscription as the policy does."""
    sold = policy.subscription(code)
    return sold.name if sold else code


def _may_hear_of_end(person: Person, refs: Refs) -> bool | str | Promise:
    contract = _contract(refs)
    if not _is_of(person, contract):
        return False
    if str(contract.ends_on) != refs["day"]:
        return _("The contract ends on another day by now.")
    if is_followed(contract, contract.company.contracts.all()):
        return _("It is renewed already.")
    return True


def _contract_ends(person: Person, refs: Refs) -> Rendered:
    contract, policy = _contract(refs), _policy()
    figures = {"plan": plan_name(policy, contract.plan), "day": contract.ends_on}
    lines = [
        subscription_name(policy, line.subscription)
        for line in contract.lines.order_by("id")
        if line.ends_on in (None, contract.ends_on)
    ]
    subject = _("Your contract ends on %(day)s") % {"day": _day(contract.ends_on)}
    more = {"product": contract.product, "lines": list(dict.fromkeys(lines))}
    return _letter(CONTRACT_ENDS, person, subject, figures | more, policy)


def _may_hear_of_line(person: Person, refs: Refs) -> bool | str | Promise:
    line = _line(refs)
    if not _is_of(person, line.contract):
        return False
    if str(line.ends_on) != refs["day"]:
        return _("The subscription ends on another day by now.")
    if not ends_before_its_contract(line, lines_of_companies([line.contract.company_id])):
        return _("It is renewed already.")
    return True


def _subscription_ends(person: Person, refs: Refs) -> Rendered:
    line, policy = _line(refs), _policy()
    plan = policy.plan(line.contract.plan)
    figures = {
        "subscription": subscription_name(policy, line.subscription),
        "users": line.users,
        "day": line.ends_on,
        "needed_by": plan.name if plan and line.subscription in plan.requires else "",
    }
    subject = _("Your subscription ends on %(day)s") % {"day": _day(line.ends_on)}
    return _letter(SUBSCRIPTION_ENDS, person, subject, figures, policy)


def _may_hear_of_lapse(person: Person, refs: Refs) -> bool | str | Promise:
    contract = _contract(refs)
    if not _is_of(person, contract):
        return False
    if _lapse(contract, _policy())[1] is None:
        return _("The subscription is there again.")
    return True


def _subscription_lapsed(person: Person, refs: Refs) -> Rendered:
    contract, policy = _contract(refs), _policy()
    plan, lapsed = _lapse(contract, policy)
    on_date = today_of(contract.company, desk_now())
    term = term_of(contract, on_date)
    figures = {
        "bought": plan_name(policy, contract.plan),
        "in_force": plan_name(policy, plan),
        "is_kept": plan == contract.plan,
        "subscription": subscription_name(policy, lapsed or ""),
        "day": term.last if term else None,
    }
    subject = _("Your plan needs a subscription that has ended")
    return _letter(SUBSCRIPTION_LAPSED, person, subject, figures, policy)


def _may_hear_of_delivery(person: Person, refs: Refs) -> bool | str | Promise:
    item = _item(refs)
    if item.done_on is not None:
        return _("It is done already.")
    if str(item.due_on) != refs["due"]:
        return _("It is due on another day by now.")
    return person.is_active and not person.is_customer


def _delivery_due(person: Person, refs: Refs) -> Rendered:
    item, policy = _item(refs), _policy()
    named = next((one.name for one in policy.benefits if one.code == item.benefit), item.benefit)
    company = item.contract.company
    context = {
        "person": person,
        "vendor": person.tenant,
        "benefit": named,
        "company": company,
        "plan": plan_name(policy, item.contract.plan),
        "day": item.due_on,
        "url": site_url(person.tenant, reverse(_deliveries_page(person))),
    }
    subject = _("%(company)s: %(benefit)s is due on %(day)s") % {
        "company": company.name,
        "benefit": named,
        "day": _day(item.due_on),
    }
    return Rendered(subject=subject, body=render_to_string("mail/delivery_due.txt", context))


def _deliveries_page(person: Person) -> str:
    """Name the page that lists what is owed; account managers have one at the desk."""
    is_admin = person.may("use_admin")
    return "admin:entitlements_benefititem_changelist" if is_admin else "desk:customers"


def _letter(
    kind: str, person: Person, subject: str, figures: Mapping[str, object], policy: Policy
) -> Rendered:
    context = {
        "person": person,
        "vendor": person.tenant,
        "renewal_email": policy.contact.renewal_email or policy.contact.sales_email,
        "url": site_url(person.tenant, reverse("portal:plan")),
        **figures,
    }
    return Rendered(subject=subject, body=render_to_string(f"mail/{kind}.txt", context))


def _lapse(contract: Contract, policy: Policy) -> tuple[str | None, str | None]:
    on_date = today_of(contract.company, desk_now())
    return plan_among(contract, policy, on_date, lines_of_companies([contract.company_id]))


def _is_of(person: Person, contract: Contract) -> bool:
    return person.is_customer and person.company_id == contract.company_id


def _contract(refs: Refs) -> Contract:
    contracts = Contract.objects.select_related("company__tenant", "product")
    return _found(contracts.filter(pk=refs["contract"]).first())


def _line(refs: Refs) -> ContractLine:
    lines = ContractLine.objects.select_related("contract__company__tenant")
    return _found(lines.filter(pk=refs["line"]).first())


def _item(refs: Refs) -> BenefitItem:
    items = BenefitItem.objects.select_related("contract__company__tenant")
    return _found(items.filter(pk=refs["item"]).first())


def _found(row):
    if row is None:
        raise NotFound
    return row


def _policy() -> Policy:
    return current_policy(desk_now()).policy


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day else ""
