"""The words in which a desk hears that a customer was not content with the end of a case."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.places import site_url
from outbox.message_ids import thread_headers
from outbox.registry import Refs, Rendered, register
from tickets.models import CaseRating
from tickets.queries import visible_cases
from tickets.wording import display_number

RATED_BADLY = "rated_badly"
NOT_BAD_ANY_MORE = gettext_lazy("The customer thinks better of it by now.")


def register_rating_mail() -> None:
    """Tell the outbox about the kind of this module."""
    register(RATED_BADLY, _may_hear, _rated_badly)


def _may_hear(person: Person, refs: Refs) -> bool | Promise:
    if person.is_customer or not visible_cases(person).filter(pk=refs["case"]).exists():
        return False
    is_bad = CaseRating.objects.filter(pk=refs["rating"], score=CaseRating.Score.BAD).exists()
    return is_bad or NOT_BAD_ANY_MORE


def _rated_badly(person: Person, refs: Refs) -> Rendered:
    related = ("case__tenant", "case__company", "case__owner", "rated_by")
    rating = CaseRating.objects.select_related(*related).get(pk=refs["rating"])
    case, number = rating.case, display_number(rating.case)
    url = site_url(case.tenant, reverse("desk:case", args=[case.number]))
    context = {
        "person": person,
        "case": case,
        "number": number,
        "rating": rating,
        "url": url,
    }
    subject = _("the customer was not content")
    return Rendered(
        subject=f"[{number}] {subject}: {case.subject}",
        body=render_to_string("mail/rated_badly.txt", context),
        headers=thread_headers(f"case.{case.uuid}"),
        values={
            "number": number,
            "case": case.subject,
            "company": case.company.name,
            "owner": case.owner.name if case.owner else "",
            "message": rating.words,
            "link": url,
        },
    )
