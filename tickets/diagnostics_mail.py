"""The words of tools that are offered, meetings, channels that are preferred, files refused."""

from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from outbox.registry import Refs, Rendered, register
from tickets.attachment_models import Attachment
from tickets.files import channel_text
from tickets.link_models import DiagnosticDrop
from tickets.mail import letter, may_read_case
from tickets.models import Case, CaseEvent
from tickets.scanning import REFUSED

SUBJECTS = {
    "diagnostics_offered": gettext_lazy("we offer you a diagnostic tool"),
    "diagnostics_accepted": gettext_lazy("the customer accepted the terms of the tool"),
    "diagnostics_withdrawn": gettext_lazy("the diagnostic tool was taken back"),
    "meeting_set": gettext_lazy("where we meet"),
    "channel_preferred": gettext_lazy("how the customer wants to be answered"),
}

More = Callable[[Case, CaseEvent, Person], Mapping[str, Any]]


def register_file_mail() -> None:
    """Tell the outbox about the kinds of this module."""
    for kind in SUBJECTS:
        register(kind, may_read_case, _render(kind))
    register(REFUSED, _may_read_refusal, _render_refusal)


def _render(kind: str) -> Callable[[Person, Refs], Rendered]:
    def render(person: Person, refs: Refs) -> Rendered:
        return letter(kind, SUBJECTS[kind], person, refs, MORE[kind])

    return render


def _drop(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    drops = DiagnosticDrop.objects.select_related("accepted_by", "withdrawn_by")
    return {"drop": drops.get(pk=event.payload["drop"])}


def _meeting(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    return {"link": case.meeting_link}


def _channel(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    return {
        "channel": channel_text(event.payload.get("preferred", "")),
        "for_all": event.payload["for_all"],
    }


MORE: Mapping[str, More] = {
    "diagnostics_offered": _drop,
    "diagnostics_accepted": _drop,
    "diagnostics_withdrawn": _drop,
    "meeting_set": _meeting,
    "channel_preferred": _channel,
}


def _may_read_refusal(person: Person, refs: Refs) -> bool:
    """Tell whoever uploaded it; of others, who may still see the case."""
    mine = Attachment.objects.filter(pk=refs["attachment"], uploaded_by=person)
    return mine.exists() or ("case" in refs and may_read_case(person, refs))


def _render_refusal(person: Person, refs: Refs) -> Rendered:
    attachment = Attachment.objects.select_related("tenant", "case").get(pk=refs["attachment"])
    case = attachment.case
    number = f"{attachment.tenant.case_prefix}-{case.number}" if case else ""
    subject = _("a file was refused: it is harmful")
    shown = {"person": person, "file": attachment, "number": number}
    return Rendered(
        subject=f"[{number}] {subject}" if number else subject,
        body=render_to_string(f"mail/{REFUSED}.txt", shown),
    )
