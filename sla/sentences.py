"""The rules of a policy as sentences: steps of the ladder, kinds of clock, spans, retargeting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sla.engine.kinds import TIER_TIME, WAITING, KindRow
from sla.engine.parts import LEVEL_AXES, THE_CASE, LadderStep, Retarget
from sla.engine.policy import Policy
from sla.engine.span import Span
from sla.explain import span_text
from sla.words import AXIS_NAMES, CLOCK_NAMES, part_name

EVENT_NAMES = {
    "case_opened": gettext_lazy("the case is opened"),
    "customer_replied": gettext_lazy("the customer replies"),
    "customer_called": gettext_lazy("a call of the customer is logged"),
    "agent_replied": gettext_lazy("support replies"),
    "agent_called": gettext_lazy("a call by support is logged"),
    "work_logged": gettext_lazy("work is logged"),
    "question_asked": gettext_lazy("support asks the customer"),
    "severity_changed": gettext_lazy("the severity changes"),
    "priority_changed": gettext_lazy("the priority changes"),
    "type_changed": gettext_lazy("the type changes"),
    "scheduled": gettext_lazy("a time is agreed"),
    "policy_retargeted": gettext_lazy("a new policy is applied to the case"),
    "handed_over": gettext_lazy("the case is handed over"),
    "escalation_requested": gettext_lazy("the customer asks for escalation"),
    "workaround_given": gettext_lazy("a workaround is given"),
    "resolved": gettext_lazy("the case is solved"),
    "closed": gettext_lazy("the case is closed"),
    "reopened": gettext_lazy("the case is opened again"),
    "merged": gettext_lazy("the case is merged into another"),
    "unmerged": gettext_lazy("the case is taken out of another again"),
    "answered_through": gettext_lazy("support answers on the incident that the case belongs to"),
    "escalation_answered": gettext_lazy("support answers an escalation"),
    "escalation_ended": gettext_lazy("an escalation ends"),
    "question_disputed": gettext_lazy("the customer says that it is not waiting on them"),
    "question_withdrawn": gettext_lazy("support takes its question back"),
    "away_noted": gettext_lazy("the customer says that they will be away"),
    "away_ended": gettext_lazy("the customer is back sooner"),
    "acknowledged": gettext_lazy("somebody of the desk acknowledges a step"),
}
EFFECT_NAMES = {
    "start": gettext_lazy("starts it"),
    "meet": gettext_lazy("meets it"),
    "restart": gettext_lazy("meets it and starts the next one"),
    "cancel": gettext_lazy("ends it without a verdict"),
    "retarget": gettext_lazy("asks the policy again"),
    "resume": gettext_lazy("begins what the end of the case cut short again"),
}
_KIND_SENTENCES = {
    "start": gettext_lazy("Starts when %(events)s."),
    "meet": gettext_lazy("Met when %(events)s."),
    "restart": gettext_lazy("Met and started anew when %(events)s."),
    "cancel": gettext_lazy("Ends without a verdict when %(events)s."),
    "retarget": gettext_lazy("The policy is asked again when %(events)s."),
    "resume": gettext_lazy("What the end of the case cut short begins again when %(events)s."),
}
_CLOCK_PHRASES = {
    "first_response": gettext_lazy("the first response"),
    "next_response": gettext_lazy("the next response"),
    "update_cadence": gettext_lazy("the regular update"),
    "no_progress": gettext_lazy("progress"),
    "waiting_on_customer": gettext_lazy("the customer's answer"),
    "escalation_answer": gettext_lazy("the answer to an escalation"),
    "workaround": gettext_lazy("the workaround"),
    "resolution": gettext_lazy("the resolution"),
    TIER_TIME: gettext_lazy("the tier"),
}
ROLE_NAMES = {
    "owner": gettext_lazy("the owner"),
    "team": gettext_lazy("the team"),
    "lead": gettext_lazy("the leads"),
    "manager": gettext_lazy("the managers"),
    "dispatcher": gettext_lazy("the dispatchers"),
    "account_manager": gettext_lazy("the account manager"),
    "duty": gettext_lazy("who is on duty"),
    "swat": gettext_lazy("the SWAT team"),
}
_MOMENTS = {
    "opened": gettext_lazy("as soon as the clock of %(clock)s starts"),
    "before": gettext_lazy("%(amount)s of service time before %(clock)s is due"),
    "due": gettext_lazy("when %(clock)s is late"),
    "after": gettext_lazy("%(amount)s of service time after %(clock)s was due"),
}
# Of the case itself, and of the tier that holds it, things are said that are said of no other.
_OTHER_MOMENTS = {
    THE_CASE: {
        "opened": gettext_lazy("as soon as the case is opened or raised"),
        "after": gettext_lazy("%(amount)s after the case is opened or raised"),
    },
    TIER_TIME: {
        "opened": gettext_lazy("as soon as a tier has the case"),
        "before": gettext_lazy("%(amount)s of service time before the tier's own time is used up"),
        "due": gettext_lazy("when the tier's own time is used up"),
        "after": gettext_lazy("%(amount)s of service time after the tier's own time was used up"),
    },
}
_ACTS = {
    "notify": gettext_lazy("tell %(roles)s"),
    "page": gettext_lazy("page %(roles)s"),
    "hand_over": gettext_lazy("hand the case over to the next tier"),
    "swat": gettext_lazy("bring in the SWAT team"),
    "tell_customer": gettext_lazy("tell the customer who has the case"),
    "warn_customer": gettext_lazy("remind the customer of the question"),
    "close": gettext_lazy("close the case"),
}
# Those that mean somebody; others may tell somebody beside.
_MEANS_ROLES = ("notify", "page")


def step_sentence(step: LadderStep, policy: Policy) -> str:
    """Say a step: "When a quarter of the time is left on the first response: tell the owner.".

    Steps that no document names, such as the closing of a case that waits, are told as well.
    """
    said = _("%(moment)s: %(act)s") % {"moment": moment_text(step, policy), "act": act_text(step)}
    parts = [capfirst(said), *_again(step), *_only(step, policy)]
    if step.urgent:
        parts.append(_("urgent"))
    return ", ".join(parts) + "."


def act_text(step: LadderStep) -> str:
    """Say what a step does: "page who is on duty", "close the case"."""
    roles, act = {"roles": roles_text(step.roles)}, str(_ACTS[step.action])
    if step.action in _MEANS_ROLES:
        return act % roles
    return f"{act}, {_ACTS['notify'] % roles}" if step.roles else act


def moment_text(step: LadderStep, policy: Policy) -> str:
    """Say when a step is taken: "when the first response is late"."""
    figures = {
        "clock": _CLOCK_PHRASES.get(step.clock, ""),
        "amount": span_text(step.seconds or 0),
    }
    if step.clock == WAITING and step.action in ("warn_customer", "close"):
        return _waiting_moment(step, policy)
    if step.at == "before" and step.share_percent:
        return _share(step.share_percent) % figures
    return str(_OTHER_MOMENTS.get(step.clock, _MOMENTS)[step.at]) % figures


def kind_sentences(row: KindRow) -> list[str]:
    """Say what starts, meets and ends a clock, one sentence for each effect."""
    said = []
    for effect, sentence in _KIND_SENTENCES.items():
        events = [str(EVENT_NAMES[one]) for one, does in row.effects.items() if does == effect]
        if events:
            said.append(str(sentence) % {"events": _any_of(events)})
    if row.pauses:
        said.append(_("Stands still while the case waits on the customer."))
    if row.unless:
        others = _any_of([str(CLOCK_NAMES[kind]) for kind in row.unless])
        said.append(_("Not started while this runs: %(clocks)s.") % {"clocks": others})
    return said


def calendar_span_text(span: Span) -> str:
    """Say a span: "7 days, at the same time of day, by the customer's clock"."""
    if span.unit == "seconds":
        return span_text(span.amount)
    rule = {
        "same_time": _("at the same time of day"),
        "end_of_day": _("at the end of the last day"),
        "elapsed": _("to the second"),
    }[span.rule]
    zones = {"customer": _("by the customer's clock"), "vendor": _("by the vendor's clock")}
    return ", ".join([span_length(span), rule, zones[span.zone]])


def span_length(span: Span) -> str:
    """Say how long a span is: "7 days"."""
    if span.unit == "seconds":
        return span_text(span.amount)
    return {
        "days": ngettext("%(number)d day", "%(number)d days", span.amount),
        "years": ngettext("%(number)d year", "%(number)d years", span.amount),
    }[span.unit] % {"number": span.amount}


def retarget_sentence(rule: Retarget) -> str:
    """Say what a change of level does."""
    said = [
        {
            "opening": _("A new target counts from when the case was opened"),
            "change": _("A new target counts from the change"),
        }[rule.base]
    ]
    if rule.floor == "full_target":
        said.append(_("but is not due before one full target has passed since the change"))
    if rule.cap == "promise":
        said.append(_("and never later than promised before"))
    return f"{', '.join(said)}."


def retarget_example(rule: Retarget) -> str:
    """Work a change of level out: opened at 9:00 with 8 hours promised, at 12:00 changed to 4."""
    return _(
        "Opened at 9:00 with 8 hours promised, changed at 12:00 to 4 hours: due at %(due)s."
    ) % {"due": _example_due(rule)}


def _example_due(rule: Retarget) -> str:
    opened, changed, before, after = 9, 12, 8, 4
    due = (opened if rule.base == "opening" else changed) + after
    if rule.floor == "full_target":
        due = max(due, changed + after)
    if rule.cap == "promise":
        due = min(due, opened + before)
    return f"{due}:00"


@dataclass(frozen=True, slots=True)
class RoleToday:
    """Who a role of a step comes to today; `is_vacant`: nobody, so nobody is told."""

    role: str
    names: tuple[str, ...]
    is_vacant: bool


def roles_today(step: LadderStep, holders: Mapping[str, Iterable[str]]) -> list[RoleToday]:
    """List a step's roles with who holds them.

    The owner, the team and the account manager are those of the case: nobody can be named before.
    """
    return [
        RoleToday(
            str(ROLE_NAMES[role]),
            tuple(holders.get(role, ())),
            is_vacant=role in holders and not holders[role],
        )
        for role in step.roles
    ]


def roles_text(roles: Iterable[str]) -> str:
    """Name roles: "the owner and the leads"."""
    return _all_of([str(ROLE_NAMES[role]) for role in roles])


def _waiting_moment(step: LadderStep, policy: Policy) -> str:
    """Say when a case that waits is warned of or closed: the engine's own steps (DD-39)."""
    day = step.code.rpartition("_")[2]
    if step.action == "warn_customer" and day.isdecimal():
        told = ngettext(
            "%(number)d day after the latest question",
            "%(number)d days after the latest question",
            int(day),
        )
        return told % {"number": int(day)}
    span = policy.waiting.close_after
    if span is None:
        return _("when the answer of the customer has not come")
    return _("%(span)s after the latest question") % {"span": span_length(span)}


