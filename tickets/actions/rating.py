"""Saying how it was: what a customer found of the end of a case."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Invalid, NotAllowed
from accounts.models import Person
from outbox.actions import Queued, queue_messages
from tickets.audience import answerable_for
from tickets.models import Case, CaseRating
from tickets.queries import lock_case
from tickets.rating import (
    ASKED_FOR,
    CHANGED_FOR,
    Asked,
    NothingToRate,
    RatingIsOver,
    asked_about,
)
from tickets.rating_mail import RATED_BADLY

WORDS_LENGTH = 2000
# One press gives the score, and the words come after it: the notice waits for them.
WORDS_FOLLOW_IN = timedelta(minutes=10)


@transaction.atomic
def rate_case(
    *,
    case_id: int,
    score: str,
    words: str | None = None,
    ended_at: datetime | None = None,
    by: Person,
    at: datetime,
) -> CaseRating:
    """Keep what a customer says of the end of a case, once an end; said again, it is changed.

    Who answers for the case is told of a bad one, once an end. `words` = None leaves those that
    are there. `ended_at` names the end that was asked about,
    for a link that is older than the page. Locks the case. Raises NotAllowed, Invalid, NotFound,
    NothingToRate, RatingIsOver.
    """
    if not by.may("rate_case"):
        raise NotAllowed
    if score not in CaseRating.Score.values:
        raise Invalid(_("Choose one of the three."), field="score")
    if words is not None and len(words) > WORDS_LENGTH:
        raise Invalid(_("That is too long: 2,000 letters at most."), field="words")
    asked = asked_about([lock_case(case_id, by)]).get(case_id)
    if asked is None or ended_at not in (None, asked.ended_at):
        raise NothingToRate
    if not asked.is_open(at):
        raise RatingIsOver(asked=ASKED_FOR.days, changed=CHANGED_FOR.days)
    rating = _keep(asked, score, words, by=by, at=at)
    if rating.score == CaseRating.Score.BAD:
        _tell(asked.case, rating, at=at)
    return rating


def _keep(asked: Asked, score: str, words: str | None, *, by: Person, at: datetime) -> CaseRating:
    case = asked.case
    rating = asked.rating or CaseRating(
        tenant_id=case.tenant_id, case=case, ended_at=asked.ended_at, rated_at=at
    )
    rating.score, rating.rated_by, rating.changed_at = score, by, at
    rating.words = rating.words if words is None else words.strip()
    rating.save()
    return rating


def _tell(case: Case, rating: CaseRating, *, at: datetime) -> None:
    """Queue the notice to owner and leads; whoever was told of this end is not told again."""
    queue_messages(
        messages=[
            Queued(
                kind=RATED_BADLY,
                recipient_id=person,
                refs={"case": case.pk, "rating": rating.pk},
                dedupe_key=f"{RATED_BADLY}:{rating.pk}:{person}",
                hold_until=at + WORDS_FOLLOW_IN,
            )
            for person in answerable_for(case)
        ],
        at=at,
    )
