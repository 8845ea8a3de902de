"""Who may open a case, how, and for what: by channel, plan and edition."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.policy.offer_rules import licence_rules, plan_rules, release_rules
from sla.engine.parts import Channel, Plan
from sla.engine.policy import Policy
from sla.offer_words import names_text


@dataclass(frozen=True, slots=True)
class Way:
    """Whether a plan may use a channel; `but`: for which editions it may not."""

    channel: str
    is_open: bool
    but: str


@dataclass(frozen=True, slots=True)
class Right:
    """Plans of which the same holds: what they ask for, and the channels that they have."""

    plans: tuple[str, ...]
    terms: tuple[str, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Filing:
    """Who may open a case: a row for each plan, and what holds beside."""

    channels: tuple[str, ...]
    rights: tuple[Right, ...]
    releases: tuple[str, ...]
    licence: tuple[str, ...]
    registration: str
    is_open: bool


def filing_by(policy: Policy) -> Filing | None:
    """Describe who may open a case; None where anybody may by any channel."""
    filing = Filing(
        channels=tuple(channel.name for channel in policy.channels),
        rights=tuple(_rights(policy)) if policy.channels else (),
        releases=tuple(release_rules(policy)),
        licence=tuple(licence_rules(policy)),
        registration=policy.registration.note,
        is_open=policy.registration.open,
    )
    told = (filing.rights, filing.releases, filing.licence, filing.is_open)
    return filing if any(told) else None


def _rights(policy: Policy) -> Iterator[Right]:
    limited = any(channel.plans or channel.editions for channel in policy.channels)
    if not policy.plans and limited:
        yield Right((_("Everybody"),), (), _ways(policy, None))
    alike: dict[tuple[tuple[str, ...], tuple[Way, ...]], list[str]] = {}
    for plan in policy.plans:
        terms = tuple(plan_rules(plan, policy))
        alike.setdefault((terms, _ways(policy, plan)), []).append(plan.name)
    for (terms, ways), names in alike.items():
        yield Right(tuple(names), terms, ways)


def _ways(policy: Policy, plan: Plan | None) -> tuple[Way, ...]:
    return tuple(_way(policy, plan, channel) for channel in policy.channels)


def _way(policy: Policy, plan: Plan | None, channel: Channel) -> Way:
    """Tell of the editions that a plan is open to those which a channel is not."""
    editions = (plan.editions if plan else None) or tuple(one.code for one in policy.editions)
    closed = [code for code in editions if not channel.admits(None, code)]
    is_open = channel.admits(plan.code if plan else None, None)
    if editions and len(closed) == len(editions):
        return Way(channel.name, False, "")
    return Way(channel.name, is_open, names_text(policy, "edition", closed) if is_open else "")
