"""What a replay found, to be read: its report, the flips page by page, one case with both sides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from accounts.errors import NotFound
from accounts.models import Person
from jobs.models import Job
from jobs.queries import access_job, visible_jobs
from sla.engine.replay import Replay
from sla.engine.verdicts import OTHER, TO_KEPT, TO_LATE, Fired, Outcome, Replayed
from tickets.explaining import Foreseen
from tickets.models import Case
from tickets.reading import Receipt, Telling, clock_views, effective_dates, receipt_for
from tickets.replay import KIND, policy_under
from tickets.replay_models import ReplayFlip, ReplayGap
from tickets.timeline import load_timeline, moment, seconds_of

FLIPS_A_PAGE = 50
DIRECTIONS = (TO_LATE, TO_KEPT, OTHER)
FILTERS = ("direction", "plan", "severity", "priority")
# The working copy has no number yet.
WORKING_COPY = 0
# Every number of so many digits fits into a key of the database.
_KEY_DIGITS = 18


@dataclass(frozen=True)
class FlipPage:
    """A page of flips; `following` is the key of the flip after which the next one begins."""

    flips: tuple[ReplayFlip, ...]
    following: str


@dataclass(frozen=True)
class Side:
    """One clock on one side of a replay; `receipt` is None where it does not run there."""

    receipt: Receipt | None
    steps: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class Flipped:
    """A flip with both receipts, read anew from the case's timeline."""

    flip: ReplayFlip
    case: Case
    before: Side
    after: Side


def replays(person: Person) -> QuerySet[Job]:
    """List the replays that a person may see, the newest first."""
    return visible_jobs(person).filter(kind=KIND)


def access_replay(person: Person, job_id: int) -> Job:
    """Find a replay that a person may see. Raises NotFound."""
    job = access_job(person, job_id)
    if job.kind != KIND:
        raise NotFound
    return job


def flips_of(job: Job, chosen: Mapping[str, str]) -> QuerySet[ReplayFlip]:
    """Select the flips of a replay, by case; `chosen` maps some of FILTERS to their codes."""
    only = {name: code for name, code in chosen.items() if name in FILTERS and code}
    if any(code not in offered_codes(job, name) for name, code in only.items()):
        return ReplayFlip.objects.none()
    flips = ReplayFlip.objects.filter(job=job, **only).order_by("case_id", "pk")
    return flips.select_related("case__tenant", "case__company")


def offered_codes(job: Job, name: str) -> tuple[str, ...]:
    """List the codes by which the flips of a finished replay can be narrowed, for one of FILTERS.

    Only these are looked for: what an address asks beside them may be anything at all.
    """
    if name == "direction":
        return DIRECTIONS
    return tuple(code for code in sorted(job.result.get(f"by_{name}", {})) if code)


def flip_page(job: Job, chosen: Mapping[str, str], after: str = "") -> FlipPage:
    """Read one page of flips by key: as quick for the last page as for the first."""
    flips = flips_of(job, chosen)
    case_id, _, flip_id = after.partition("-")
    if _is_key(case_id) and _is_key(flip_id):
        flips = flips.filter(case_id__gte=int(case_id)).exclude(
            case_id=int(case_id), pk__lte=int(flip_id)
        )
    found = list(flips[: FLIPS_A_PAGE + 1])
    shown, last = tuple(found[:FLIPS_A_PAGE]), found[FLIPS_A_PAGE - 1 : FLIPS_A_PAGE]
    has_more = len(found) > FLIPS_A_PAGE
    return FlipPage(shown, f"{last[0].case_id}-{last[0].pk}" if has_more else "")


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) <= _KEY_DIGITS


def all_flips(job: Job, chosen: Mapping[str, str]) -> Iterator[ReplayFlip]:
    """Yield every flip, page after page, without holding them all."""
    after = ""
    while True:
        page = flip_page(job, chosen, after)
        yield from page.flips
        after = page.following
        if not after:
            return


def gaps_of(job: Job) -> QuerySet[ReplayGap]:
    """List what stood in the way of judging single cases."""
    return ReplayGap.objects.filter(job=job).select_related("case__tenant").order_by("case", "pk")


def access_flip(job: Job, flip_id: int, zone: str) -> Flipped:
    """Find a flip of a replay and explain both sides, on the wall clock of `zone`.

    Both are as of the moment at which the replay was ordered. Raises NotFound.
    """
    flip = flips_of(job, {}).filter(pk=flip_id).first()
    if flip is None:
        raise NotFound
    timeline = load_timeline(flip.case)
    under = policy_under(job.params)
    replay = Replay(under, seconds_of(job.requested_at))
    events = [event for event in timeline.events if event.at <= replay.until]
    found = replay.case(events, timeline.policies)
    outcome = _outcome_of(flip, found)
    number = job.params["version"] or WORKING_COPY
    play = replay.play(events, timeline.policies)
    played = Foreseen({number: under}, play.timeline(number))
    told = partial(_side, outcome=outcome, at=job.requested_at, zone=zone)
    return Flipped(
        flip=flip,
        case=flip.case,
        before=told(Foreseen(timeline.policies, events), outcome.started_seq, found.steps_before),
        after=told(played, outcome.played_seq, found.steps_after),
    )


def _outcome_of(flip: ReplayFlip, found: Replayed) -> Outcome:
    """Find the clock of a flip again. Raises NotFound when it cannot be worked out any more."""
    same = (
        one
        for one in found.outcomes
        if (one.kind, one.started_seq) == (flip.kind, flip.started_seq) and one.flips
    )
    outcome = next(same, None)
    if outcome is None:
        raise NotFound
    return outcome


def _side(
    story: Foreseen,
    seq: int | None,
    steps: Sequence[Fired],
    *,
    outcome: Outcome,
    at: datetime,
    zone: str,
) -> Side:
    views = clock_views(story.state, at, for_customer=False)
    view = next(
        (one for one in views if (one.kind, one.clock.started_seq) == (outcome.kind, seq)), None
    )
    told = Telling(story=story, effective=effective_dates(story.policies))
    receipt = receipt_for(story.state, view, zone, told) if view else None
    mine = (step for step in steps if (step.clock, step.origin) == (outcome.kind, outcome.origin))
    return Side(receipt, tuple((step.step, moment(step.at)) for step in mine))
