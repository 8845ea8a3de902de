"""How it was, asked of customers: which ends are asked about, signed links, and the counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, NotFound
from accounts.models import Person, Tenant
from accounts.places import site_url
from accounts.tenancy import current_tenant_id
from tickets.models import Case, CaseEvent, CaseRating
from tickets.queries import visible_cases
from tickets.timeline import moment, seconds_of

# So long after its end a case is asked about, and so long after it was given an answer is changed.
ASKED_FOR = timedelta(days=30)
CHANGED_FOR = timedelta(days=14)
SALT = "tickets.rating"
ENDED = (Case.Status.RESOLVED, Case.Status.CLOSED)


class NothingToRate(DomainError):
    code = "nothing_to_rate"
    message = _("This is not asked: the case is open again, or went on in another one.")


class RatingIsOver(DomainError):
    code = "rating_is_over"
    message = _("This can be said for %(asked)d days, and be changed for %(changed)d days.")
    status = HTTPStatus.GONE


@dataclass(frozen=True)
class Asked:
    """An end of a case about which its customer is asked, and what they said; `until` = how long.

    `rating` is None while nothing is said.
    """

    case: Case
    ended_at: datetime
    rating: CaseRating | None

    @property
    def until(self) -> datetime:
        if self.rating is None:
            return self.ended_at + ASKED_FOR
        return self.rating.rated_at + CHANGED_FOR

    def is_open(self, at: datetime) -> bool:
        return at < self.until


def end_of(case: Case) -> datetime | None:
    """Find when a case ended, as its customer is asked about it; None where nothing is asked.

    Of a solved case it is the solution. What was declined, or goes on in another case, is not
    asked about.
    """
    if case.status not in ENDED or case.merged_into_id is not None or case.declined:
        return None
    return case.resolved_at or case.closed_at


def asked_about(cases: Iterable[Case]) -> dict[int, Asked]:
    """Find by case what is asked about its present end; two statements for any number of them.

    None of them where the vendor does not ask.
    """
    ends = {case.pk: (case, end) for case in cases if (end := end_of(case)) is not None}
    if not ends or not _is_asking():
        return {}
    said = {(one.case_id, one.ended_at): one for one in CaseRating.objects.filter(case__in=ends)}
    return {key: Asked(case, end, said.get((key, end))) for key, (case, end) in ends.items()}


def ratings_of(case: Case) -> list[CaseRating]:
    """List what was said of the ends of a case, the latest end first."""
    return list(case.ratings.select_related("rated_by").order_by("-ended_at"))


def ended(since: datetime, until: datetime) -> QuerySet[Case]:
    """Select the cases that are asked about and ended in [since, until), by their last ends.

    What was said is told of how many: "38 of 41 who answered; 12 of 53 did not".
    """
    ends = Case.objects.annotate(end=Coalesce("resolved_at", "closed_at"))
    found = ends.filter(_in_span("end", since, until), status__in=ENDED)
    return found.filter(merged_into__isnull=True, declined="")


def rated(since: datetime, until: datetime) -> QuerySet[CaseRating]:
    """Select what was said of the last ends of cases that lie in [since, until): of `ended`."""
    end = Coalesce("case__resolved_at", "case__closed_at")
    said = CaseRating.objects.filter(_in_span("ended_at", since, until), ended_at=end)
    return said.filter(case__status__in=ENDED, case__merged_into__isnull=True, case__declined="")


def rating_url(case: Case, ended_at: datetime, person: Person, score: str = "") -> str:
    """Write the address at which a person says how it was, without signing in."""
    signed = [current_tenant_id(), case.pk, person.pk, seconds_of(ended_at)]
    path = reverse("portal:rate", args=[Signer(salt=SALT).sign_object(signed)])
    return site_url(case.tenant, path) + (f"?score={score}" if score else "")


def read_rating_url(token: str) -> tuple[Person, Asked]:
    """Read who is asked about which end of which case.

    Raises NotFound for an address that we did not write, or whose person has left or sees the case
    no more; NothingToRate once the case is open again, or has ended anew.
    """
    try:
        tenant_id, case_id, person_id, end = Signer(salt=SALT).unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise NotFound from error
    people = Person.objects.select_related("company", "tenant")
    person = people.filter(pk=person_id, is_active=True).first()
    if tenant_id != current_tenant_id() or person is None or not person.may("rate_case"):
        raise NotFound
    case = visible_cases(person).select_related("tenant").filter(pk=case_id).first()
    if case is None:
        raise NotFound
    asked = asked_about([case]).get(case.pk)
    if asked is None or asked.ended_at != moment(end):
        raise NothingToRate
    return person, asked


def rating_links(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    """Give a letter to a customer the addresses to press, one a score; none where one is given."""
    asked = asked_about([case]).get(case.pk) if person.may("rate_case") else None
    if asked is None or asked.rating is not None:
        return {"ratings": []}
    links = [
        (name, rating_url(case, asked.ended_at, person, score)) for score, name in NAMES.items()
    ]
    return {"ratings": links}


NAMES = {"good": _("Good"), "okay": _("Okay"), "bad": _("Bad")}


def _is_asking() -> bool:
    return Tenant.objects.filter(pk=current_tenant_id(), asks_rating=True).exists()


def _in_span(field: str, since: datetime, until: datetime) -> Q:
    return Q(**{f"{field}__gte": since, f"{field}__lt": until})
