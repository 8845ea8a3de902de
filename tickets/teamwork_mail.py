"""The words in which somebody of the desk is told that their answer could not be sent."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.places import site_url
from outbox.message_ids import thread_headers
from outbox.registry import Refs, Rendered, register
from tickets.queries import visible_cases
from tickets.teamwork_models import HeldAnswer
from tickets.wording import display_number


def register_teamwork_mail() -> None:
    """Tell the outbox about the kinds of this module."""
    register("answer_refused", _is_still_refused, _answer_refused)


def _is_still_refused(person: Person, refs: Refs) -> bool:
    held = HeldAnswer.objects.filter(pk=refs["held"], person=person, state=HeldAnswer.State.REFUSED)
    return held.exists() and visible_cases(person).filter(pk=refs["case"]).exists()


def _answer_refused(person: Person, refs: Refs) -> Rendered:
    held = HeldAnswer.objects.select_related("case__tenant").get(pk=refs["held"])
    case, number = held.case, display_number(held.case)
    context = {
        "person": person,
        "case": case,
        "number": number,
        "why": held.why,
        "url": site_url(case.tenant, reverse("desk:case", args=[case.number])),
    }
    subject = _("your answer was not sent")
    return Rendered(
        subject=f"[{number}] {subject}: {case.subject}",
        body=render_to_string("mail/answer_refused.txt", context),
        headers=thread_headers(f"case.{case.uuid}"),
    )
