"""What the acts about hand-overs, the SWAT team and escalations do."""

from django.utils.translation import gettext as _

from desk.escalation_forms import EscalateForm, HandBackForm, HandOverForm
from desk.scene import Scene
from desk.views.case import case_act
from escalation.actions import escalate_case, hand_back, hand_over
from tickets.models import Case


@case_act("hand-over")
def hand_over_case(scene: Scene, form: HandOverForm) -> str:
    return _now_with(hand_over(team_id=form.cleaned_data["team"], **form.notes(), **who(scene)))


@case_act("escalate")
def escalate(scene: Scene, form: EscalateForm) -> str:
    case = escalate_case(**form.notes(), **who(scene))
    return _("The case is at Level %(tier)d now.") % {"tier": case.tier}


@case_act("hand-back")
def give_back(scene: Scene, form: HandBackForm) -> str:
    return _now_with(hand_back(reason=form.cleaned_data["reason"], **who(scene)))


def who(scene: Scene) -> dict[str, object]:
    return {"case_id": scene.case.pk, "by": scene.by, "at": scene.at}


def _now_with(case: Case) -> str:
    if case.team is None:
        return _("The case is at Level %(tier)d now.") % {"tier": case.tier}
    return _("%(team)s has the case now.") % {"team": case.team.name}
