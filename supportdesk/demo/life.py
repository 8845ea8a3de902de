"""Cases of the demo that show what else can happen to one: asked, merged, hung on an incident."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Person
from entitlements.releases import add_release
from escalation.requests import request_escalation
from sla.queries import policy_version
from supportdesk.demo.cast import Cast
from supportdesk.demo.play import LEVELS, Play
from tickets.actions.attaching import (
    ANSWER,
    FILING,
    add_part,
    begin_upload,
    send_uploads,
)
from tickets.actions.away import note_away
from tickets.actions.conversation import ask_customer, reply_as_customer, reply_to_case
from tickets.actions.defects import promise_fix, record_defect, tie_defect
from tickets.actions.features import log_feature
from tickets.actions.incidents import declare_incident, join_incident
from tickets.actions.levels import request_level
from tickets.actions.merging import merge_cases
from tickets.actions.opening import open_case
from tickets.actions.tagging import add_tag
from tickets.actions.triage import schedule_case
from tickets.filing import Wish
from tickets.models import Case
from tickets.questions import checklist

LOG = b"04:00:01 job started\n04:12:37 job stopped: connection lost, 3 attempts\n" * 40
WHY = "It tells us which of two causes it is, so that we ask you only once."


@dataclass(frozen=True)
class Stage:
    """A vendor while a scene is played; `now` is when the demo begins."""

    vendor: str
    cast: Cast
    now: datetime

    def ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def file(self, hours_ago: float, words: tuple[str, str], *, who: int, **facts: object) -> Play:
        """File a case of company `who`, at the vendor's ordinary level unless `facts` say else."""
        cast, at = self.cast, self.ago(hours_ago)
        contact, subject_body = cast.contacts[who], words
        wish = Wish(
            company=cast.companies[who],
            contact=contact,
            channel="portal",
            product=cast.product,
            release=cast.releases.get(cast.companies[who].pk),
            environment="production",
            **(LEVELS[self.vendor][0] | facts),
        )
        subject, body = subject_body
        return Play(cast, open_case(wish=wish, subject=subject, body=body, by=contact, at=at), at)


def _asked(stage: Stage) -> None:
    """Wait for an answer, with lines to answer, and a log that came with the case."""
    contact = stage.cast.contacts[2]
    _upload(contact, None, FILING, stage.ago(30))
    words = ("Job ends at night, log attached", "It ends at four. The log is with this case.")
    play = stage.file(30, words, who=2)
    event = play.case.events.get(kind="case_opened")
    send_uploads(case=play.case, event=event, draft=FILING, by=contact)
    _ask(stage, play, 27)
    play.until(stage.now)


def _ask(stage: Stage, play: Play, hours_ago: float) -> None:
    at = stage.ago(hours_ago)
    play.until(at)
    listed = checklist(policy_version(play.case.policy_version_id), play.case)[:3]
    own = ("Since when it is so", "Whether it is so on every computer")
    asked = "Could you tell us a little more, so that we can see it here as well?"
    on = {"case_id": play.case.pk, "by": play.agent, "at": at}
    ask_customer(**on, question=asked, items=listed or own, why=WHY)


def _upload(person: Person, case: Case | None, draft: str, at: datetime) -> None:
    row = begin_upload(
        name="job.log",
        size=len(LOG),
        draft=draft,
        case_id=case.pk if case else None,
        by=person,
        at=at,
    )
    add_part(upload=row.uuid, offset=0, length=len(LOG), blocks=[LOG], by=person, at=at)


def _warned(stage: Stage) -> None:
    """Wait for so long that the case is closed within hours; the customer was warned (DD-39)."""
    words = ("Tags come back after a scan", "We remove them, and a day later they are there again.")
    play = stage.file(160, words, who=1)
    _ask(stage, play, 156)
    play.until(stage.now)


def _away(stage: Stage) -> None:
    """Wait for somebody who is away until next week (DD-39)."""
    words = ("Copy of a share is slow", "It takes three nights now, it was one before.")
    play = stage.file(44, words, who=2)
    _ask(stage, play, 40)
    play.until(stage.ago(36))
    last_day = (stage.now + timedelta(days=6)).date()
    note_away(case_id=play.case.pk, last_day=last_day, by=play.case.contact, at=play.at)
    play.until(stage.now)


def _escalated(stage: Stage) -> None:
    """Ask for an escalation that has no answer yet (DD-25)."""
    words = ("Nightly replication is late", "Every morning a part of it is missing.")
    play = stage.file(44, words, who=0, severity="2", priority="normal")
    _reply(stage, play, 40)
    play.until(stage.ago(1))
    request_escalation(
        case_id=play.case.pk,
        situation="It has been so for two days, and we have heard that you look into it.",
        reason="Our auditors come on Friday, and the copies have to be whole by then.",
        way="portal",
        asked_by=play.case.contact,
        by=play.case.contact,
        at=play.at,
    )
    play.until(stage.now)


def _reply(stage: Stage, play: Play, hours_ago: float) -> None:
    play.until(stage.ago(hours_ago))
    play.do("reply")


def _restricted(stage: Stage) -> None:
    """Report a security matter, which only those see whom it concerns (DD-06)."""
    words = ("Reports can be read by anybody", "Whoever knows the address reads them, unsigned.")
    play = stage.file(3, words, who=2, is_security=True, affected="all")
    _reply(stage, play, 2)
    play.until(stage.now)


