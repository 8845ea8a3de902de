"""What of a policy the page tells in sentences: escalation, waiting, reopening, points."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.policy.table import promised_rows
from sla.comparison import cases_text
from sla.engine.kinds import DEFAULT_KINDS
from sla.engine.parts import TIERS, LadderStep, Reopen, TierName, Waiting
from sla.engine.policy import Policy
from sla.engine.span import Span
from sla.explain import span_text
from sla.words import CLOCK_NAMES

_WHEN = {
    "before": gettext_lazy("Shortly before the %(clock)s is due"),
    "due": gettext_lazy("When the %(clock)s is late"),
    "after": gettext_lazy("When the %(clock)s stays late"),
    "opened": gettext_lazy("As soon as the %(clock)s is owed"),
}
# Of the desk's own aims no customer is told; that nobody moves a case on, they are.
_NO_PROGRESS = gettext_lazy("When nobody moves your case on")


@dataclass(frozen=True, slots=True)
class Path:
    """The tiers that a case can climb, and what makes it climb."""

    tiers: tuple[TierName, ...]
    steps: tuple[str, ...]


def path_of(policy: Policy) -> Path:
    """Describe the way of escalation: hand-overs only, without the desk's own figures."""
    handing = [step for step in policy.ladder if step.action == "hand_over"]
    reached = {TIERS[0]} | {tier + 1 for step in handing for tier in step.tiers}
    named = {name.tier: name for name in policy.tiers}
    tiers = sorted(reached | set(named))
    steps = dict.fromkeys(sentence for step in handing for sentence in _steps(step, policy))
    return Path(tuple(named.get(tier) or _unnamed(tier) for tier in tiers), tuple(steps))


def waiting_texts(waiting: Waiting, vendor_zone: str) -> Iterator[str]:
    """Say what becomes of a case that waits for its customer (DD-39)."""
    if waiting.close_after is None:
        yield _("A case that waits for your answer stays open until you give it.")
        return
    yield _(
        "A case that waits for your answer is closed %(span)s after our last question%(end)s."
    ) % {
        "span": length_text(waiting.close_after),
        "end": _moment_text(waiting.close_after, vendor_zone),
    }
    if waiting.warn_days:
        days = _(" and ").join(str(day) for day in waiting.warn_days)
        # They rise, so that where there are several the last is more than one.
        yield ngettext(
            "We remind you %(days)s day after it.",
            "We remind you %(days)s days after it.",
            waiting.warn_days[-1],
        ) % {"days": days}
    yield _(
        "When you tell us that you will be away, it stays open at least to the end of your last "
        "day away. When it is not waiting on you, say so in the case, and our time goes on."
    )


def reopen_text(reopen: Reopen, vendor_zone: str) -> str:
    """Say how long a closed case can be opened again, and whether support looks at it (SC-18)."""
    if not reopen.approval:
        return _window_text(reopen, vendor_zone)
    looked_at = _("Support looks at it first: it has to be exactly the same problem.")
    return f"{_window_text(reopen, vendor_zone)} {looked_at}"


def _window_text(reopen: Reopen, vendor_zone: str) -> str:
    if reopen.window is None:
        return _("A closed case can be opened again at any time.")
    figures = {"span": length_text(reopen.window), "end": _last_text(reopen.window, vendor_zone)}
    if reopen.counted_from == "first_close":
        return (
            _("A closed case can be opened again for %(span)s after it was first closed%(end)s.")
            % figures
        )
    return (
        _("A closed case can be opened again for %(span)s after it was last closed%(end)s.")
        % figures
    )


def points_text(life: Span, vendor_zone: str) -> str:
    """Say how long points can be used."""
    figures = {"span": length_text(life), "end": _last_text(life, vendor_zone)}
    return _("Points can be used for %(span)s after they were bought%(end)s.") % figures


def length_text(span: Span) -> str:
    """Say how long a span is."""
    if span.unit == "years":
        return ngettext("%(number)d year", "%(number)d years", span.amount) % {
            "number": span.amount
        }
    if span.unit == "days":
        return ngettext("%(number)d day", "%(number)d days", span.amount) % {"number": span.amount}
    return span_text(span.amount)


def _moment_text(span: Span, vendor_zone: str) -> str:
    """Say when exactly something happens at the end of a span."""
    zone = _zone_text(span, vendor_zone)
    return {
        "elapsed": "",
        "end_of_day": _(", at the end of that day %(zone)s") % {"zone": zone},
        "same_time": _(", at the same time of day %(zone)s") % {"zone": zone},
    }[span.rule]


def _last_text(span: Span, vendor_zone: str) -> str:
    """Say until when exactly something lasts."""
    zone = _zone_text(span, vendor_zone)
    return {
        "elapsed": "",
        "end_of_day": _(", to the end of the last day %(zone)s") % {"zone": zone},
        "same_time": _(", to the same time of day %(zone)s") % {"zone": zone},
    }[span.rule]


def _zone_text(span: Span, vendor_zone: str) -> str:
    return _("in your own time zone") if span.zone == "customer" else f"({vendor_zone})"


def _steps(step: LadderStep, policy: Policy) -> Iterator[str]:
    names = {name.tier: name.name for name in policy.tiers}
    for tier in step.tiers:
        lower, upper = (names.get(one) or _level(one) for one in (tier, tier + 1))
        figures = {"when": _when(step, policy), "lower": lower, "upper": upper}
        if step.when:
            figures["cases"] = cases_text(step, policy)  # type: ignore[arg-type]
            yield _("%(when)s (%(cases)s), it goes from %(lower)s to %(upper)s.") % figures
        else:
            yield _("%(when)s, it goes from %(lower)s to %(upper)s.") % figures


def _when(step: LadderStep, policy: Policy) -> str:
    told = {row.clock for row in promised_rows(policy)}
    if step.clock not in told or step.clock not in DEFAULT_KINDS:
        return str(_NO_PROGRESS)
    return str(_WHEN[step.at]) % {"clock": CLOCK_NAMES[step.clock]}


def _unnamed(tier: int) -> TierName:
    return TierName(tier, _level(tier))


def _level(tier: int) -> str:
    return _("Level %(tier)d") % {"tier": tier}
