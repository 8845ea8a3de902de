"""What endpoints can be told of: one table, shown in the admin and in the documents of the API."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CASES, DESK, HOUSE = _("Cases"), _("Desk"), _("The vendor's house")


@dataclass(frozen=True)
class HookKind:
    """One kind of event: what it means, and whether an endpoint of public scope may have it."""

    group: Promise
    about: Promise
    is_public: bool = True


KINDS: Mapping[str, HookKind] = {
    "case.opened": HookKind(CASES, _("A case was opened.")),
    "case.replied": HookKind(CASES, _("The customer or the desk wrote or called.")),
    "case.asked": HookKind(CASES, _("The desk asked the customer; the clocks stand still.")),
    "case.level_changed": HookKind(CASES, _("Severity, priority or type changed, or a review.")),
    "case.resolved": HookKind(CASES, _("The desk gave a solution.")),
    "case.closed": HookKind(CASES, _("A case was closed, or merged into another one.")),
    "case.reopened": HookKind(CASES, _("A case is open again.")),
    "case.changed": HookKind(CASES, _("Anything else that the customer can read on a case.")),
    "promise.missed": HookKind(CASES, _("The customer was told that our promise was missed.")),
    "escalation.requested": HookKind(CASES, _("An escalation was asked for.")),
    "escalation.answered": HookKind(CASES, _("The desk answered an escalation, or it ended.")),
    "fix.announced": HookKind(CASES, _("A fix was promised, given up or shipped, for each case.")),
    "step.fired": HookKind(DESK, _("A step of the escalation ladder fell due."), is_public=False),
    "case.acknowledged": HookKind(DESK, _("Somebody took notice of a step."), is_public=False),
    "case.owner_changed": HookKind(DESK, _("A case has another owner or team."), is_public=False),
    "case.noted": HookKind(DESK, _("An internal note or work was written down."), is_public=False),
    "case.changed_inside": HookKind(
        DESK, _("Anything else on a case that only the desk reads."), is_public=False
    ),
    "points.spent": HookKind(HOUSE, _("Points were taken from a company."), is_public=False),
    "points.credited": HookKind(HOUSE, _("Points were added to a company."), is_public=False),
    "policy.published": HookKind(HOUSE, _("A version of the policy was published.")),
}
# What a person sends to see whether it works; goes to one endpoint and cannot be chosen.
TEST = "endpoint.tested"
# What pagers are told, always: what wakes somebody, and all by which that may be over.
OF_PAGERS = tuple(kind for kind in KINDS if kind.startswith(("case.", "escalation.", "step.")))