def _asks_for_level(stage: Stage) -> None:
    """Ask for another level, which the desk has not decided yet (MX-10, DD-09)."""
    axis, level = LEVEL_ASKED[stage.vendor]
    words = ("Report takes an hour", "It was five minutes before, and all of us wait for it.")
    play = stage.file(9, words, who=2)
    _reply(stage, play, 7)
    play.until(stage.ago(1.5))
    request_level(
        case_id=play.case.pk,
        axis=axis,
        level=level,
        reason="The month ends tomorrow, and nobody can close it.",
        by=play.case.contact,
        at=play.at,
    )
    play.until(stage.now)


def _merged(stage: Stage) -> None:
    """Fold a case into one about the same thing, with an answer that brings a file along."""
    first = ("Copy of the archive stops", "At the same folder every time.")
    goes_on = stage.file(44, first, who=1)
    again = ("Archive still not copied", "I forgot to say which folder it is.")
    play = stage.file(40, again, who=1)
    play.until(stage.ago(38))
    lead = stage.cast.lead
    merge_cases(case_id=play.case.pk, into=goes_on.case.number, by=lead, at=play.at)
    goes_on.until(stage.ago(20))
    case, contact = goes_on.case, goes_on.case.contact
    _upload(contact, case, ANSWER, goes_on.at)
    said = "Here is the log of the last run."
    reply_as_customer(case_id=case.pk, by=contact, body=said, at=goes_on.at)
    add_tag(case_id=case.pk, name="archive", by=lead)
    goes_on.until(stage.now)


def _wished(stage: Stage) -> None:
    """Log a wish whose author wants to hear what becomes of it (MX-14, SC-14)."""
    words = ("Wish: a report for each team", "We would like one for each, with its own dates.")
    level = LEVELS[stage.vendor][3]
    play = stage.file(160, words, who=2, keep_informed=True, **level)
    _reply(stage, play, 150)
    play.until(stage.ago(140))
    title = "A report for each team"
    log_feature(case_id=play.case.pk, title=title, by=play.agent, at=play.at)
    play.until(stage.now)


def _mended(stage: Stage) -> None:
    """Promise a release to two cases of one fault (DD-24)."""
    first = ("Search forgets umlauts", "Names with an umlaut are not found.")
    second = ("Names with accents are missing", "In search only; in folders they are there.")
    plays = [stage.file(70, first, who=2), stage.file(52, second, who=2)]
    for play, hours in zip(plays, (60, 48), strict=True):
        _reply(stage, play, hours)
        play.until(stage.ago(40))
    on = {"by": stage.cast.agents[3], "at": stage.ago(40)}
    defect = record_defect(title="Search ignores accents", product=stage.cast.product, **on)
    for play in plays:
        tie_defect(case_id=play.case.pk, defect_id=defect.pk, **on)
    comes_on = stage.now.date() + timedelta(days=45)
    release = add_release(product=stage.cast.product, version="12.1", released_on=comes_on)
    promise_fix(defect_id=defect.pk, release_id=release.pk, note="With the next release.", **on)
    for play in plays:
        play.until(stage.now)


def _incident(stage: Stage) -> None:
    """Hang what three customers report on one incident, and answer all of them at once (MS-05)."""
    first = ("Mail does not leave", "Nothing has left since a quarter of an hour.")
    second = ("No mail since this morning", "Neither in nor out.")
    third = ("Mail server refuses us", "It asks for the password again and again.")
    level = LEVELS[stage.vendor][2]
    filed = [
        stage.file(3 - 0.2 * who, words, who=who, affected="all", **level)
        for who, words in enumerate((first, second, third))
    ]
    at, lead = stage.ago(2.2), stage.cast.lead
    for play in filed:
        play.until(at)
    cause, *others = filed
    declare_incident(case_id=cause.case.pk, by=lead, at=at)
    for play in others:
        number = cause.case.number
        join_incident(case_id=play.case.pk, incident=number, by=lead, at=at)
    said = "A relay is down. We are moving the mail to the other one, and write again in an hour."
    at = stage.ago(2)
    reply_to_case(case_id=cause.case.pk, by=cause.agent, body=said, at=at)
    for play in filed:
        play.until(stage.now)


def _scheduled(stage: Stage) -> None:
    """Agree on a time for a task (MS-10)."""
    words = ("New laptops for the branch", "Twelve of them; they have to be set up and brought.")
    play = stage.file(160, words, who=0, **LEVELS[stage.vendor][3])
    play.until(stage.ago(150))
    slot = stage.now + timedelta(days=4)
    schedule_case(case_id=play.case.pk, scheduled_for=slot, by=play.agent, at=play.at)
    play.until(stage.now)


LEVEL_ASKED = {
    "metalogix": ("severity", "2"),
    "msp": ("priority", "P3"),
    "datadynamics": ("severity", "2"),
}


Scene = Callable[[Stage], None]

# What is played in the place of each of LIVES; where one takes several cases, others play nothing.
SCENES: dict[str, dict[float, Scene]] = {
    "metalogix": {160: _wished, 70: _away, 44: _merged, 30: _asked, 9: _asks_for_level},
    # Cases cost points there: its third company has plenty of them.
    "scalix": {160: _wished, 70: _mended, 44: _away, 30: _asked, 9: _restricted},
    "msp": {160: _scheduled, 30: _asked, 9: _asks_for_level, 3: _incident},
    "datadynamics": {
        160: _warned,
        70: _away,
        44: _escalated,
        30: _asked,
        9: _asks_for_level,
        3: _restricted,
    },
}


def play_scene(hours_ago: float, *, vendor: str, cast: Cast, now: datetime) -> None:
    """Play what begins so long ago at a vendor, up to `now`; nothing where nothing does."""
    scene = SCENES[vendor].get(hours_ago)
    if scene is not None:
        scene(Stage(vendor, cast, now))
