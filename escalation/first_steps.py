"""What a policy's ladder needs of people before it can call anybody, for the vendor's checklist."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Team
from escalation.models import DutyShift
from escalation.swat import swat_members
from sla.engine.policy import Policy
from sla.registry import ChecklistItem, register_checklist

DUTY, SWAT = "duty", "swat"


def register_first_steps() -> None:
    """Have the roster and the SWAT team asked for where a policy names them."""
    register_checklist("escalation", steps_to_do)


def steps_to_do(policy: Policy) -> Iterator[ChecklistItem]:
    """Ask for shifts where the ladder pages who is on duty, for SWAT people where it calls them."""
    if _names(policy, DUTY):
        text = _("Somebody on the duty roster: the ladder pages who is on duty")
        yield ChecklistItem(text, DutyShift.objects.exists(), reverse("desk:duty"))
    if not (_names(policy, SWAT) or policy.swat.when):
        return
    teams = reverse("admin:accounts_team_changelist")
    has_team = Team.objects.filter(is_swat=True).exists()
    yield ChecklistItem(_("A SWAT team"), has_team, teams)
    if policy.swat.grades:
        names = {grade.code: grade.name for grade in policy.grades}
        admitted = ", ".join(names.get(code, code) for code in policy.swat.grades)
        text = _("Somebody in it with a grade that the policy admits: %(grades)s")
        yield ChecklistItem(text % {"grades": admitted}, bool(swat_members(policy)), teams)


def _names(policy: Policy, who: str) -> bool:
    """Tell whether any step, or an escalation that is asked for, is for the duty or for SWAT."""
    steps = any(step.action == who or who in step.roles for step in policy.ladder)
    return steps or who in policy.escalation.roles
