"""What a row of a section is called above its fields, where it has no name of its own."""

from collections.abc import Callable, Mapping

from django.utils.text import capfirst

from sla.engine.policy import Policy
from sla.offer_words import cases_of_price, cost_text, release_sentence
from sla.sentences import step_sentence

Titles = Callable[[Policy], list[str]]


def row_titles(path: str, policy: Policy) -> list[str]:
    """List what the rows at `path` are called, in order; empty where each has a name to show."""
    return _TITLES[path](policy) if path in _TITLES else []


def _steps(policy: Policy) -> list[str]:
    return [step_sentence(step, policy) for step in policy.ladder]


def _prices(policy: Policy) -> list[str]:
    return [
        f"{capfirst(cases_of_price(price.when, policy))}: {cost_text(price)}"
        for price in policy.prices
    ]


def _releases(policy: Policy) -> list[str]:
    return [capfirst(release_sentence(rule, policy)) for rule in policy.supported_releases]


_TITLES: Mapping[str, Titles] = {
    "ladder": _steps,
    "prices": _prices,
    "supported_releases": _releases,
}
