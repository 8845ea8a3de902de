"""What was said beside a case that was taken all the same: kept with its opening (DD-33)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sla.engine.parts import Refusal
from sla.engine.policy import Policy

# Days and codes: what people wrote, the numbers of licences and names stay out of the payload.
KEPT = ("ended_on", "until", "ends_on", "subscription", "bought", "plan")


def kept_notices(notices: Iterable[Refusal]) -> list[dict[str, object]]:
    """Write notices as an opening keeps them: codes of the policy, and days as ISO dates."""
    return [
        {"code": notice.code}
        | {name: _plain(notice.params[name]) for name in KEPT if name in notice.params}
        for notice in notices
    ]


def told_beside(payload: Mapping[str, Any], policy: Policy) -> list[str]:
    """Say with what a case was accepted, from the payload of its opening; in its order."""
    return [
        _SENTENCES[kept["code"]](kept, policy)
        for kept in payload.get("notices", ())
        if kept["code"] in _SENTENCES
    ]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _in_grace(kept: Mapping[str, str], policy: Policy) -> str:
    return _(
        "Accepted within the days of grace, until %(until)s: the licence ended on %(day)s."
    ) % {
        "until": _day(kept["until"]),
        "day": _day(kept["ended_on"]),
    }


def _licence_ends_soon(kept: Mapping[str, str], policy: Policy) -> str:
    return _("Accepted with a licence that ends on %(day)s.") % {"day": _day(kept["ends_on"])}


def _support_ends_soon(kept: Mapping[str, str], policy: Policy) -> str:
    return _("Accepted for a release whose support ends on %(day)s.") % {
        "day": _day(kept["ends_on"])
    }


def _lapsed(kept: Mapping[str, str], policy: Policy) -> str:
    subscription = policy.subscription(kept["subscription"])
    plan = policy.plan(kept["plan"])
    return _("Accepted after “%(subscription)s” had lapsed, under “%(plan)s”.") % {
        "subscription": subscription.name if subscription else kept["subscription"],
        "plan": plan.name if plan else kept["plan"],
    }


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "j M Y")


_SENTENCES: dict[str, Callable[[Mapping[str, str], Policy], str]] = {
    "licence_in_grace": _in_grace,
    "licence_ends_soon": _licence_ends_soon,
    "support_ends_soon": _support_ends_soon,
    "subscription_lapsed": _lapsed,
}
