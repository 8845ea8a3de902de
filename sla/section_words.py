"""The words for the sections of a policy and their fields, and for what stands in them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sla.engine.parts import ALWAYS_ANSWERED
from sla.engine.policy import Policy
from sla.engine.span import Span
from sla.engine.target import Target
from sla.explain import target_text
from sla.offer_words import (
    BENEFIT_KINDS,
    INCLUDED_LIFE,
    LIMIT_SPANS,
    MAIL_RULE_NAMES,
    ON_LAPSE,
    TOPICS_ABOUT,
    days_text,
    figure_text,
    subscription_name,
)
from sla.sentences import ROLE_NAMES, calendar_span_text
from sla.words import AXIS_NAMES, ENVIRONMENT_NAMES, part_name, when_text

# Sections that are compared, with a word for each.
SECTIONS = {
    "vendor": gettext_lazy("Vendor"),
    "name": gettext_lazy("Name of the policy"),
    "time_zone": gettext_lazy("Vendor's time zone"),
    "case_prefix": gettext_lazy("Case prefix"),
    "policy_date": gettext_lazy("Date of the document"),
    "summary": gettext_lazy("Summary"),
    "axes": gettext_lazy("Levels in use"),
    "queue_order": gettext_lazy("Order of the queue"),
    "default_region": gettext_lazy("Default region"),
    "phones": gettext_lazy("Phone numbers"),
    "contact": gettext_lazy("Addresses"),
    "texts": gettext_lazy("Texts of the public page"),
    "declined": gettext_lazy("What support declines"),
    "tiers": gettext_lazy("Names of the tiers"),
    "readings": gettext_lazy("Readings of the text"),
    "plans": gettext_lazy("Plans"),
    "subscriptions": gettext_lazy("Subscriptions"),
    "prices": gettext_lazy("Prices"),
    "packs": gettext_lazy("Packs of points"),
    "grants": gettext_lazy("Points that are given"),
    "benefits": gettext_lazy("Benefits"),
    "topics": gettext_lazy("News"),
    "supported_releases": gettext_lazy("Supported releases"),
    "licence": gettext_lazy("Licences"),
    "notices": gettext_lazy("Notices before something ends"),
    "registration": gettext_lazy("New accounts"),
    "severities": gettext_lazy("Severities"),
    "priorities": gettext_lazy("Priorities"),
    "case_types": gettext_lazy("Case types"),
    "channels": gettext_lazy("Channels"),
    "editions": gettext_lazy("Editions"),
    "regions": gettext_lazy("Regions"),
    "holidays": gettext_lazy("Holidays"),
    "kinds": gettext_lazy("What starts and ends the clocks"),
    "retarget": gettext_lazy("What a change of level does"),
    "waiting": gettext_lazy("Waiting for the customer"),
    "reopen": gettext_lazy("Reopening"),
    "points": gettext_lazy("Points"),
    "grades": gettext_lazy("Grades of the desk"),
    "swat": gettext_lazy("SWAT team"),
    "escalation": gettext_lazy("Escalation at a customer's wish"),
    "attachments": gettext_lazy("Files"),
    "diagnostics": gettext_lazy("Diagnostic tools"),
    "ladder": gettext_lazy("Escalation"),
    "translations": gettext_lazy("Translations"),
}
FIELDS = {
    "about": gettext_lazy("what it tells of"),
    "against": gettext_lazy("what it says elsewhere"),
    "approval": gettext_lazy("support looks at it first"),
    "availability_required": gettext_lazy("asks who can be reached"),
    "base": gettext_lazy("a new target counts from"),
    "budget": gettext_lazy("how long it should have a case at most"),
    "bug_credit": gettext_lazy("they come back when a case proves to be a bug"),
    "by_product": gettext_lazy("chosen product by product"),
    "call": gettext_lazy("when it is not reported by phone"),
    "cap": gettext_lazy("never later than"),
    "case_limit": gettext_lazy("limit of cases"),
    "case_limit_per": gettext_lazy("the limit is for each"),
    "checklist": gettext_lazy("checklist"),
    "close_after": gettext_lazy("closed after"),
    "conduct": gettext_lazy("conduct"),
    "contract_days": gettext_lazy("before a contract ends"),
    "counted_from": gettext_lazy("counted from"),
    "countries": gettext_lazy("countries"),
    "counts_as": gettext_lazy("counts as"),
    "covered": gettext_lazy("what is covered"),
    "customer": gettext_lazy("what is asked of the customer"),
    "customer_may_set": gettext_lazy("customers may choose it"),
    "declined_refund": gettext_lazy("they come back when a case is declined"),
    "default": gettext_lazy("what counts where nothing is said"),
    "definition": gettext_lazy("definition"),
    "delivery_days": gettext_lazy("before something is due to a customer"),
    "description": gettext_lazy("description"),
    "editions": gettext_lazy("for the editions"),
    "effort": gettext_lazy("effort"),
    "environments": gettext_lazy("only for cases in"),
    "escalation": gettext_lazy("escalation"),
    "eula": gettext_lazy("which text goes first"),
    "eula_url": gettext_lazy("address of the licence"),
    "family": gettext_lazy("family"),
    "feature_request": gettext_lazy("a wish for the product"),
    "fix": gettext_lazy("how it is mended"),
    "floor": gettext_lazy("at the earliest"),
    "from_no_target": gettext_lazy("a first target counts from"),
    "grace": gettext_lazy("how long those are good for that come back late"),
    "grades": gettext_lazy("only people of the grades"),
    "grace_days": gettext_lazy("days of grace after a licence has ended"),
    "hours": gettext_lazy("when it is answered"),
    "included": gettext_lazy("how long included ones are good for"),
    "included_points": gettext_lazy("included points"),
    "kind": gettext_lazy("how it is given"),
    "label": gettext_lazy("what it is for"),
    "lapses_to": gettext_lazy("what counts instead"),
    "licence_days": gettext_lazy("before a licence ends"),
    "life": gettext_lazy("how long they are good for"),
    "low_points": gettext_lazy("told that points run out at"),
    "max_megabytes": gettext_lazy("megabytes at most"),
    "money_refund": gettext_lazy("or as money, if the customer likes"),
    "name": gettext_lazy("name"),
    "mail": gettext_lazy("a mail that would open a case"),
    "note": pgettext_lazy("for customers", "note"),
    "number": gettext_lazy("number"),
    "observed": gettext_lazy("when a holiday falls on a weekend"),
    "on_lapse": gettext_lazy("when a subscription that it needs has ended"),
    "open": gettext_lazy("people may ask for one themselves"),
    "opt_out": gettext_lazy("sent unless somebody says no"),
    "otherwise": gettext_lazy("what counts elsewhere"),
    "paging": gettext_lazy("pages somebody"),
    "per_user": gettext_lazy("sold for a number of users"),
    "plans": gettext_lazy("for the plans"),
    "pointer": gettext_lazy("who can help instead"),
    "points": gettext_lazy("points"),
    "points_days": gettext_lazy("before points expire"),
    "portal": gettext_lazy("portal"),
    "promotes": gettext_lazy("raised with it"),
    "regions": gettext_lazy("for the regions"),
    "renewal_email": gettext_lazy("renewals"),
    "required": gettext_lazy("a verified licence is needed"),
    "requires": gettext_lazy("subscriptions that it needs"),
    "retention_days": gettext_lazy("days that they are kept after the case is closed"),
    "roles": gettext_lazy("whom it reaches"),
    "sales_email": gettext_lazy("sales"),
    "says": gettext_lazy("what it says here"),
    "sets_priority": gettext_lazy("priority that it presets"),
    "settled": gettext_lazy("settled by the vendor"),
    "source": gettext_lazy("source"),
    "sources": gettext_lazy("sources"),
    "support_email": gettext_lazy("support by mail"),
    "support_end_days": gettext_lazy("before the support of a release ends"),
    "taken": gettext_lazy("what this policy does"),
    "terms": gettext_lazy("terms"),
    "unreachable_to": gettext_lazy("offered where the customer cannot be reached"),
    "warn_days": gettext_lazy("warned on days"),
    "website": gettext_lazy("website"),
    "when": gettext_lazy("for which cases"),
    "workaround_to": gettext_lazy("offered where a workaround is known"),
    "window": gettext_lazy("how long it may be opened again"),
}
_OPENING_OR_CHANGE = {
    "opening": gettext_lazy("the opening"),
    "change": gettext_lazy("the change"),
}
CODES: Mapping[str, Mapping[str, object]] = {
    "call": {
        "none": gettext_lazy("taken as it is"),
        "required": gettext_lazy("taken, and a call is asked for"),
        "refused": gettext_lazy("not taken"),
    },
    "counted_from": {
        "first_close": gettext_lazy("the first closing"),
        "last_close": gettext_lazy("the last closing"),
    },
    "observed": {
        "actual": gettext_lazy("on the day itself"),
        "nearest_weekday": gettext_lazy("on the nearest weekday"),
        "both": gettext_lazy("on the day itself and the weekday beside it"),
    },
    "base": _OPENING_OR_CHANGE,
    "floor": {
        "none": gettext_lazy("when the target says"),
        "full_target": gettext_lazy("one full target after the change"),
    },
    "cap": {
        "none": gettext_lazy("no limit"),
        "promise": gettext_lazy("what was promised before"),
    },
    "from_no_target": _OPENING_OR_CHANGE,
    "about": TOPICS_ABOUT,
    "case_limit_per": LIMIT_SPANS,
    "included": INCLUDED_LIFE,
    "kind": BENEFIT_KINDS,
    "on_lapse": ON_LAPSE,
    "mail": MAIL_RULE_NAMES,
    "environments": ENVIRONMENT_NAMES,
    "roles": ROLE_NAMES,
}
# Codes of another part of the policy that stand in a field.
_NAMED_BY = {
    "plans": "plan",
    "editions": "edition",
    "regions": "region",
    "counts_as": "channel",
    "lapses_to": "plan",
    "default_region": "region",
    "sets_priority": "priority",
}
_QUEUE_KEYS = {
    "due": gettext_lazy("due first"),
    "severity": AXIS_NAMES["severity"],
    "priority": AXIS_NAMES["priority"],
}
_NOTHING = pgettext_lazy("value", "nothing said")
# What it means that a field says nothing, where that is more than nothing.
_EMPTY = {
    "case_limit": gettext_lazy("no limit"),
    "contract_days": gettext_lazy("never"),
    "delivery_days": gettext_lazy("never"),
    "budget": gettext_lazy("no aim"),
    "editions": gettext_lazy("all"),
    "environments": gettext_lazy("any"),
    "grades": gettext_lazy("anybody"),
    "included_points": gettext_lazy("none"),
    "licence_days": gettext_lazy("never"),
    "low_points": gettext_lazy("never"),
    "max_megabytes": gettext_lazy("no limit"),
    "otherwise": gettext_lazy("this one"),
    "promotes": gettext_lazy("none"),
    "retention_days": gettext_lazy("as long as the case"),
    "roles": gettext_lazy("nobody else"),
    "sets_priority": gettext_lazy("none"),
    "terms": gettext_lazy("none is given"),
    "unreachable_to": gettext_lazy("nothing"),
    "when": gettext_lazy("none"),
    "workaround_to": gettext_lazy("nothing"),
    "plans": gettext_lazy("all"),
    "points": gettext_lazy("asked for when they are granted"),
    "points_days": gettext_lazy("never"),
    "requires": gettext_lazy("none"),
    "support_end_days": gettext_lazy("never"),
}
# Lists of days before something ends.
_DAYS = tuple(
    name
    for name in FIELDS
    if name.endswith("_days") and name not in ("warn_days", "grace_days", "retention_days")
)


_BY_TYPE: Mapping[type, Callable[[Any, Policy], str]] = {
    Span: lambda span, _policy: calendar_span_text(span),
    Target: lambda target, _policy: target_text(target),
    Mapping: when_text,
    date: lambda on, _policy: date_format(on, "j F Y"),
}


def value_text(name: str, value: Any, policy: Policy) -> str:
    """Say the value of a field."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value in ("", (), {}):
        return str(_EMPTY.get(name, _NOTHING))
    for kind, said in _BY_TYPE.items():
        if isinstance(value, kind):
            return said(value, policy)
    if name in _DAYS:
        return days_text(value)
    if isinstance(value, tuple):
        separator = "; " if name in ("covered", "checklist") else ", "
        return separator.join(_code(name, each, policy) for each in value)
    return _code(name, value, policy)


def _code(name: str, value: Any, policy: Policy) -> str:
    if name in CODES:
        return str(CODES[name].get(value, value))
    if name in _NAMED_BY:
        return part_name(policy, _NAMED_BY[name], value)
    if name in _OTHERS:
        return _OTHERS[name](policy, value)
    if name in _FIGURES:
        return figure_text(value)
    return str(value)


def _hours(policy: Policy, code: str) -> str:
    names = {spec.code: spec.name for spec in policy.calendars}
    return str((names | {ALWAYS_ANSWERED: _("at any time")}).get(code, code))


def _grade(policy: Policy, code: str) -> str:
    return {grade.code: grade.name for grade in policy.grades}.get(code, code)


_FIGURES = ("points", "included_points", "low_points", "case_limit")
_OTHERS: Mapping[str, Callable[[Policy, str], str]] = {
    "axes": lambda _policy, code: str(AXIS_NAMES.get(code, code)),
    "grades": _grade,
    "hours": _hours,
    "queue_order": lambda _policy, code: str(_QUEUE_KEYS.get(code, code)),
    "requires": subscription_name,
}
