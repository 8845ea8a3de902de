"""A case of the demo being played: what may happen on it, told through the actions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from escalation.actions import hand_over
from escalation.tick import fire_due
from supportdesk.demo.cast import Cast
from supportdesk.demo.words import WORDS
from tickets.actions.conversation import (
    add_note,
    ask_customer,
    log_agent_call,
    log_work,
    reply_as_customer,
    reply_to_case,
)
from tickets.actions.ending import close_case, reopen_case, resolve_case
from tickets.actions.rating import rate_case
from tickets.actions.triage import assign_case, change_severity, schedule_case, triage_case
from tickets.models import Case

# The levels that a story's `level` counts through, per vendor, from ordinary to rare.
LEVELS: dict[str, tuple[dict[str, str], ...]] = {
    "metalogix": ({"severity": "3"}, {"severity": "2"}, {"severity": "1"}, {"severity": "4"}),
    "scalix": ({}, {"case_type": "question"}, {}, {"case_type": "feature_request"}),
    "msp": ({"priority": "P4"}, {"priority": "P3"}, {"priority": "P2"}, {"priority": "P6"}),
    "datadynamics": (
        {"severity": "3", "priority": "normal"},
        {"severity": "2", "priority": "normal"},
        {"severity": "1", "priority": "high"},
        {"severity": "4", "priority": "low"},
    ),
}


@dataclass
class Play:
    """A story being told on a case; `at` is the moment that it has come to."""

    cast: Cast
    case: Case
    at: datetime
    agent: object = field(init=False)

    def __post_init__(self) -> None:
        self.agent = self.cast.agents[self.case.number % 2]

    def until(self, at: datetime) -> None:
        """Let the ladder do what falls due before the moment."""
        self.case.refresh_from_db()
        while self.case.next_mark_at is not None and self.case.next_mark_at <= at:
            fire_due([self.case.pk], at=self.case.next_mark_at)
            self.case.refresh_from_db()
        self.at = at

    def do(self, verb: str) -> None:
        VERBS[verb](self, {"case_id": self.case.pk, "at": self.at}, WORDS.get(verb, ""))


Verb = Callable[[Play, dict, str], object]


def _raise_level(play: Play, on: dict, words: str) -> None:
    if play.case.severity:
        change_severity(**on, severity="1", by=play.cast.lead, reason=words)


def _schedule(play: Play, on: dict, words: str) -> None:
    if play.case.priority == "P6":
        schedule_case(**on, scheduled_for=play.at + timedelta(days=7), by=play.agent)


def _pass_on(play: Play, on: dict, words: str) -> None:
    """Hand the case to the level above; the ladder may have been there before."""
    _one, _other, second, third = play.cast.agents
    above = {1: second, 2: third}.get(play.case.tier)
    if above is not None:
        needed = "Somebody who knows this part."
        given = {"note_done": words, "note_needed": needed}
        hand_over(**on, team_id=above.teams.get(is_swat=False).pk, by=play.agent, **given)


def _rate(play: Play, on: dict, score: str, words: str) -> None:
    rate_case(**on, score=score, words=words, by=play.case.contact)


VERBS: dict[str, Verb] = {
    "take": lambda play, on, words: assign_case(**on, owner_id=play.agent.pk, by=play.agent),
    "triage": lambda play, on, words: triage_case(
        **on, by=play.cast.dispatcher, owner_id=play.agent.pk, reason=words
    ),
    "reply": lambda play, on, words: reply_to_case(**on, by=play.agent, body=words),
    "ask": lambda play, on, words: ask_customer(**on, by=play.agent, question=words),
    "customer": lambda play, on, words: reply_as_customer(**on, by=play.case.contact, body=words),
    "work": lambda play, on, words: log_work(**on, by=play.agent, body=words),
    "call": lambda play, on, words: log_agent_call(**on, by=play.agent, body=words),
    "note": lambda play, on, words: add_note(**on, by=play.agent, body=words),
    "resolve": lambda play, on, words: resolve_case(**on, by=play.agent, solution=words),
    "close": lambda play, on, words: close_case(**on, by=play.case.contact),
    "reopen": lambda play, on, words: reopen_case(
        **on, by=play.case.contact, body=words, same_problem=True
    ),
    "praise": lambda play, on, words: _rate(play, on, "good", words),
    "complain": lambda play, on, words: _rate(play, on, "bad", words),
    "raise": _raise_level,
    "schedule": _schedule,
    "pass_on": _pass_on,
}
