"""What the pages of the policy's sections are made of, and the choices on them in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sla.engine.kinds import DEFAULT_KINDS
from sla.engine.parts import ALWAYS_ANSWERED, CHANNELS, STEP_ROLES, THE_CASE, TIERS
from sla.engine.policy import Policy
from sla.forms.entries import Entry, Line, Lines, Tick
from sla.words import CHANNEL_NAMES, STEP_CLOCK_NAMES, axis_parts

Words = str | Lazy


@dataclass(frozen=True)
class Block:
    """Part of a page: the table at `path`, or with "" top-level keys of the document.

    `kind`: one (a table), rows (a list of them), keyed (tables by code), clocks (the table of
    clock kinds). `names`: what the codes of its rows are called in faults; `row`: one of them.
    """

    path: str
    kind: str
    entries: tuple[Entry, ...] = ()
    names: str = ""
    row: Words = ""


@dataclass(frozen=True)
class Section:
    """A page. `attributes`: those of the policy that it is about."""

    title: Words
    intro: Words
    blocks: tuple[Block, ...]
    attributes: tuple[str, ...]


QUEUE_KEYS = {
    "due": _("what is due next"),
    "severity": _("the worst severity"),
    "priority": _("the highest priority"),
}
CALLS = {
    "none": _("nothing"),
    "required": _("it is taken, and a call is asked for"),
    "refused": _("it is not taken: report it by phone"),
}
ACTIONS = {
    "notify": _("tell"),
    "page": pgettext_lazy("act", "page"),
    "hand_over": _("hand the case over to the next tier"),
    "swat": _("bring in the SWAT team"),
    "tell_customer": _("tell the customer who has the case"),
}
ROLES = {
    "owner": _("the owner of the case"),
    "team": _("the team it is with"),
    "lead": _("the leads"),
    "manager": _("the managers"),
    "dispatcher": _("the dispatchers"),
    "account_manager": _("the customer's account manager"),
    "duty": _("who is on duty"),
    "swat": _("the SWAT team"),
}
assert set(ROLES) == set(STEP_ROLES)

NAME = Line("name", _("name"), needed=True)
SOURCE = Line(
    "source", _("source"), _("The clause it comes from, or “template” where there is none.")
)
PRESET = Tick("default", _("preset: what counts where nobody chooses"))


CHECKLIST = Lines(
    "checklist",
    _("checklist"),
    _("What can be asked for, one thing on each line. Never ask for passwords."),
)


def parts_of(axis: str):
    return lambda policy: [(part.code, part.name) for part in axis_parts(policy, axis)]


def answered(policy: Policy) -> Iterable[tuple[str, Words]]:
    calendars = ((spec.code, spec.name) for spec in policy.calendars)
    return [("", _("not said")), (ALWAYS_ANSWERED, _("at any time")), *calendars]


def tier_names(policy: Policy) -> Iterable[tuple[str, Words]]:
    named = {tier.tier: f"{tier.tier} · {tier.name}" for tier in policy.tiers}
    return [(str(tier), named.get(tier, str(tier))) for tier in TIERS]


def levels_of(axis: str, nothing: Words):
    """Offer the levels of an axis, or none of them."""
    return lambda policy: [
        ("", nothing),
        *((level.code, level.name) for level in policy.levels(axis)),
    ]


def region_names(policy: Policy) -> Iterable[tuple[str, Words]]:
    return [("", _("none")), *((region.code, region.name) for region in policy.regions)]


CLOCKS = [(code, STEP_CLOCK_NAMES[code]) for code in (*DEFAULT_KINDS, THE_CASE)]
OFFERED = [(code, CHANNEL_NAMES[code]) for code in CHANNELS]
