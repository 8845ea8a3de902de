"""Why another level counts than the one that was chosen, in words for both sides."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from sla.engine.policy import Policy
from tickets.judging import Judged
from tickets.models import Case


def elsewhere_sentence(judged: Judged, environment: str) -> str:
    """Say why a level counts as another one (MX-11); "" where it counts as it is."""
    if not judged.is_elsewhere or judged.chosen is None or judged.here is None:
        return ""
    return _elsewhere(judged.chosen.name, judged.here.name, judged.chosen.environments, environment)


def judged_sentences(payload: Mapping[str, Any], policy: Policy) -> list[str]:
    """Say what an opening kept of its levels: which counts instead, what was offered (MX-13)."""
    told = []
    for axis, code in payload.get("elsewhere", {}).items():
        chosen = policy.level(axis, code)
        # Of an offer that was taken, the level before it is what counted in the environment.
        offer = payload.get("offers", {}).get(axis, {})
        here = policy.level(axis, offer.get("from") or payload.get(axis))
        if chosen and here:
            told.append(
                _elsewhere(
                    chosen.name, here.name, chosen.environments, payload.get("environment", "")
                )
            )
    for axis, offer in payload.get("offers", {}).items():
        level = policy.level(axis, offer["level"])
        named = level.name if level else offer["level"]
        told.append(offer_sentence(named, is_taken=offer["taken"]))
    return told


def offer_sentence(level: str, *, is_taken: bool) -> str:
    """Say which level is offered for a workaround, and whether it was taken (MX-13)."""
    if is_taken:
        return _("A workaround is known: “%(level)s” was offered and taken.") % {"level": level}
    return _("A workaround is known: “%(level)s” was offered and not taken.") % {"level": level}


def _elsewhere(chosen: str, here: str, environments: Iterable[str], environment: str) -> str:
    return _(
        "“%(chosen)s” is for %(needed)s only; here it is %(environment)s, so “%(here)s” counts."
    ) % {
        "chosen": chosen,
        "needed": _names(environments),
        "environment": _names([environment]),
        "here": here,
    }


def environment_name(environment: str) -> str:
    """Name an environment of a case."""
    return _names([environment])


def _names(environments: Iterable[str]) -> str:
    named = dict(Case.Environment.choices)
    return ", ".join(str(named.get(code, code)) for code in environments)
