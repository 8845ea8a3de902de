"""What the acts about files and meetings do."""

from django.utils.translation import gettext as _

from desk.forms import ActForm
from desk.scene import Scene
from desk.views.case import case_act
from tickets.actions import diagnosing, meeting
from tickets.files import channel_text


@case_act("diagnostic")
def diagnostic(scene: Scene, form: ActForm) -> str:
    said = {name: form.cleaned_data[name] for name in ("name", "purpose", "link")}
    diagnosing.offer_diagnostic(**said, **_who(scene))
    return _("Offered. %(contact)s can have it once they have accepted the terms.") % {
        "contact": scene.case.contact.name
    }


@case_act("take-back")
def take_back(scene: Scene, form: ActForm) -> str:
    diagnosing.withdraw_diagnostic(drop_id=form.cleaned_data["drop"], **_who(scene))
    return _("The tool is taken back. %(contact)s is told.") % {"contact": scene.case.contact.name}


@case_act("meeting")
def set_meeting(scene: Scene, form: ActForm) -> str:
    case = meeting.set_meeting_link(link=form.cleaned_data["link"], **_who(scene))
    if not case.meeting_link:
        return _("The link is taken off. %(contact)s is told.") % {
            "contact": scene.case.contact.name
        }
    return _("The link is set. %(contact)s is told.") % {"contact": scene.case.contact.name}


@case_act("channel")
def channel(scene: Scene, form: ActForm) -> str:
    chosen = {name: form.cleaned_data[name] for name in ("channel", "for_all")}
    meeting.prefer_channel(**chosen, **_who(scene))
    if not chosen["channel"]:
        return _("Noted: they do not mind how they are answered.")
    return _("Noted: they want to be answered by %(channel)s.") % {
        "channel": channel_text(chosen["channel"])
    }


def _who(scene: Scene) -> dict[str, object]:
    return {"case_id": scene.case.pk, "by": scene.by, "at": scene.at}
