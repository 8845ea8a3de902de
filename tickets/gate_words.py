"""Why the gate lets a case not through, or what it says beside a yes: in words, with what to do."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from sla.engine.parts import Refusal
from sla.engine.policy import Policy

Params = dict[str, Any]
POINTS_SHORT = "points_short"


def gate_sentence(refusal: Refusal, policy: Policy) -> str | None:
    """Say a refusal or notice of the gate, and what to do about it; None if it is not the gate's.

    Days are the customer's own. Whom to ask is said with the addresses that the policy knows.
    """
    say = _SENTENCES.get(refusal.code)
    return say(dict(refusal.params), policy) if say else None


def kept_from(person: Person, refusal: Refusal) -> Refusal:
    """Leave what is on hand out of a refusal's words, for who may not see the company's points."""
    if refusal.code != POINTS_SHORT or person.may("see_points"):
        return refusal
    return replace(refusal, params={**refusal.params, "is_balance_kept": True})


def _no_contract(params: Params, policy: Policy) -> str:
    return _("%(company)s has no running contract for this. To get one, contact %(sales)s.") % (
        params | {"sales": _sales(policy)}
    )


def _product_needed(params: Params, policy: Policy) -> str:
    return _("Say which product it is about: %(company)s has support for %(products)s.") % (
        params | {"products": _and(params["products"])}
    )


def _product_outside(params: Params, policy: Policy) -> str:
    return _(
        "%(product)s is not part of what %(company)s has bought support for: %(products)s. To add "
        "it, contact %(sales)s."
    ) % (params | {"products": _and(params["products"]), "sales": _sales(policy)})


def _edition_not_open(params: Params, policy: Policy) -> str:
    return _(
        "The plan “%(plan)s” is not open to %(edition)s, only to %(editions)s. For another plan, "
        "contact %(sales)s."
    ) % {
        "plan": _name(policy.plans, params["plan"]),
        "edition": _name(policy.editions, params["edition"]),
        "editions": _and(_name(policy.editions, code) for code in params["editions"]),
        "sales": _sales(policy),
    }


def _licence_missing(params: Params, policy: Policy) -> str:
    if "starts_on" in params:
        return _(
            "The licence %(number)s for %(product)s begins on %(day)s: cases can be opened from "
            "then on. If that is wrong, contact %(support)s."
        ) % (params | {"day": _day(params["starts_on"]), "support": _support(policy)})
    if not params["product"]:
        return _(
            "A verified licence is needed, and there is none of yours here. Send its number to "
            "%(support)s."
        ) % {"support": _support(policy)}
    return _(
        "A verified licence for %(product)s is needed, and there is none of yours here. Send its "
        "number to %(support)s."
    ) % (params | {"support": _support(policy)})


def _licence_unverified(params: Params, policy: Policy) -> str:
    return _(
        "The licence %(number)s for %(product)s has not been verified yet. To have that done, "
        "contact %(support)s."
    ) % (params | {"support": _support(policy)})


def _licence_expired(params: Params, policy: Policy) -> str:
    return _("The licence %(number)s for %(product)s ended on %(day)s. %(renew)s") % (
        params | {"day": _day(params["ended_on"]), "renew": renew_text(policy)}
    )


def _licence_in_grace(params: Params, policy: Policy) -> str:
    return _(
        "The licence %(number)s for %(product)s ended on %(day)s. Cases are taken until %(until)s "
        "all the same. %(renew)s"
    ) % (
        params
        | {
            "day": _day(params["ended_on"]),
            "until": _day(params["until"]),
            "renew": renew_text(policy),
        }
    )


def _licence_ends_soon(params: Params, policy: Policy) -> str:
    return _("The licence %(number)s for %(product)s ends on %(day)s. %(renew)s") % (
        params | {"day": _day(params["ends_on"]), "renew": renew_text(policy)}
    )


def _release_needed(params: Params, policy: Policy) -> str:
    return _("Say which release of %(product)s you use: not all of them are supported.") % params


def _release_unsupported(params: Params, policy: Policy) -> str:
    return _("Support for %(product)s %(release)s ended on %(day)s. %(upgrade)s") % (
        params | {"day": _day(params["ended_on"]), "upgrade": _upgrade(params, policy)}
    )


def _support_ends_soon(params: Params, policy: Policy) -> str:
    return _(
        "Support for %(product)s %(release)s ends on %(day)s. After that day no new cases are "
        "taken for it; open ones go on. %(upgrade)s"
    ) % (params | {"day": _day(params["ends_on"]), "upgrade": _upgrade(params, policy)})


def _case_limit(params: Params, policy: Policy) -> str:
    limit = ngettext(
        "The %(limit)d case that the plan has is used up.",
        "The %(limit)d cases that the plan has are used up.",
        params["limit"],
    )
    return _("%(limit)s More can be opened from %(day)s on. Before that, contact %(sales)s.") % {
        "limit": limit % params,
        "day": _day(params["next_on"]),
        "sales": _sales(policy),
    }


def _points_short(params: Params, policy: Policy) -> str:
    parts = [_too_few(params | {"channel": _one_by(params["channel"])})]
    if params["cheaper_channels"]:
        parts.append(_cheaper(params, policy))
    parts.append(_("For more points, contact %(sales)s.") % {"sales": _sales(policy)})
    return " ".join(parts)


def _too_few(params: Params) -> str:
    if "is_balance_kept" in params:
        return (
            ngettext(
                "Too few points are left: %(channel)s costs %(points)d point.",
                "Too few points are left: %(channel)s costs %(points)d points.",
                params["points"],
            )
            % params
        )
    needed = ngettext(
        "%(missing)d more point needed: you have %(balance)d and %(channel)s costs %(points)d.",
        "%(missing)d more points needed: you have %(balance)d and %(channel)s costs %(points)d.",
        params["missing"],
    )
    return needed % params


def _cheaper(params: Params, policy: Policy) -> str:
    ways = _or(_way(code, params, policy) for code in params["cheaper_channels"])
    return ngettext(
        "By %(ways)s it costs %(points)d point.",
        "By %(ways)s it costs %(points)d points.",
        params["cheaper_points"],
    ) % {"ways": ways, "points": params["cheaper_points"]}


def _subscription_lapsed(params: Params, policy: Policy) -> str:
    figures = {
        "subscription": _name(policy.subscriptions, params["subscription"]),
        "bought": _name(policy.plans, params["bought"]),
        "plan": _name(policy.plans, params["plan"]),
        "renew": renew_text(policy),
    }
    if params["plan"] == params["bought"]:
        return (
            _("“%(subscription)s” has lapsed; “%(bought)s” is kept until its term ends. %(renew)s")
            % figures
        )
    return (
        _("“%(subscription)s” has lapsed, so “%(plan)s” counts instead of “%(bought)s”. %(renew)s")
        % figures
    )


def renew_text(policy: Policy) -> str:
    """Say where to renew (MX-01): "To renew, contact sales@..."."""
    contact = policy.contact.renewal_email or policy.contact.sales_email
    return _("To renew, contact %(whom)s.") % {"whom": contact or _("your account manager")}


def _upgrade(params: Params, policy: Policy) -> str:
    if params["newest"] is None:
        return _("What to upgrade to, %(support)s knows.") % {"support": _support(policy)}
    return _("Upgrade to %(newest)s; you find it under “Downloads”.") % params


def _one_by(channel: str) -> str:
    names = {"phone": _("a call"), "portal": _("the form"), "email": _("an e-mail")}
    return names.get(channel, channel)


def _way(channel: str, params: Params, policy: Policy) -> str:
    """Name a way to reach support, with its number or address where there is one."""
    name = {"phone": _("a call"), "portal": _("the form"), "email": _("e-mail")}[channel]
    phones = params.get("phones", ())
    where = {"phone": ", ".join(phones), "email": policy.contact.support_email}.get(channel)
    return f"{name} ({where})" if where else name


def _sales(policy: Policy) -> str:
    return policy.contact.sales_email or _("your account manager or the sales team")


def _support(policy: Policy) -> str:
    general = next((phone.number for phone in policy.phones if not phone.regions), "")
    return policy.contact.support_email or general or _("the support desk")


def _name(parts: Iterable[Any], code: str) -> str:
    return next((part.name for part in parts if part.code == code), code)


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _and(names: Iterable[str]) -> str:
    return _joined(list(names), _(" and "))


def _or(names: Iterable[str]) -> str:
    return _joined(list(names), _(" or "))


def _joined(names: list[str], last: str) -> str:
    return last.join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


_SENTENCES: dict[str, Callable[[Params, Policy], str]] = {
    "no_contract": _no_contract,
    "product_needed": _product_needed,
    "product_outside_contract": _product_outside,
    "edition_not_open": _edition_not_open,
    "licence_missing": _licence_missing,
    "licence_unverified": _licence_unverified,
    "licence_expired": _licence_expired,
    "licence_in_grace": _licence_in_grace,
    "licence_ends_soon": _licence_ends_soon,
    "release_needed": _release_needed,
    "release_unsupported": _release_unsupported,
    "support_ends_soon": _support_ends_soon,
    "case_limit_reached": _case_limit,
    POINTS_SHORT: _points_short,
    "subscription_lapsed": _subscription_lapsed,
}