def _share(percent: int) -> str:
    named = {25: _("a quarter"), 50: _("half"), 75: _("three quarters")}
    share = named.get(percent, f"{percent} %%")
    return _("when {share} of the time is left for %(clock)s").format(share=share)


def _again(step: LadderStep) -> list[str]:
    """Say how often a step is taken again, and that somebody can stop it."""
    if step.repeat_seconds is None:
        return []
    figures = {"amount": span_text(step.repeat_seconds), "number": step.repeat_times}
    if step.repeat_times is None:
        return [_("again every %(amount)s until somebody acknowledges it") % figures]
    return [
        _("again every %(amount)s, %(number)d times in all, until somebody acknowledges it")
        % figures
    ]


def _only(step: LadderStep, policy: Policy) -> list[str]:
    named = [_codes_named(axis, codes, policy) for axis, codes in step.when.items()]
    said = [_("only for %(cases)s") % {"cases": ", ".join(named)}] if named else []
    if step.tiers:
        tiers = _any_of([str(tier) for tier in step.tiers])
        said.append(_("only while it is with tier %(tiers)s") % {"tiers": tiers})
    return said


def _codes_named(axis: str, codes: Iterable[str], policy: Policy) -> str:
    """Name codes of an axis; where there are two kinds of levels, "High" alone could be either."""
    names = _any_of([part_name(policy, axis, code) for code in codes])
    is_told = axis in LEVEL_AXES and len(policy.axes) > 1
    return f"{AXIS_NAMES[axis]} {names}" if is_told else names


def _all_of(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _any_of(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
