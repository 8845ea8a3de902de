"""What a person may read of the history of one case, and the names of what happens to one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from tickets.models import Case, CaseEvent, InternalNote, Message
from tickets.promises import promises_moved
from tickets.timeline import load_timeline

Said = TypeVar("Said", Message, InternalNote)

EVENT_NAMES = {
    "case_opened": _("Case opened"),
    "imported": _("Taken over from another system"),
    "customer_replied": _("Customer wrote"),
    "customer_called": _("Customer called"),
    "agent_replied": _("Support answered"),
    "agent_called": _("Support called"),
    "work_logged": _("Work on the case"),
    "question_asked": _("Question to the customer"),
    "note_added": _("Internal note"),
    "triaged": _("Reviewed"),
    "subject_changed": _("Subject changed"),
    "severity_changed": _("Severity changed"),
    "priority_changed": _("Priority changed"),
    "type_changed": _("Type changed"),
    "scheduled": _("Time agreed"),
    "assigned": _("Assigned"),
    "handed_over": _("Handed over"),
    "step_fired": _("Escalation step"),
    "acknowledged": _("Escalation acknowledged"),
    "promise_missed": _("Customer told that our promise was missed"),
    "swat_brought_in": _("SWAT team brought in"),
    "swat_left": _("SWAT team let go"),
    "escalation_requested": _("Escalation asked for"),
    "escalation_answered": _("Answer to the escalation"),
    "escalation_ended": _("Escalation ended"),
    "policy_retargeted": _("Promise reviewed under a new policy"),
    "resolved": _("Solution given"),
    "closed": _("Closed"),
    "reopened": _("Reopened"),
    "points_credited": _("Points given back: a product bug"),
    "money_asked": _("Money asked for instead of the points"),
    "declined": _("Declined: not part of the support"),
    "split_proposed": _("A case of its own proposed"),
    "split_declined": _("Proposal of a case of its own turned down"),
    "split_withdrawn": _("Proposal of a case of its own withdrawn"),
    "case_split": _("A part became a case of its own"),
    "followed_up": _("A new case was opened about this one"),
    "level_requested": _("Another level asked for"),
    "level_offered": _("Another level offered"),
    "level_request_decided": _("Decided about the level"),
    "restricted": _("Restricted to those it concerns"),
    "unrestricted": _("No longer restricted"),
    "feature_logged": _("Logged as a wish for the product"),
    "feature_decided": _("Decided about the wish"),
    "question_disputed": _("The customer says it does not wait for them"),
    "question_withdrawn": _("Question taken back"),
    "away_noted": _("Customer away"),
    "away_ended": _("Customer back"),
    "waiting_warned": _("Customer told when it will be closed"),
    "attempt_logged": _("Customer not reached"),
    "reopen_asked": _("Customer wants it open again"),
    "reopen_declined": _("Not opened again: another problem"),
    "merged": _("Merged into another case"),
    "merged_here": _("Another case was merged into this one"),
    "unmerged": _("Merge undone"),
    "unmerged_here": _("A merged case goes on by itself again"),
    "case_linked": _("Linked with another case"),
    "case_unlinked": _("Link taken away"),
    "incident_declared": _("Made an incident"),
    "incident_ended": _("No incident any more"),
    "incident_joined": _("Hung on an incident"),
    "incident_left": _("Taken off an incident"),
    "answered_through": _("Answered through the incident"),
    "defect_tied": _("A known fault"),
    "defect_untied": _("Not this fault after all"),
    "tracker_linked": _("Linked with an issue of the engineers"),
    "tracker_changed": _("News of the engineers' issue"),
    "tracker_unlinked": _("Issue of the engineers taken off"),
    "fix_promised": _("Fix promised"),
    "fix_dropped": _("No fix will come"),
    "fix_shipped": _("Fix shipped"),
    "diagnostics_offered": _("A diagnostic tool offered"),
    "diagnostics_accepted": _("Terms of the tool accepted"),
    "diagnostics_withdrawn": _("The tool taken back"),
    "meeting_set": _("Meeting link"),
    "channel_preferred": _("How to be answered"),
    "consent_given": _("Remote access allowed"),
    "consent_withdrawn": _("Remote access no longer allowed"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the history: an event with what was said on it, if anything was."""

    event: CaseEvent
    message: Message | None = None
    note: InternalNote | None = None

    @property
    def internal(self) -> bool:
        return self.event.audience == CaseEvent.Audience.DESK


def history(case: Case, person: Person, known: Iterable[Person] = ()) -> list[Entry]:
    """List what this person may read of a case, oldest first, in four queries at most.

    `known` are people who were read already: nobody of them is asked for again. Of a new policy a
    customer reads only where it moved a promise; that takes two queries more.
    """
    of_desk = person.may("use_desk")
    events = (
        case.events.all() if of_desk else case.events.filter(audience=CaseEvent.Audience.PUBLIC)
    )
    told = sorted(events, key=lambda event: event.seq)
    messages = _by_event(case.messages.all())
    notes = _by_event(case.notes.all()) if of_desk else {}
    _name_people(told, [*messages.values(), *notes.values()], known)
    told = told if of_desk else _telling(case, told)
    return [Entry(event, messages.get(event.pk), notes.get(event.pk)) for event in told]


def _name_people(
    events: Iterable[CaseEvent], said: Iterable[Said], known: Iterable[Person]
) -> None:
    """Give entries and words their people: few, who came again and again, in one query."""
    people = {person.pk: person for person in known}
    keys = {event.by_id for event in events} | {words.author_id for words in said}
    missing = keys - people.keys() - {None}
    people |= Person.objects.in_bulk(missing) if missing else {}
    for event in events:
        event.by = people.get(event.by_id)
    for words in said:
        words.author = people.get(words.author_id)


def _telling(case: Case, events: list[CaseEvent]) -> list[CaseEvent]:
    """Leave out the reviews under a new policy that moved no promise."""
    reviews = {event.seq for event in events if event.kind == "policy_retargeted"}
    if not reviews:
        return events
    timeline = load_timeline(case)
    silent = {seq for seq in reviews if not promises_moved(timeline, seq)}
    return [event for event in events if event.seq not in silent]


def _by_event(rows: Iterable[Said]) -> Mapping[int, Said]:
    return {row.event_id: row for row in rows}


def reasons_of(entries: Iterable[Entry]) -> dict[int, str]:
    """Read from a history what the customer was told at changes, by the number of the entry."""
    return {
        entry.event.seq: entry.message.body
        for entry in entries
        if entry.message is not None and entry.message.kind == Message.Kind.REASON
    }


def entry_title(event: CaseEvent) -> str:
    """Name what happened, for people."""
    return str(EVENT_NAMES.get(event.kind, event.kind))
