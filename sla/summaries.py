"""Each part of a policy in one line, for the overview and above its form."""

from collections.abc import Callable

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla.care_summaries import CARE_SUMMARIES
from sla.engine.kinds import DEFAULT_KINDS
from sla.engine.parts import TierName
from sla.engine.policy import Policy
from sla.explain import target_text
from sla.offer_summaries import OFFER_SUMMARIES
from sla.sentences import calendar_span_text, retarget_sentence
from sla.words import CLOCK_NAMES, STEP_CLOCK_NAMES, listed_text


def section_summary(name: str, policy: Policy) -> str:
    """Say in one line what a section of the policy holds, by the name of its page."""
    return _SUMMARIES[name](policy) or _("Nothing yet.")


def clock_summary(clock: str, policy: Policy) -> str:
    """Say what the rules of a clock promise, from the first to the last."""
    rows = [row for row in policy.targets if row.clock == clock and row.target.kind != "none"]
    if not rows:
        return _("Nothing is promised, and this clock sets nothing off.")
    texts = list(dict.fromkeys(target_text(row.target) for row in rows))
    said = listed_text(texts, "; ")
    if not any(row.promised for row in rows):
        return _("%(targets)s (the desk's own aim)") % {"targets": said}
    return said


def _names(attribute: str) -> Callable[[Policy], str]:
    return lambda policy: listed_text(part.name for part in getattr(policy, attribute))


def _general(policy: Policy) -> str:
    order = queue_order_text(policy)
    said = _("%(zone)s; cases are numbered %(prefix)s-1; the queue goes by %(order)s")
    return said % {"zone": policy.time_zone, "prefix": policy.case_prefix, "order": order}


def queue_order_text(policy: Policy) -> str:
    """Say by what the desk's queue is sorted: "severity, then what is due next"."""
    keys = {"due": _("what is due next"), "severity": _("severity"), "priority": _("priority")}
    return _(", then ").join(keys[key] for key in policy.queue_order)


def _phones(policy: Policy) -> str:
    return listed_text(f"{phone.number} ({phone.label})" for phone in policy.phones)


def _contact(policy: Policy) -> str:
    contact = policy.contact
    return listed_text(
        [contact.support_email, contact.portal, contact.website, contact.renewal_email]
    )


def _page(policy: Policy) -> str:
    texts = policy.texts
    said = {
        _("what support is for"): texts.covered,
        _("effort"): texts.effort,
        _("conduct"): texts.conduct,
        _("what is asked of customers"): texts.customer,
        _("how to escalate"): texts.escalation,
        _("which text goes first"): texts.eula or texts.eula_url,
    }
    return capfirst(listed_text(name for name, text in said.items() if text))


def _readings(policy: Policy) -> str:
    number = len(policy.readings)
    still_open = sum(not reading.settled for reading in policy.readings)
    if not number:
        return ""
    said = ngettext("%(number)d reading", "%(number)d readings", number) % {"number": number}
    return _("%(readings)s, %(open)d not settled") % {"readings": said, "open": still_open}


def _retarget(policy: Policy) -> str:
    said = retarget_sentence(policy.retarget)
    if policy.retarget.on_call is None:
        return said
    own = retarget_sentence(policy.retarget.on_call)
    return _("%(rule)s When a call is logged: %(other)s") % {"rule": said, "other": own}


def _waiting(policy: Policy) -> str:
    span = policy.waiting.close_after
    if span is None:
        return _("Never closed by itself.")
    said = _("Closed after %(span)s") % {"span": calendar_span_text(span)}
    days = ", ".join(map(str, policy.waiting.warn_days))
    return (
        _("%(closed)s; warned on day %(days)s") % {"closed": said, "days": days} if days else said
    )


def _reopen(policy: Policy) -> str:
    span = policy.reopen.window
    if span is None:
        return _("Without limit.")
    first = policy.reopen.counted_from == "first_close"
    counted = _("from the first closing") if first else _("from the latest closing")
    return f"{calendar_span_text(span)}, {counted}"


def _clocks(policy: Policy) -> str:
    changed = [kind for kind in DEFAULT_KINDS if policy.kinds.get(kind) != DEFAULT_KINDS[kind]]
    if not changed:
        return _("As usual.")
    named = listed_text(str(CLOCK_NAMES[kind]) for kind in changed)
    return _("As usual but for: %(clocks)s") % {"clocks": named}


def _ladder(policy: Policy) -> str:
    number = len(policy.ladder)
    steps = ngettext("%(number)d step", "%(number)d steps", number) % {"number": number}
    clocks = dict.fromkeys(str(STEP_CLOCK_NAMES[step.clock]) for step in policy.ladder)
    said = _("%(steps)s on: %(clocks)s") % {"steps": steps, "clocks": listed_text(clocks)}
    return said if number else ""


def _tiers(policy: Policy) -> str:
    return listed_text(map(_tier, policy.tiers))


def _tier(tier: TierName) -> str:
    named = f"{tier.tier} {tier.name}"
    return f"{named} ({target_text(tier.budget)})" if tier.budget else named


_SUMMARIES: dict[str, Callable[[Policy], str]] = {
    "general": _general,
    "phones": _phones,
    "contact": _contact,
    "page": _page,
    "severities": _names("severities"),
    "priorities": _names("priorities"),
    "case_types": _names("case_types"),
    "channels": _names("channels"),
    "editions": _names("editions"),
    "regions": _names("regions"),
    "tiers": _tiers,
    "declined": _names("declined"),
    "readings": _readings,
    "retarget": _retarget,
    "waiting": _waiting,
    "reopen": _reopen,
    "clocks": _clocks,
    "ladder": _ladder,
    **CARE_SUMMARIES,
    **OFFER_SUMMARIES,
}
