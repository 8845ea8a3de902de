"""What customers said of the cases that ended in a span, and what articles saved them from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Person
from knowledge.queries import deflections
from reports.drawing import Piece, stacked
from reports.promises import hidden_cases
from reports.spans import Span, of_company
from reports.words import value_names
from tickets.models import Case, CaseRating
from tickets.rating import ended, rated
from tickets.wording import display_number

SCORES = tuple(CaseRating.Score.values)
SAID_SHOWN = 50
# What is listed one by one: what has words, and what was bad even without any.
TELLING = ~Q(words="") | Q(score=CaseRating.Score.BAD)


@dataclass(frozen=True, slots=True)
class Scores:
    """How often each score was given."""

    good: int = 0
    okay: int = 0
    bad: int = 0

    @property
    def answered(self) -> int:
        return self.good + self.okay + self.bad

    @property
    def parts(self) -> list[tuple[str, int]]:
        return [("good", self.good), ("okay", self.okay), ("bad", self.bad)]


@dataclass(frozen=True, slots=True)
class AgentRow:
    """The scores of the cases of one owner, "" for those that nobody owns."""

    name: str
    scores: Scores
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What one customer said of a case; `score_name` in words."""

    rating: CaseRating
    case: Case
    number: str
    score_name: str


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """All that the page shows; `ended` is how many cases could have been rated.

    `deflected`: how many were not filed since an article solved them.
    """

    span: Span
    scores: Scores
    ended: int
    pieces: tuple[Piece, ...]
    agents: tuple[AgentRow, ...]
    said: tuple[Said, ...]
    deflected: int


def feedback_page(span: Span, person: Person, at: datetime) -> FeedbackPage:
    """Put the page together; its statements do not grow with the ratings."""
    found = ratings_in(span, person)
    by_agent = _by_agent(found)
    scores = _added(by_agent.values())
    return FeedbackPage(
        span=span,
        scores=scores,
        ended=_ended(span, person),
        pieces=stacked(scores.parts, scores.answered),
        agents=_agent_rows(by_agent, at),
        said=said_in(found.filter(TELLING), most=SAID_SHOWN),
        deflected=deflections(span.since, span.until, span.company_id),
    )


def ratings_in(span: Span, person: Person) -> QuerySet[CaseRating]:
    """Select the ratings of a span, of the cases that `person` may see."""
    found = of_company(rated(span.since, span.until), span, "case__company")
    return found.exclude(case__in=hidden_cases(person))


def said_in(found: QuerySet[CaseRating], *, most: int) -> tuple[Said, ...]:
    """Put ratings into words, the latest first. One statement."""
    people = ("case__tenant", "case__company", "case__owner", "rated_by")
    latest = found.select_related(*people).order_by("-rated_at", "-pk")
    return tuple(
        Said(one, one.case, display_number(one.case), one.get_score_display())
        for one in latest[:most]
    )


def _ended(span: Span, person: Person) -> int:
    found = of_company(ended(span.since, span.until), span, "company")
    return found.exclude(pk__in=hidden_cases(person)).count()


def _by_agent(found: QuerySet[CaseRating]) -> dict[str, Scores]:
    rows = found.order_by().annotate(owner=F("case__owner")).values_list("owner", "score")
    sums: dict[str, dict[str, int]] = {}
    for owner, score, number in rows.annotate(number=Count("pk")):
        scores = sums.setdefault(str(owner or ""), dict.fromkeys(SCORES, 0))
        scores[score] += number
    return {owner: Scores(**scores) for owner, scores in sums.items()}


def _agent_rows(by_agent: dict[str, Scores], at: datetime) -> tuple[AgentRow, ...]:
    names = value_names("agent", by_agent, at)
    most = max((scores.answered for scores in by_agent.values()), default=0)
    rows = (
        AgentRow(names[owner], scores, stacked(scores.parts, most))
        for owner, scores in by_agent.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.scores.answered, row.name)))


def _added(found: Iterable[Scores]) -> Scores:
    rows = list(found)
    return Scores(*(sum(getattr(row, score) for row in rows) for score in ("good", "okay", "bad")))
