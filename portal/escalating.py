"""Escalations of a case, for its customer: those that were asked for, and whom one would reach."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.zones import moment_text
from escalation.models import EscalationRequest
from escalation.reached import reached_by
from escalation.requests import (
    Owed,
    Reach,
    owed_answer,
    owed_now,
    reach_of,
    requests_of,
)
from escalation.roster import read_roster
from portal.promises import Told, situation_of
from sla.engine.clock import CaseState
from sla.engine.policy import Policy
from tickets.models import Case, CaseEvent
from tickets.reading import case_state

_ROLES = {
    "lead": gettext_lazy("the leads of support"),
    "manager": gettext_lazy("the managers of support"),
    "dispatcher": gettext_lazy("the dispatchers of support"),
}

# What the head of a case's page says, without the time that is left: that is true for a minute.
_SITUATIONS = {
    "by": gettext_lazy("Support owes us an answer by %(due)s."),
    "late": gettext_lazy("The answer of support is late. It was due %(due)s."),
    "at_once": gettext_lazy("Somebody of support has been called to it."),
    "scheduled": gettext_lazy("Support starts at %(due)s."),
    "unscheduled": gettext_lazy("No date has been agreed with support yet."),
    "open_ended": gettext_lazy("It is with support. No time is promised for this."),
    "unpromised": gettext_lazy("It is with support. The policy names no time for this answer."),
    "escalated": gettext_lazy("We asked for an escalation. Support aims to answer by %(due)s."),
    "waiting": gettext_lazy("Support waits for our answer."),
}
_NOTHING_OWED = gettext_lazy("Support works on it. No answer is due at the moment.")


@dataclass(frozen=True)
class Escalations:
    """What the page of a case says of escalations; `events` is its history, as it is shown."""

    case: Case
    person: Person
    state: CaseState
    events: Sequence[CaseEvent]
    at: datetime

    @property
    def policy(self) -> Policy:
        return self.state.policy

    @property
    def owed(self) -> Owed | None:
        """Find by when the one that runs is answered; None once it is, or without a time."""
        return owed_now(self.state)

    @property
    def is_late(self) -> bool:
        return self.owed is not None and self.owed.due_at < self.at

    @cached_property
    def reached(self) -> list[str]:
        """Say whom the one that runs has reached."""
        reach = reached_by(self.running.event) if self.running else None
        return list(_reached(reach, self.case, self.policy)) if reach else []

    @cached_property
    def requests(self) -> list[EscalationRequest]:
        """List the escalations that were asked for, the newest first."""
        was_asked = any(event.kind == "escalation_requested" for event in self.events)
        return list(requests_of(self.case)) if was_asked else []

    @property
    def running(self) -> EscalationRequest | None:
        return next((one for one in self.requests if one.ended_at is None), None)

    @property
    def past(self) -> list[EscalationRequest]:
        return [one for one in self.requests if one.ended_at is not None]

    @property
    def may_ask(self) -> bool:
        """Tell whether an escalation is offered now (DD-25)."""
        is_offered = self.policy.escalation.open and self.person.may("ask_for_escalation")
        return is_offered and self.case.is_open and self.running is None

    @property
    def note(self) -> str:
        return self.policy.escalation.note

    @property
    def has_swat(self) -> bool:
        return self.case.swat_since is not None

    @property
    def swat_name(self) -> str:
        return swat_name(self.policy)


@dataclass(frozen=True)
class Beforehand:
    """What a customer is told before asking: whom it reaches, by when an answer is owed."""

    people: tuple[str, ...]
    owed: Owed | None
    situation: str


def beforehand(case: Case, at: datetime) -> Beforehand:
    """Say whom an escalation would reach, by when it is answered, and how things stand now."""
    state = case_state(case)
    return Beforehand(
        people=tuple(_reached(reach_of(case, state, read_roster(at)), case, state.policy)),
        owed=owed_answer(state, at),
        situation=status_sentence(situation_of(case, state, at), case.time_zone),
    )


def status_sentence(told: Told, zone: str) -> str:
    """Write where a case stands as its page says it, in plain words that can be changed."""
    due = moment_text(told.due_at, zone) if told.due_at else ""
    return str(_SITUATIONS.get(told.kind, _NOTHING_OWED)) % {"due": due}


def swat_name(policy: Policy) -> str:
    """Name the SWAT team as the policy does."""
    return policy.swat.name or _("the SWAT team")


def _reached(reach: Reach, case: Case, policy: Policy) -> Iterator[str]:
    if reach.owner is not None:
        yield _("%(name)s, who has your case") % {"name": reach.owner.name}
    if reach.account_manager is not None:
        yield _("your account manager %(name)s") % {"name": reach.account_manager.name}
    if reach.owner is None and "team" in policy.escalation.roles:
        yield _("the team that has your case")
    yield from (str(_ROLES[role]) for role in reach.roles if role in _ROLES)
    if reach.swat and case.swat_since is not None:
        yield _("%(team)s, which works on your case") % {"team": swat_name(policy)}
    elif reach.swat:
        yield swat_name(policy)
