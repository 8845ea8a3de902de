"""The clock-kind table, row by row: what every event does to every kind of clock, as it is seen."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from sla.engine.clock import Clock, Event, run
from sla.engine.kinds import DEFAULT_KINDS, EVENTS
from sla.engine.target import Target
from tests.clocks.policies import TARGETS, TIERS, hours, moment, policy, row, timeline

ROWS = list(csv.DictReader(Path(__file__).with_name("kinds.csv").open()))
CELLS = [(kind, line["event"], line[kind]) for line in ROWS for kind in line if kind != "event"]

# What has to have happened for an occurrence of the kind to be running at the event.
RUNNING = {
    "first_response": [],
    "next_response": [("agent_replied", "02 09:10"), ("customer_replied", "02 09:20")],
    "update_cadence": [("agent_replied", "02 09:10")],
    "no_progress": [],
    "waiting_on_customer": [("question_asked", "02 09:10")],
    "escalation_answer": [("escalation_requested", "02 09:10")],
    "workaround": [],
    "resolution": [],
    "tier_time": [],
}
# What has to have happened for none to be running, so that a start can be seen.
IDLE = {
    "first_response": [("agent_replied", "02 09:10")],
    "next_response": [("agent_replied", "02 09:10")],
    "no_progress": [("resolved", "02 09:10")],
    "resolution": [("resolved", "02 09:10")],
    "workaround": [("workaround_given", "02 09:10")],
    "tier_time": [("closed", "02 09:10")],
}
# Every fact changes the target of every kind, so that a retarget shows.
DOUBLED = tuple(
    replace(
        row(old.clock, hours("business_time", 30 + step), "annex"),
        when={"severity": ("3",), "priority": ("low",), "case_type": ("question",)},
    )
    for step, old in enumerate(TARGETS[3:4] + TARGETS[5:])
)


def payload_of(event: str) -> dict:
    return {
        "severity_changed": {"severity": "3"},
        "priority_changed": {"priority": "low"},
        "type_changed": {"case_type": "question"},
        "policy_retargeted": {"policy_version": 2},
        "handed_over": {"to_tier": 2},
        "customer_called": {"channel": "phone"},
        "scheduled": {"scheduled_for": moment("05 10:00")},
        "away_noted": {"away_until": moment("20 10:00")},
        "acknowledged": {"clock": "first_response", "started_seq": 1},
    }.get(event, {})


def facts_for(event: str) -> dict:
    """Open the case so that the event's own fact is the one that still lacks."""
    facts = {"severity": "3", "priority": "low", "case_type": "question"}
    lacks = {
        "severity_changed": "severity",
        "priority_changed": "priority",
        "type_changed": "case_type",
    }
    facts.pop(lacks.get(event, ""), None)
    return {"channel": "portal"} | facts | ({"severity": "2"} if "severity" not in facts else {})


def policies_for(event: str) -> dict:
    tuned = DOUBLED + tuple(
        replace(old, when={"severity": ("2", "3")}) for old in TARGETS[2:3] + TARGETS[5:]
    )
    first = policy(targets=tuned, tiers=TIERS)
    if event == "customer_called":
        by_phone = row("first_response", hours("business_time", 1), channel="phone")
        anybody = row("first_response", hours("elapsed", 2), None)
        first = replace(first, targets=(*TARGETS[5:], anybody, by_phone))
    if event == "scheduled":
        agreed = row("first_response", Target("scheduled"))
        first = replace(first, targets=(*TARGETS[5:], agreed))
    longer = tuple(replace(old, target=hours("business_time", 70)) for old in first.targets)
    tiers = (replace(first.tiers[0], budget=hours("business_time", 70)),)
    return {1: first, 2: replace(first, targets=longer, tiers=tiers)}


def of_kind(kind: str, clocks: tuple[Clock, ...]) -> list[Clock]:
    return [clock for clock in clocks if clock.kind == kind]


def observed(kind: str, event: str, before: list[Event]) -> str:
    """Say what the event did to the clocks of the kind, from their difference alone."""
    policies = policies_for(event)
    after = [*before, Event(len(before) + 1, event, moment("02 10:00"), payload_of(event))]
    old, new = of_kind(kind, run(policies, before)), of_kind(kind, run(policies, after))
    was_open = any(clock.is_open for clock in old)
    ended = [clock for clock in new if clock.ended_seq == len(after)]
    started = [clock for clock in new if clock.started_seq == len(after)]
    if started and started[0].started_at < after[-1].at:
        return "resume"
    if started:
        return "restart" if ended or not was_open and kind == "update_cadence" else "start"
    if ended:
        return {"met": "meet", "cancelled": "cancel"}[ended[0].state]
    return "retarget" if [c.changes for c in old] != [c.changes for c in new] else "-"


@pytest.mark.parametrize(("kind", "event", "effect"), CELLS)
def test_event_has_the_effect_of_the_table(kind, event, effect):
    if event == "case_opened":
        opening = timeline(("case_opened", "02 09:00"))
        started = {clock.kind for clock in run({1: policy(tiers=TIERS)}, opening)}

        assert ("start" if kind in started else "-") == effect
        return
    prologue = RUNNING[kind]
    if effect == "start":
        prologue = IDLE.get(kind, [])
    if effect == "resume":
        prologue = [*prologue, ("merged", "02 09:50")]
    opening = ("case_opened", "02 09:00", facts_for(event))

    assert observed(kind, event, timeline(opening, *prologue)) == effect


def test_table_names_every_event_and_kind_once():
    assert [line["event"] for line in ROWS] == list(EVENTS)
    assert set(ROWS[0]) - {"event"} == set(DEFAULT_KINDS)
