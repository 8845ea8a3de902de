"""What the acts about hand-overs, the SWAT team and escalations do."""

from django.utils.translation import gettext as _

from desk.escalation_forms import (
    AcknowledgeForm,
    AnswerEscalationForm,
    EndEscalationForm,
    EscalateForm,
    HandBackForm,
    HandOverForm,
    LetSwatGoForm,
    LogEscalationForm,
    SwatForm,
)
from desk.scene import Scene
from desk.views.case import case_act
from escalation.acknowledging import acknowledge
from escalation.actions import escalate_case, hand_back, hand_over
from escalation.errors import EscalationOver, NotOfTheCompany
from escalation.requests import answer_escalation, end_escalation, request_escalation
from escalation.swat import bring_in_swat, let_swat_go
from tickets.models import Case


@case_act("acknowledge-steps")
def acknowledge_steps(scene: Scene, form: AcknowledgeForm) -> str:
    for clock, seq in form.occurrences():
        acknowledge(clock=clock, started_seq=seq, **who(scene))
    return _("Acknowledged: nobody is told of it again.")


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


@case_act("log-escalation")
def log_escalation(scene: Scene, form: LogEscalationForm) -> str:
    data = form.cleaned_data
    askers = {person.pk: person for person in scene.escalating.askers}
    if data["asked_by"] not in askers:
        raise NotOfTheCompany(field="asked_by")
    said = {name: data[name] for name in ("way", "situation", "reason")}
    request_escalation(asked_by=askers[data["asked_by"]], **said, **who(scene))
    return _("The escalation is logged. Whom it reaches, and the customer, are told.")


@case_act("answer-escalation")
def answer(scene: Scene, form: AnswerEscalationForm) -> str:
    answer_escalation(answer=form.cleaned_data["body"], **_about(scene))
    return _("Sent to %(contact)s.") % {"contact": scene.case.contact.name}


@case_act("end-escalation")
def end(scene: Scene, form: EndEscalationForm) -> str:
    end_escalation(note=form.cleaned_data["note"], **_about(scene))
    return _("The escalation has ended. %(contact)s is told.") % {
        "contact": scene.case.contact.name
    }


@case_act("bring-in-swat")
def swat_in(scene: Scene, form: SwatForm) -> str:
    bring_in_swat(note=form.cleaned_data["note"], **who(scene))
    return _("The SWAT team is brought in, and told.")


@case_act("let-swat-go")
def swat_out(scene: Scene, form: LetSwatGoForm) -> str:
    let_swat_go(note=form.cleaned_data["note"], **who(scene))
    return _("The SWAT team was let go.")


def who(scene: Scene) -> dict[str, object]:
    return {"case_id": scene.case.pk, "by": scene.by, "at": scene.at}


def _now_with(case: Case) -> str:
    if case.team is None:
        return _("The case is at Level %(tier)d now.") % {"tier": case.tier}
    return _("%(team)s has the case now.") % {"team": case.team.name}


def _about(scene: Scene) -> dict[str, object]:
    running = scene.escalating.running
    if running is None:
        raise EscalationOver
    return {"request_id": running.pk, "by": scene.by, "at": scene.at}
