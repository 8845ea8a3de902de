"""What each act on a case does: one action, and a sentence that says what was done."""

from django.utils.translation import gettext as _

from accounts.zones import moment_text
from desk.errors import OutsideHours
from desk.forms import ActForm
from desk.scene import Scene
from desk.views.case import case_act
from escalation.actions import escalate_case, hand_over
from sla.queries import promise_for
from tickets.actions import conversation, ending, triage
from tickets.timeline import moment


@case_act("reply")
def reply(scene: Scene, form: ActForm) -> str:
    conversation.reply_to_case(body=form.cleaned_data["body"], **_who(scene))
    return _("Sent to %(contact)s.") % {"contact": scene.case.contact.name}


@case_act("ask")
def ask(scene: Scene, form: ActForm) -> str:
    conversation.ask_customer(question=form.cleaned_data["body"], **_who(scene))
    return _("Sent to %(contact)s. The clocks stand still until they answer.") % {
        "contact": scene.case.contact.name
    }


@case_act("solve")
def solve(scene: Scene, form: ActForm) -> str:
    ending.resolve_case(solution=form.cleaned_data["body"], **_who(scene))
    return _("The solution was sent to %(contact)s.") % {"contact": scene.case.contact.name}


@case_act("call")
def call(scene: Scene, form: ActForm) -> str:
    facts = {"body": form.cleaned_data["body"], "occurred_at": form.moment(), **_who(scene)}
    if form.cleaned_data["caller"] == "customer":
        conversation.log_customer_call(**facts)
    else:
        conversation.log_agent_call(**facts)
    return _("The call is logged.")


@case_act("note")
def note(scene: Scene, form: ActForm) -> str:
    conversation.add_note(body=form.cleaned_data["body"], **_who(scene))
    return _("The note was added. Only the desk reads it.")


@case_act("work")
def work(scene: Scene, form: ActForm) -> str:
    conversation.log_work(body=form.cleaned_data["body"], **_who(scene))
    return _("The work is logged.")


@case_act("take")
def take(scene: Scene, form: ActForm) -> str:
    triage.assign_case(owner_id=scene.by.pk, **_who(scene))
    return _("The case is yours.")


@case_act("assign")
def assign(scene: Scene, form: ActForm) -> str:
    case = triage.assign_case(owner_id=form.cleaned_data["owner"], **_who(scene))
    if case.owner is None:
        return _("Nobody owns the case now.")
    return _("%(owner)s owns the case now.") % {"owner": case.owner.name}


@case_act("triage")
def triage_all(scene: Scene, form: ActForm) -> str:
    changes = form.changes()
    triage.triage_case(
        owner_id=changes.pop("owner", None),
        reason=form.cleaned_data["reason"],
        **changes,
        **_who(scene),
    )
    return _("Reviewed. %(contact)s is told the number and the promise.") % {
        "contact": scene.case.contact.name
    }


@case_act("severity")
def change_severity(scene: Scene, form: ActForm) -> str:
    triage.change_severity(severity=form.cleaned_data["level"], **_why(scene, form))
    return _("The severity was changed.")


@case_act("priority")
def change_priority(scene: Scene, form: ActForm) -> str:
    triage.change_priority(priority=form.cleaned_data["level"], **_why(scene, form))
    return _("The priority was changed.")


@case_act("type")
def change_type(scene: Scene, form: ActForm) -> str:
    triage.change_type(case_type=form.cleaned_data["level"], **_why(scene, form))
    return _("The type was changed.")


@case_act("schedule")
def schedule(scene: Scene, form: ActForm) -> str:
    wished = form.moment()
    promised = promise_for(scene.policy, scene.state.facts, scene.case.opened_at, wished).promise
    moved = moment(promised.due_at)
    if moved not in (None, wished) and form.cleaned_data["told"] != moved.isoformat():
        form.put("told", moved.isoformat())
        zone = form.cleaned_data["zone"]
        raise OutsideHours(field="scheduled_for", moved=moment_text(moved, zone))
    triage.schedule_case(scheduled_for=wished, **_who(scene))
    return _("Agreed: work starts at %(start)s.") % {
        "start": moment_text(moved or wished, scene.zone)
    }


@case_act("hand-over")
def hand_over_case(scene: Scene, form: ActForm) -> str:
    data = form.cleaned_data
    case = hand_over(team_id=data["team"], note=data["note"], **_who(scene))
    return _("%(team)s has the case now.") % {"team": case.team.name}


@case_act("escalate")
def escalate(scene: Scene, form: ActForm) -> str:
    case = escalate_case(note=form.cleaned_data["note"], **_who(scene))
    return _("The case is at Level %(tier)d now.") % {"tier": case.tier}


@case_act("close")
def close(scene: Scene, form: ActForm) -> str:
    ending.close_case(**_who(scene))
    return _("The case is closed.")


@case_act("reopen")
def reopen(scene: Scene, form: ActForm) -> str:
    ending.reopen_case(body=form.cleaned_data["body"], **_who(scene))
    return _("The case is open again: the desk owes a reply.")


def _who(scene: Scene) -> dict[str, object]:
    return {"case_id": scene.case.pk, "by": scene.by, "at": scene.at}


def _why(scene: Scene, form: ActForm) -> dict[str, object]:
    return {"reason": form.cleaned_data["reason"], **_who(scene)}
