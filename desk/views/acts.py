"""What each act on a case does: one action, and a sentence that says what was done."""

from django.utils.translation import gettext as _

from accounts.zones import moment_text
from desk.errors import OutsideHours
from desk.forms import ActForm
from desk.scene import Scene
from desk.sending import ABOUT_TO_BE_SENT, sent_at_once
from desk.views.case import case_act
from sla.queries import promise_for
from tickets.actions import (
    consenting,
    conversation,
    crediting,
    declining,
    ending,
    renaming,
    splitting,
    triage,
)
from tickets.agreement_errors import NoSplitWaits
from tickets.timeline import moment
from tickets.wording import display_number, points_text


@case_act("reply")
def reply(scene: Scene, form: ActForm) -> str:
    if not sent_at_once(scene, form, body=form.cleaned_data["body"]):
        return ABOUT_TO_BE_SENT
    return _("Sent to %(readers)s.") % {"readers": scene.everybody}


@case_act("ask")
def ask(scene: Scene, form: ActForm) -> str:
    said = {
        "question": form.cleaned_data["body"],
        "items": form.asked_for(),
        "why": form.cleaned_data["why"],
        "no_secret": form.cleaned_data["no_secret"],
    }
    if not sent_at_once(scene, form, **said):
        return ABOUT_TO_BE_SENT
    return _("Sent to %(readers)s. The clocks stand still until they answer.") % {
        "readers": scene.readers
    }


@case_act("solve")
def solve(scene: Scene, form: ActForm) -> str:
    said = {"solution": form.cleaned_data["body"], "with_children": form.solves_children()}
    if not sent_at_once(scene, form, **said):
        return ABOUT_TO_BE_SENT
    readers = scene.everybody if form.solves_children() else scene.readers
    return _("The solution was sent to %(readers)s.") % {"readers": readers}


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
    mentioned = form.mentioned()
    conversation.add_note(body=form.cleaned_data["body"], mentioned=mentioned, **_who(scene))
    return _("The note was added. Only the desk reads it.")


@case_act("work")
def work(scene: Scene, form: ActForm) -> str:
    conversation.log_work(body=form.cleaned_data["body"], **_who(scene))
    return _("The work is logged.")


@case_act("subject")
def change_subject(scene: Scene, form: ActForm) -> str:
    renaming.rename_case(subject=form.cleaned_data["subject"], **_who(scene))
    return _("The subject was changed.")


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
        sorting=form.sorting(),
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


@case_act("close")
def close(scene: Scene, form: ActForm) -> str:
    ending.close_case(**_who(scene))
    return _("The case is closed.")


@case_act("reopen")
def reopen(scene: Scene, form: ActForm) -> str:
    ending.reopen_case(body=form.cleaned_data["body"], **_who(scene))
    return _("The case is open again: the desk owes a reply.")


@case_act("split")
def split(scene: Scene, form: ActForm) -> str:
    data = form.cleaned_data
    splitting.propose_split(subject=data["subject"], body=data["body"], **_who(scene))
    return _("Proposed to %(contact)s: it opens when they agree.") % {
        "contact": scene.case.contact.name
    }


@case_act("waive-split")
def waive_split(scene: Scene, form: ActForm) -> str:
    new = splitting.waive_split(
        proposal_id=_proposal(scene), reason=form.cleaned_data["reason"], **_who(scene)
    )
    return _("Opened without a charge: %(number)s.") % {"number": display_number(new)}


@case_act("withdraw-split")
def withdraw_split(scene: Scene, form: ActForm) -> str:
    splitting.withdraw_split(proposal_id=_proposal(scene), **_who(scene))
    return _("The proposal is withdrawn. %(contact)s is told.") % {
        "contact": scene.case.contact.name
    }


@case_act("consent")
def consent(scene: Scene, form: ActForm) -> str:
    consenting.log_consent(scope=form.cleaned_data["scope"], until_at=form.moment(), **_who(scene))
    return _("The permission is logged. %(contact)s is told what it says.") % {
        "contact": scene.case.contact.name
    }


@case_act("withdraw-consent")
def withdraw_consent(scene: Scene, form: ActForm) -> str:
    consenting.withdraw_consent(consent_id=form.cleaned_data["consent"], **_who(scene))
    return _("Remote access is no longer allowed.")


@case_act("credit")
def credit(scene: Scene, form: ActForm) -> str:
    points = scene.agreed.spent
    crediting.credit_bug(reason=form.cleaned_data["reason"], **_who(scene))
    return _("Given back: %(points)s. %(contact)s is told.") % {
        "points": points_text(points),
        "contact": scene.case.contact.name,
    }


@case_act("decline")
def decline(scene: Scene, form: ActForm) -> str:
    data = form.cleaned_data
    declining.decline_case(code=data["declined"], body=data["body"], **_who(scene))
    return _("Declined and closed. %(contact)s is told who can help.") % {
        "contact": scene.case.contact.name
    }


def _proposal(scene: Scene) -> int:
    if scene.agreed.split is None:
        raise NoSplitWaits
    return scene.agreed.split.pk


def _who(scene: Scene) -> dict[str, object]:
    return {"case_id": scene.case.pk, "by": scene.by, "at": scene.at}


def _why(scene: Scene, form: ActForm) -> dict[str, object]:
    return {"reason": form.cleaned_data["reason"], **_who(scene)}
