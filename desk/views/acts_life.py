"""What the acts on a case's life do: one action each, and a sentence that says what was done."""

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.forms import ActForm
from desk.scene import Scene
from desk.views.case import case_act
from tickets.actions import (
    away,
    defects,
    ending,
    incidents,
    linking,
    merging,
    questioning,
    tracking,
    unreachable,
)
from tickets.life_reading import DAY
from tickets.ties import find_case


@case_act("withdraw-question")
def withdraw_question(scene: Scene, form: ActForm) -> str:
    questioning.withdraw_question(body=form.cleaned_data["body"], **_who(scene))
    return _("Taken back. The clocks run again.")


@case_act("unreachable")
def log_attempt(scene: Scene, form: ActForm) -> str:
    data = form.cleaned_data
    offers = data.get("offers_lower", False)
    unreachable.log_attempt(
        way=data["way"],
        body=data["note"],
        occurred_at=form.moment(),
        offers_lower=offers,
        **_who(scene),
    )
    if offers:
        return _("Logged. %(contact)s is told, and offered the lower level.") % _names(scene)
    return _("Logged. %(contact)s is told.") % _names(scene)


@case_act("away")
def note_away(scene: Scene, form: ActForm) -> str:
    last_day = form.cleaned_data["last_day"]
    away.note_away(last_day=last_day, **_who(scene))
    return _("Noted: away up to and including %(day)s.") % {"day": date_format(last_day, DAY)}


@case_act("back")
def end_away(scene: Scene, form: ActForm) -> str:
    away.end_away(**_who(scene))
    return _("The customer is back.")


@case_act("merge")
def merge(scene: Scene, form: ActForm) -> str:
    merging.merge_cases(into=form.cleaned_data["into"], **_who(scene))
    return _("Merged: it goes on in the other case. %(contact)s is told.") % _names(scene)


@case_act("undo-merge")
def undo_merge(scene: Scene, form: ActForm) -> str:
    merging.undo_merge(**_who(scene))
    return _("The case goes on by itself again.")


@case_act("link")
def link(scene: Scene, form: ActForm) -> str:
    linking.link_cases(other=form.cleaned_data["other"], **_who(scene))
    return _("The cases are linked.")


@case_act("unlink")
def unlink(scene: Scene, form: ActForm) -> str:
    linking.unlink_cases(other=form.cleaned_data["other"], **_who(scene))
    return _("The link is gone.")


@case_act("declare-incident")
def declare_incident(scene: Scene, form: ActForm) -> str:
    incidents.declare_incident(**_who(scene))
    return _("It is an incident now: other cases can hang on it.")


@case_act("end-incident")
def end_incident(scene: Scene, form: ActForm) -> str:
    incidents.end_incident(**_who(scene))
    return _("It is an ordinary case again.")


@case_act("hang-cases")
@transaction.atomic
def hang_cases(scene: Scene, form: ActForm) -> str:
    numbers = form.cleaned_data["cases"]
    found = sorted(find_case(number, scene.by, field="cases").pk for number in numbers)
    for case_id in found:
        incidents.join_incident(
            case_id=case_id, incident=scene.case.number, by=scene.by, at=scene.at
        )
    return ngettext(
        "%(count)d case hangs on it now.", "%(count)d more cases hang on it now.", len(found)
    ) % {"count": len(found)}


@case_act("join-incident")
def join_incident(scene: Scene, form: ActForm) -> str:
    incidents.join_incident(incident=form.cleaned_data["incident"], **_who(scene))
    return _("The case hangs on the incident now. %(contact)s is told.") % _names(scene)


@case_act("leave-incident")
def leave_incident(scene: Scene, form: ActForm) -> str:
    incidents.leave_incident(**_who(scene))
    return _("The case goes on by itself.")


@case_act("defect")
@transaction.atomic
def tie_defect(scene: Scene, form: ActForm) -> str:
    data, defect_id = form.cleaned_data, form.cleaned_data["defect"]
    if defect_id is None:
        product = scene.case.product
        new = defects.record_defect(title=data["title"], product=product, by=scene.by, at=scene.at)
        defect_id = new.pk
    defects.tie_defect(defect_id=defect_id, **_who(scene))
    return _("Tied to the fault. %(contact)s is told.") % _names(scene)


@case_act("untie-defect")
def untie_defect(scene: Scene, form: ActForm) -> str:
    defects.tie_defect(defect_id=None, **_who(scene))
    return _("The case is not tied to the fault any more.")


@case_act("promise-fix")
def promise_fix(scene: Scene, form: ActForm) -> str:
    data = form.cleaned_data
    defects.promise_fix(release_id=data["release"], note=data["note"], **_fault(scene))
    return _("All who have the fault are told in which release it is mended.")


@case_act("drop-fix")
def drop_fix(scene: Scene, form: ActForm) -> str:
    defects.give_up_fix(note=form.cleaned_data["note"], **_fault(scene))
    return _("All who have the fault are told.")


@case_act("ship-fix")
def ship_fix(scene: Scene, form: ActForm) -> str:
    defects.ship_fix(**_fault(scene))
    return _("All who wait for it are told.")


@case_act("approve-reopen")
def approve_reopen(scene: Scene, form: ActForm) -> str:
    ending.decide_reopening(approve=True, body=form.cleaned_data["body"], **_who(scene))
    return _("The case is open again: the desk owes a reply.")


@case_act("decline-reopen")
def decline_reopen(scene: Scene, form: ActForm) -> str:
    ending.decide_reopening(approve=False, body=form.cleaned_data["body"], **_who(scene))
    return _("It stays closed. %(contact)s is told why, and can open a new case.") % _names(scene)


def _names(scene: Scene) -> dict[str, str]:
    return {"contact": scene.case.contact.name}


def _who(scene: Scene) -> dict[str, object]:
    return {"case_id": scene.case.pk, "by": scene.by, "at": scene.at}


def _fault(scene: Scene) -> dict[str, object]:
    return {"defect_id": scene.case.defect_id, "by": scene.by, "at": scene.at}


@case_act("track")
def track(scene: Scene, form: ActForm) -> str:
    data = form.cleaned_data
    who = {"endpoint_id": data["tracker"], **_who(scene)}
    if data["issue"].strip():
        tracking.link_issue(issue=data["issue"], **who)
        return _("Linked. The issue is told of the case.")
    tracking.open_issue(title=data["title"], words=data["body"], **who)
    return _("The issue is being opened; its number stands here in a moment.")


@case_act("untrack")
def untrack(scene: Scene, form: ActForm) -> str:
    tracking.unlink_issue(link_id=form.cleaned_data["link"], **_who(scene))
    return _("Taken off. Both stay as they are.")
