"""What the desk calls things: views of the queue, states, steps of the ladder, entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.zones import moment_text
from escalation.step_words import fired_title
from outbox.hook_models import WebhookEndpoint
from sla.engine.parts import THE_CASE
from sla.engine.policy import Policy
from sla.engine.steps import REPEAT_SIGN
from tickets.files import channel_text
from tickets.judging_words import judged_sentences
from tickets.life_reading import life_text
from tickets.models import Case, CaseEvent, LevelRequest
from tickets.reading import CLOCK_NAMES
from tickets.timeline import moment
from tickets.wording import declined_text, points_text


@dataclass(frozen=True)
class Look:
    """How a state is drawn: the symbol and the modifier of a badge. A word always goes with it."""

    icon: str
    tone: str = ""


LOOKS = {
    "running": Look("clock"),
    "due_soon": Look("alert", "is-warn"),
    "overdue": Look("late", "is-bad"),
    "paused": Look("pause"),
    "awaiting_schedule": Look("calendar", "is-warn"),
    "scheduled": Look("calendar"),
    "no_target": Look("dash"),
    "met": Look("check", "is-good"),
    "late": Look("late", "is-bad"),
    "cancelled": Look("dash"),
    "at_once": Look("alert", "is-warn"),
    "stalled": Look("alert", "is-warn"),
    "own_aim": Look("clock"),
    "aim_missed": Look("alert", "is-warn"),
    "answered": Look("check"),
    "nothing_owed": Look("dash"),
    "resolved": Look("check", "is-good"),
    "closed": Look("check"),
}

# What a case can be that no clock of it is.
OTHER_STATES = {
    "stalled": gettext_lazy("Stalled"),
    "own_aim": gettext_lazy("Own aim"),
    "aim_missed": gettext_lazy("Own aim missed"),
    "nothing_owed": gettext_lazy("Nothing promised"),
    "resolved": Case.Status.RESOLVED.label,
    "closed": Case.Status.CLOSED.label,
}

AXIS_LABELS = {
    "severity": gettext_lazy("Severity"),
    "priority": gettext_lazy("Priority"),
    "case_type": gettext_lazy("Type"),
}

# What the queue is narrowed and grouped by.
GROUP_LABELS = {
    **AXIS_LABELS,
    "status": gettext_lazy("Status"),
    "owner": gettext_lazy("Owner"),
    "team": gettext_lazy("Team"),
    "tier": gettext_lazy("Tier"),
    "company": gettext_lazy("Customer"),
    "contact": gettext_lazy("Contact"),
    "plan": gettext_lazy("Plan"),
    "product": gettext_lazy("Product"),
    "release": gettext_lazy("Release"),
    "tag": gettext_lazy("Tag"),
}

# In the order in which they stand beside the queue.
VIEW_NAMES = {
    "open": gettext_lazy("With support"),
    "breached": gettext_lazy("Breached"),
    "at_risk": gettext_lazy("At risk"),
    "due_today": gettext_lazy("Due today"),
    "unassigned": gettext_lazy("Unassigned"),
    "mine": gettext_lazy("Mine"),
    "my_teams": gettext_lazy("My teams"),
    "dispatch": gettext_lazy("Dispatch"),
    "to_acknowledge": gettext_lazy("To acknowledge"),
    "to_decide": gettext_lazy("To decide"),
    "stalled": gettext_lazy("Stalled"),
    "waiting": gettext_lazy("Waiting for the customer"),
    "waiting_long": gettext_lazy("Waiting over 3 days"),
    "solved": gettext_lazy("Solved"),
    "all": gettext_lazy("All"),
}

NOTHING_IN = {
    "open": gettext_lazy("No case is with support. New ones come here by themselves."),
    "breached": gettext_lazy("Nothing is late."),
    "at_risk": gettext_lazy("No promise is about to be missed."),
    "due_today": gettext_lazy("Nothing else is due today."),
    "to_acknowledge": gettext_lazy("No escalation waits for you to take notice of it."),
    "dispatch": gettext_lazy("Nothing of the highest level is open, and no call is owed."),
    "to_decide": gettext_lazy("No customer waits for a decision."),
    "stalled": gettext_lazy("No case stands still: every one has moved in time."),
    "unassigned": gettext_lazy("Every case that is with support has an owner."),
    "mine": gettext_lazy("You own no case. Take one from “Unassigned”."),
    "my_teams": gettext_lazy("No case is with a team of yours."),
    "waiting": gettext_lazy("No case waits for a customer."),
    "waiting_long": gettext_lazy("No customer has been silent for more than three days."),
    "solved": gettext_lazy("No solved case waits to be closed."),
    "all": gettext_lazy("There are no cases yet. Open the first one for a caller."),
}


def place_text(tier: int, team: str) -> str:
    """Say where a case is: the tier and the team, the tier once where the team is named for it."""
    level = _("Level %(tier)d") % {"tier": tier}
    if not team or level.casefold() in team.casefold():
        return team or level
    return f"{level} · {team}"


def levels_title(policy: Policy) -> str:
    """Name the axes of a policy, as the head of a column; empty where it has none."""
    return " / ".join(str(AXIS_LABELS[axis]) for axis in policy.axes)


def event_text(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    """Say what an entry changed; empty where its title says all.

    `names` maps "person:<id>" and "team:<id>" to names, and "case" to how a number is written;
    moments are on the wall clock of `zone`.
    """
    writer = _DETAILS.get(event.kind)
    if writer is None:
        return life_text(event, names, zone, for_customer=False)
    return writer(event, policy, names, zone)


def _level_change(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    axis = {"severity_changed": "severity", "priority_changed": "priority"}[event.kind]
    before, after = (
        policy.level(axis, code) for code in (event.payload.get("from"), event.payload[axis])
    )
    changed = _from_to(before.name if before else "", after.name if after else event.payload[axis])
    if "incident" not in event.payload:
        return changed
    incident = names.get("case", "%s") % event.payload["incident"]
    return _("%(changed)s, with its incident %(incident)s") % {
        "changed": changed,
        "incident": incident,
    }


def _type_change(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    before = policy.case_type(event.payload.get("from"))
    after = policy.case_type(event.payload["case_type"])
    return _from_to(
        before.name if before else "", after.name if after else event.payload["case_type"]
    )


def _from_to(before: str, after: str) -> str:
    if not before:
        return _("To %(after)s") % {"after": after}
    return _("From %(before)s to %(after)s") % {"before": before, "after": after}


def _review(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    """Say all that a review changed; empty where it changed nothing."""
    before = event.payload.get("from", {})
    parts = [
        _axis_change(axis, _name(policy, axis, old), _name(policy, axis, event.payload[axis]))
        for axis, old in before.items()
    ]
    team = names.get(f"team:{event.payload.get('team')}")
    estimate = moment(event.payload.get("estimate_at"))
    if team:
        parts.append(_("Team: %(team)s") % {"team": team})
    if event.payload.get("affected"):
        affected = Case.Affected(event.payload["affected"]).label
        parts.append(_("Affected: %(affected)s") % {"affected": affected})
    if "has_workaround" in event.payload:
        is_known = event.payload["has_workaround"]
        parts.append(_("A workaround is known") if is_known else _("No workaround is known"))
    if estimate:
        begins = _("Support begins about %(moment)s")
        parts.append(begins % {"moment": moment_text(estimate, zone)})
    return " ".join(sentence(part) for part in parts)


def _axis_change(axis: str, before: str, after: str) -> str:
    """Say what a review changed on one axis, or set where nothing was."""
    said = _("%(axis)s: from %(before)s to %(after)s") if before else _("%(axis)s: now %(after)s")
    return said % {"axis": AXIS_LABELS[axis], "before": before, "after": after}


def _name(policy: Policy, axis: str, code: str) -> str:
    part = policy.case_type(code) if axis == "case_type" else policy.level(axis, code)
    return part.name if part else code


def _question(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    """Say what is asked for, and that whoever asked has confirmed that it is no secret."""
    told = life_text(event, names, zone, for_customer=False)
    if not event.payload.get("no_secret"):
        return told
    confirmed = _("Confirmed by who asked: it asks for no secret.")
    return f"{sentence(told)} {confirmed}".strip()


def _assignment(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    owner = names.get(f"person:{event.payload.get('owner')}")
    return _("To %(owner)s") % {"owner": owner} if owner else _("To nobody")


def _hand_over(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    before, after = (_place(event, end, names) for end in ("from", "to"))
    moved = _from_to(before, after)
    return _("Back: %(moved)s") % {"moved": moved} if event.payload.get("back") else moved


def _place(event: CaseEvent, end: str, names: Mapping[str, str]) -> str:
    tier = event.payload.get(f"{end}_tier")
    team = names.get(f"team:{event.payload.get(f'{end}_team')}", "")
    return place_text(tier, team) if tier else team


def _slot(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    agreed = moment(event.payload.get("scheduled_for"))
    return moment_text(agreed, zone) if agreed else ""


def _opening(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    channel = policy.channel(event.payload.get("channel"))
    came = [_("Came by: %(channel)s") % {"channel": channel.name}] if channel else []
    return " ".join(sentence(one) for one in (*came, *judged_sentences(event.payload, policy)))


def _put_through(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    """Say to whom a caller was put through at once (MX-15); empty for a call of ours."""
    taker = names.get(f"person:{event.payload.get('transferred_to')}", "")
    return _("The caller was put through to %(name)s.") % {"name": taker} if taker else ""


def _level_request(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    """Name the level that is asked for, offered or decided about."""
    axis, state = event.payload["axis"], event.payload.get("state", "")
    named = f"{AXIS_LABELS[axis]}: {_name(policy, axis, event.payload['level'])}"
    return f"{named} ({LevelRequest.State(state).label})" if state else named


def _step(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    return step_text(event.payload)


def step_text(payload: Mapping[str, Any]) -> str:
    """Say why a step was fired; of an order to page, what the case needs instead of "you"."""
    clock, at, step = payload["clock"], payload.get("at", ""), payload["step"]
    if clock != THE_CASE:
        return sentence(str(fired_title(clock, at, step)))
    _code, _sign, number = step.partition(REPEAT_SIGN)
    if number:
        return _("Still not acknowledged by anybody (told %(number)s times).") % {"number": number}
    if at == "after":
        return _("The case still needs somebody.")
    return _("The case needs somebody at once.")


def sentence(words: str) -> str:
    """End words that stand beside others with a full stop."""
    return words if not words or words[-1] in ".!?" else f"{words}."


def _about_clock(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    """Name the clock that an entry is about; an entry about the case itself says it all."""
    return str(CLOCK_NAMES.get(event.payload["clock"], ""))


def _acknowledged(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    """Name the clock, and the service outside where somebody took notice."""
    clock = _about_clock(event, policy, names, zone)
    via = event.payload.get("via")
    if not via:
        return clock
    shape = WebhookEndpoint.Shape(via).label
    return _("%(clock)s, in %(service)s") % {"clock": clock, "service": shape}


def _split(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    if event.payload.get("case"):
        new = names.get("case", "%s") % event.payload["case"]
        waived = _("%(case)s. The cost was waived.") % {"case": new}
        return waived if event.payload.get("waived") else new
    # What costs nothing says nothing of points.
    return points_text(event.payload["points"]) if event.payload.get("points") else ""


def _points_back(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    return points_text(event.payload["points"])


def _declined(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    return declined_text(event.payload, policy)


def _until(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    until = moment(event.payload.get("until"))
    return _("Until %(until)s") % {"until": moment_text(until, zone)} if until else ""


def _reopened(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    if not event.payload.get("same_problem"):
        return ""
    return _("The customer says it is the same problem.")


def _channel(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    channel = channel_text(event.payload.get("preferred", "")) or _("no wish")
    return (
        _("%(channel)s, on all cases") % {"channel": channel}
        if event.payload["for_all"]
        else channel
    )


def _meeting(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    return _("Set; the customer was told") if event.payload["is_set"] else _("Taken off")


def _note(event: CaseEvent, policy: Policy, names: Mapping[str, str], zone: str) -> str:
    """Name whom a note was told to; empty for nobody."""
    told = (names.get(f"person:{person}") for person in event.payload.get("mentioned", ()))
    known = ", ".join(name for name in told if name)
    return _("Told: %(names)s.") % {"names": known} if known else ""


_DETAILS = {
    "note_added": _note,
    "channel_preferred": _channel,
    "meeting_set": _meeting,
    "case_opened": _opening,
    "severity_changed": _level_change,
    "priority_changed": _level_change,
    "type_changed": _type_change,
    "triaged": _review,
    "assigned": _assignment,
    "question_asked": _question,
    "handed_over": _hand_over,
    "scheduled": _slot,
    "step_fired": _step,
    "acknowledged": _acknowledged,
    "promise_missed": _about_clock,
    "points_credited": _points_back,
    "money_asked": _points_back,
    "declined": _declined,
    "split_proposed": _split,
    "case_split": _split,
    "followed_up": _split,
    "consent_given": _until,
    "reopened": _reopened,
    "agent_called": _put_through,
    "level_requested": _level_request,
    "level_offered": _level_request,
    "level_request_decided": _level_request,
}
