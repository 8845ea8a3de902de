"""Cases and the issues of the engineers' tracker: linked, told of each other, taken apart.

What is said to a tracker is queued like all that leaves, and what it answers comes back later: by
its webhook, and by looking at it about once an hour. Only what the desk writes for the engineers
goes there, and only the state of an issue comes back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.constraints import refused_as
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from outbox.hook_models import WebhookEndpoint
from outbox.hooks import send_on_errand
from tickets.actions.conversation import must_be_open
from tickets.actions.defects import promise_fix, told_at_once
from tickets.actions.many import lock_cases
from tickets.errors import NothingChanges
from tickets.life_errors import (
    AlreadyLinked,
    NoSuchTracker,
    NotAtTopTier,
    TitleMissing,
)
from tickets.models import Case, CaseEvent, Defect, TrackerLink
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines
from tickets.tracker_shapes import Issue, key_of

TOP_TIER = 3
OPEN_ISSUE, LOOK, SAY = "tracker.open", "tracker.look", "tracker.say"
State = TrackerLink.State
LINKED, UNLINKED, CHANGED = "tracker_linked", "tracker_unlinked", "tracker_changed"
# Of a case, told to its issues: they see what became of the customer's side.
TOLD_OF = ("resolved", "closed", "reopened")


def trackers() -> list[WebhookEndpoint]:
    """List the trackers that are in service, by name."""
    found = WebhookEndpoint.objects.filter(shape__in=WebhookEndpoint.TRACKERS, is_active=True)
    return list(found.order_by("name"))


def standing_links(case: Case) -> list[TrackerLink]:
    """List the issues of a case, the oldest first."""
    found = TrackerLink.objects.filter(case=case, unlinked_at=None).select_related("endpoint")
    return list(found.order_by("pk"))


def engineering_state(case: Case) -> str:
    """Say how far the engineers are, for the customer: planned, progress, done; "" if not asked.

    Of several issues the one that is least far. Nobody is asked below Level 3.
    """
    if case.tier < TOP_TIER:
        return ""
    links = TrackerLink.objects.filter(case=case, unlinked_at=None)
    states = set(links.values_list("state", flat=True))
    if states & {State.ASKED, State.OPEN}:
        return "planned"
    return next((state for state in (State.PROGRESS, State.DONE) if state in states), "")


@transaction.atomic
def open_issue(
    *, case_id: int, endpoint_id: int, title: str, words: str, by: Person, at: datetime
) -> TrackerLink:
    """Have an issue opened for a case of Level 3; it is linked at once, and has its key later.

    Locks the case. Raises NotAllowed, NotFound, CaseIsNotOpen, NotAtTopTier, NoSuchTracker,
    TitleMissing.
    """
    case, endpoint = _begin(case_id, endpoint_id, by)
    if not title.strip():
        raise TitleMissing(field="title")
    link = _link(case, endpoint, by=by, at=at, title=title.strip()[:200], words=words.strip())
    send_on_errand(endpoint, OPEN_ISSUE, {"link": link.pk}, key=f"open:{link.pk}", at=at)
    return link


@transaction.atomic
def link_issue(
    *, case_id: int, endpoint_id: int, issue: str, by: Person, at: datetime
) -> TrackerLink:
    """Link a case of Level 3 with an issue that there is; the issue is told of the case.

    Locks the case. Raises as `open_issue`, NotAnIssue, AlreadyLinked.
    """
    case, endpoint = _begin(case_id, endpoint_id, by)
    key = key_of(endpoint, issue)
    with refused_as(issue_linked_once=AlreadyLinked(field="issue")):
        link = _link(case, endpoint, by=by, at=at, issue=key)
    look_at(link, at=at, key=f"look:{link.pk}:first")
    send_on_errand(
        endpoint, SAY, {"link": link.pk, "what": "linked"}, key=f"say:{link.pk}:linked", at=at
    )
    return link


@transaction.atomic
def unlink_issue(*, case_id: int, link_id: int, by: Person, at: datetime) -> None:
    """Take a case and its issue apart; both stay. Locks the case.

    Raises NotAllowed, NotFound, NothingChanges.
    """
    if not by.may("track_defect"):
        raise NotAllowed
    case = lock_case(case_id, by)
    link = TrackerLink.objects.filter(pk=link_id, case=case).first()
    if link is None:
        raise NotFound
    if link.unlinked_at is not None:
        raise NothingChanges
    link.unlinked_by, link.unlinked_at = by, at
    link.save(update_fields=["unlinked_by", "unlinked_at"])
    _note(case, UNLINKED, link, by=by, at=at)


def look_at(link: TrackerLink, *, at: datetime, key: str) -> None:
    """Have an issue looked at, once for each key."""
    send_on_errand(link.endpoint, LOOK, {"link": link.pk}, key=key, at=at)


@transaction.atomic
def keep_issue(*, link_id: int, issue: Issue, at: datetime) -> None:
    """Keep what a tracker says of an issue; what changed is an entry for the desk.

    One that is done in a release that we know makes that the promised release of the case's fault:
    everybody who has it is told, and told again when it ships (DD-24). Locks the cases of the
    fault, then the fault; else the case. Raises AlreadyLinked: it is that of another link.
    """
    link = _locked(link_id)
    if link is None:
        return
    is_first, before = not link.issue, (link.state, link.fixed_in)
    link.issue, link.url = link.issue or issue.key, issue.url or link.url
    link.state, link.remote_state = issue.state, issue.remote_state
    link.fixed_in, link.heard_at, link.why = issue.fixed_in, at, ""
    kept = ["issue", "url", "state", "remote_state", "fixed_in", "heard_at", "why"]
    with refused_as(issue_linked_once=AlreadyLinked(field="issue")):
        link.save(update_fields=kept)
    if (link.state, link.fixed_in) != before or is_first:
        _note(link.case, CHANGED, link, at=at)
        _promise(link, at)


def give_up(*, link_id: int, why: str, at: datetime) -> None:
    """Keep that an issue could not be opened or found, and why. Locks the case."""
    link = _locked(link_id)
    if link is None or link.state != State.ASKED:
        return
    link.state, link.why = State.FAILED, why[:300]
    link.save(update_fields=["state", "why"])
    _note(link.case, CHANGED, link, at=at)


def tell_issues(events: Iterable[CaseEvent]) -> None:
    """Queue for the issues of cases that these were solved, closed or opened again."""
    told = {event.case_id: event for event in events if event.kind in TOLD_OF}
    if not told:
        return
    links = TrackerLink.objects.filter(case__in=told, unlinked_at=None).exclude(issue="")
    for link in links.select_related("endpoint"):
        event = told[link.case_id]
        refs: dict[str, int | str] = {"link": link.pk, "what": event.kind}
        key = f"say:{link.pk}:{event.pk}"
        send_on_errand(link.endpoint, SAY, refs, key=key, at=event.recorded_at)


def _begin(case_id: int, endpoint_id: int, by: Person) -> tuple[Case, WebhookEndpoint]:
    if not by.may("track_defect"):
        raise NotAllowed
    case = lock_case(case_id, by)
    must_be_open(case)
    if case.tier < TOP_TIER:
        raise NotAtTopTier
    rows = WebhookEndpoint.objects.filter(shape__in=WebhookEndpoint.TRACKERS, is_active=True)
    endpoint = rows.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NoSuchTracker(field="tracker")
    return case, endpoint


def _link(
    case: Case,
    endpoint: WebhookEndpoint,
    *,
    by: Person,
    at: datetime,
    issue: str = "",
    title: str = "",
    words: str = "",
) -> TrackerLink:
    link = TrackerLink.objects.create(
        tenant_id=case.tenant_id,
        case=case,
        endpoint=endpoint,
        issue=issue,
        title=title,
        words=words,
        linked_by=by,
        linked_at=at,
    )
    _note(case, LINKED, link, by=by, at=at)
    return link


def _locked(link_id: int) -> TrackerLink | None:
    """Lock the case of a link, with all that have its fault, then read it; None once it is apart.

    In the order of their keys, for a promise that follows is told on all of them.
    """
    known = TrackerLink.objects.filter(pk=link_id, unlinked_at=None).first()
    if known is None:
        return None
    defect_id = Case.objects.values_list("defect", flat=True).get(pk=known.case_id)
    others = told_at_once(defect_id) if defect_id is not None else []
    case = lock_cases({known.case_id, *others})[known.case_id]
    link = TrackerLink.objects.select_related("endpoint").filter(pk=link_id, unlinked_at=None)
    found = link.first()
    if found is not None:
        found.case = case
    return found


def _note(
    case: Case, kind: str, link: TrackerLink, *, at: datetime, by: Person | None = None
) -> None:
    """Put an entry for the desk onto the case; what is over has no more of them."""
    if not case.is_open and by is None:
        return
    timeline = load_timeline(case)
    payload = {"link": link.pk, "state": link.state}
    timeline.add(kind, by=by, at=at, payload=payload, audience=CaseEvent.Audience.DESK)
    save_timelines([timeline])


def _promise(link: TrackerLink, at: datetime) -> None:
    """Promise the release that the tracker names, where the case has a fault and it is known."""
    key = link.case.defect_id
    defect = Defect.objects.filter(pk=key).first() if key is not None else None
    if defect is None or link.state != State.DONE or not link.fixed_in:
        return
    release = defect.product.releases.filter(version=link.fixed_in.removeprefix("v")).first()
    is_known = defect.state in (Defect.State.PROMISED, Defect.State.SHIPPED)
    if release is None or (is_known and defect.release_id == release.pk):
        return
    if defect.state == Defect.State.SHIPPED:
        return
    promise_fix(defect_id=defect.pk, release_id=release.pk, note=defect.note, by=None, at=at)


def standing_of(endpoint: WebhookEndpoint, issue: str) -> Sequence[TrackerLink]:
    """List the links of an issue that stand."""
    return list(TrackerLink.objects.filter(endpoint=endpoint, issue=issue, unlinked_at=None))
