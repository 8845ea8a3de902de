"""What one person of the desk is told at once: a mail about several cases, or a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.desk_moves import desk_moves, leapt_seconds
from accounts.models import Person
from accounts.places import site_url
from accounts.tenancy import desk_now
from accounts.zones import moment_text
from escalation.absences import absent_on
from escalation.acknowledging import BATCH, NOTICE, acknowledge_url
from escalation.models import Notice, NoticeBatch
from escalation.notices import MAILED, PAGED, Told, tell
from escalation.roster import read_roster
from escalation.standing import STEP, Waiting, by_case, is_any_left, standing
from escalation.step_words import LATE_SECONDS, step_title
from escalation.whom import with_care
from outbox.message_ids import thread_headers
from outbox.registry import Refs, Rendered, register
from sla.engine.parts import THE_CASE
from sla.engine.policy import Policy
from sla.explain import span_text
from sla.queries import policy_version
from tickets.models import Case, CaseEvent, StoredClock
from tickets.queries import OPEN, visible_cases
from tickets.timeline import moment
from tickets.wording import display_number

# A mail lists so many cases; the others are on the desk's page.
MOST_LISTED = 50
MOST_PAGED = 3
NOTHING_LEFT = gettext_lazy("Nothing of what it was about is owed any more.")
AWAY = gettext_lazy("The recipient is away.")
NOT_SEEN = gettext_lazy("The recipient may not see the case.")


@dataclass(frozen=True)
class Line:
    """One notice in words; `due` and the others are "" where there is nothing to say."""

    what: str
    due: str
    should: str
    late: str


@dataclass(frozen=True)
class Listed:
    """One case of a mail: what is the matter, and the address by which to take notice of it."""

    waiting: Waiting
    number: str
    levels: str
    lines: tuple[Line, ...]
    url: str
    acknowledge: str


def register_notices() -> None:
    """Tell the outbox about the two kinds: the same notices, by mail and by page."""
    register(MAILED, _may_have, _mail, _pass_on)
    register(PAGED, _may_have, _page, _pass_on)


def _may_have(person: Person, refs: Refs) -> bool | str | Promise:
    if not person.may("use_desk"):
        return False
    if person.pk in absent_on(desk_now()):
        return AWAY
    notices = _notices(refs)
    if is_any_left(notices, person):
        return True
    hidden = Case.objects.filter(OPEN).exclude(pk__in=visible_cases(person).values("pk"))
    return NOT_SEEN if notices.filter(case__in=hidden).exists() else NOTHING_LEFT


def _pass_on(person: Person, refs: Refs, at: datetime) -> None:
    """Tell the others what somebody who is away, or has left, was to hear and nobody heard so far.

    Who stands in; else the team of each case, else the leads.
    """
    if person.is_active and person.pk not in absent_on(at):
        return
    roster = read_roster(at)
    batch = NoticeBatch.objects.get(pk=refs["batch"])
    left = list(standing(_notices(refs), person))
    heard = set(
        Notice.objects.filter(event__in=[notice.event_id for notice in left])
        .exclude(person=person)
        .values_list("event", "person")
    )
    told = []
    for notice in reversed(left):
        named = roster.there([person.pk]) or roster.team(notice.case.team_id)
        people = with_care(named, notice.case, roster)
        people = tuple(one for one in people if (notice.event_id, one) not in heard)
        told.append(Told(notice.kind, people, notice.event, batch.is_urgent, batch.is_page))
    tell(told, roster, at=at, unwatched_since=batch.unwatched_since)


def _notices(refs: Refs) -> QuerySet[Notice]:
    return Notice.objects.filter(batch=refs["batch"])


def _mail(person: Person, refs: Refs) -> Rendered:
    batch = NoticeBatch.objects.get(pk=refs["batch"])
    waiting = by_case(standing(_notices(refs), person))
    zone = person.time_zone or person.tenant.time_zone
    listed = _listed(waiting[:MOST_LISTED], person, zone)
    context = {
        "person": person,
        "vendor": person.tenant,
        "listed": listed,
        "more": len(waiting) - len(listed),
        "outage": _outage_text(batch, waiting, zone),
        "acknowledge_all": acknowledge_url(person, BATCH, batch.pk) if _asks(waiting) else "",
        "page_url": site_url(person.tenant, reverse("desk:acknowledge")),
    }
    return Rendered(
        subject=_subject(waiting, listed),
        body=render_to_string("mail/notices.txt", context),
        headers=thread_headers(f"case.{waiting[0].case.uuid}") if len(waiting) == 1 else {},
    )


def _page(person: Person, refs: Refs) -> Rendered:
    """Write few words: a gateway cuts what is long, so the address comes before the rest."""
    waiting = by_case(standing(_notices(refs), person))
    link = acknowledge_url(person, BATCH, int(refs["batch"]))
    words = [
        f"{display_number(one.case)} {_what(one.newest)}, {one.case.company.name}"
        for one in waiting[:MOST_PAGED]
    ]
    if len(waiting) > MOST_PAGED:
        words.append(_("and %(more)d more") % {"more": len(waiting) - MOST_PAGED})
    return Rendered(subject=_short(waiting), body="\n".join([link, *words]))


def _short(waiting: Sequence[Waiting]) -> str:
    first = f"{display_number(waiting[0].case)} {_what(waiting[0].newest)}"
    if len(waiting) == 1:
        return first
    return _and_more(waiting)


def _subject(waiting: Sequence[Waiting], listed: Sequence[Listed]) -> str:
    if len(waiting) == 1:
        return f"[{listed[0].number}] {_what(waiting[0].newest)}: {waiting[0].case.subject}"
    kinds = {_what(one.newest) for one in waiting}
    number = {"number": len(waiting)}
    if len(kinds) == 1:
        return _("%(number)d cases: %(what)s") % (number | {"what": kinds.pop()})
    return _and_more(waiting)


def _and_more(waiting: Sequence[Waiting]) -> str:
    """Name the newest of several cases, so that the subject says what it is about."""
    named = {"case": display_number(waiting[0].case), "more": len(waiting) - 1}
    said = ngettext(
        "[%(case)s] and %(more)d case more need you",
        "[%(case)s] and %(more)d cases more need you",
        named["more"],
    )
    return said % named


def _what(notice: Notice) -> str:
    return step_title(notice.event) if notice.kind == STEP else _("handed over to your team")


def _asks(waiting: Sequence[Waiting]) -> bool:
    return any(notice.kind == STEP for one in waiting for notice in one.notices)


def _listed(waiting: Sequence[Waiting], person: Person, zone: str) -> list[Listed]:
    dues = _dues(waiting)
    versions = {one.case.policy_version_id for one in waiting}
    policies = {version: policy_version(version) for version in versions}
    return [
        Listed(
            waiting=one,
            number=display_number(one.case),
            levels=_levels(one.case, policies[one.case.policy_version_id]),
            lines=tuple(_line(notice, dues, zone) for notice in one.notices),
            url=site_url(person.tenant, reverse("desk:case", args=[one.case.number])),
            acknowledge=acknowledge_url(person, NOTICE, one.newest.pk) if _asks([one]) else "",
        )
        for one in waiting
    ]


def _levels(case: Case, policy: Policy) -> str:
    """Name the severity and the priority of a case, as far as its policy has them."""
    found = (policy.level(axis, getattr(case, axis)) for axis in policy.axes)
    return ", ".join(level.name for level in found if level is not None)


def _dues(waiting: Sequence[Waiting]) -> dict[tuple, datetime]:
    """Read when the clocks of these cases are due, in one statement."""
    rows = StoredClock.objects.filter(
        case__in=[one.case.pk for one in waiting], due_at__isnull=False
    )
    return {(row.case_id, row.kind, row.started_seq): row.due_at for row in rows}


def _line(notice: Notice, dues: dict[tuple, datetime], zone: str) -> Line:
    event = notice.event
    if notice.kind != STEP:
        return Line(_what(notice), "", "", "")
    due_at = dues.get((notice.case_id, event.clock, event.clock_seq))
    if event.clock == THE_CASE:  # it has no due time of its own: what is owed next
        due_at = notice.case.next_due_at
    late, should = _missed_by(event), moment(event.payload["due_at"])
    is_late = late > LATE_SECONDS and should is not None
    return Line(
        what=_what(notice),
        due=moment_text(due_at, zone) if due_at else "",
        should=moment_text(should, zone) if is_late else "",
        late=span_text(late) if is_late else "",
    )


def _missed_by(event: CaseEvent) -> int:
    """Count the seconds for which a step was late, without what moves of desk time passed over."""
    late = event.payload["late_seconds"]
    if late <= LATE_SECONDS:
        return late
    since = event.occurred_at - timedelta(seconds=late)
    return late - leapt_seconds(desk_moves(), since, event.occurred_at)


def _outage_text(batch: NoticeBatch, waiting: Sequence[Waiting], zone: str) -> str:
    """Say that some of it is late, and why; "" where all came in time."""
    events = [notice.event for one in waiting for notice in one.notices if notice.kind == STEP]
    told_late = [event for event in events if event.payload["late_seconds"] > LATE_SECONDS]
    late = [event for event in told_late if _missed_by(event) > LATE_SECONDS]
    if told_late and not late:
        return _("The desk's clock was moved forward over the time of some of these notices.")
    if not late:
        return ""
    since = batch.unwatched_since
    if since is None:
        return ngettext(
            "One of these notices is late: nothing watched the clocks when it fell due.",
            "%(number)d of these notices are late: nothing watched the clocks when they fell due.",
            len(late),
        ) % {"number": len(late)}
    span = {"since": moment_text(since, zone), "until": moment_text(batch.made_at, zone)}
    return _("Late: the scheduler was down from %(since)s to %(until)s.") % span
