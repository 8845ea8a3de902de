"""Every priority of the MSP document: MS-05 to MS-10, MS-12."""

import pytest

from sla.engine.filing import check_filing
from sla.engine.parts import Facts
from tests.policies.packs import cell, due, pack

NEW_YORK = "America/New_York"


def msp(opened: str, priority: str, scheduled: str | None = None) -> str | None:
    facts = {"priority": priority, "channel": "phone", "case_type": "problem"}
    _, commitment = due("msp", opened, NEW_YORK, scheduled=scheduled, **facts)
    return commitment


def test_ms_05_p1_is_due_at_the_opening_itself() -> None:
    assert msp("Sun 2026-06-14 03:00", "P1") == "Sun 2026-06-14 03:00"


def test_ms_05_p1_pages_and_stays_out_of_late_figures() -> None:
    found = cell("msp", priority="P1")
    pages = [step for step in pack("msp").ladder if step.action == "page"]

    assert found is not None
    assert not found.row.counts_late
    assert [(step.at, step.when) for step in pages] == [("opened", {"priority": ("P1",)})]


def test_ms_05_p1_is_set_by_the_desk_only() -> None:
    facts = Facts(priority="P1", channel="phone", case_type="problem")

    by_customer = check_filing(pack("msp"), facts, by_customer=True)

    assert [(one.code, one.params) for one in by_customer] == [
        ("level_not_for_customers", {"axis": "priority", "level": "P1"})
    ]
    assert check_filing(pack("msp"), facts, by_customer=False) == []


def test_ms_06_p2_is_thirty_minutes_round_the_clock() -> None:
    assert msp("Sun 2026-06-14 23:45", "P2") == "Mon 2026-06-15 00:15"


def test_ms_07_p3_is_four_hours_round_the_clock() -> None:
    assert msp("Sun 2026-06-14 22:00", "P3") == "Mon 2026-06-15 02:00"


@pytest.mark.parametrize(
    ("opened", "due_at"),
    [
        ("Wed 2026-06-10 15:00", "Mon 2026-06-15 15:00"),
        ("Wed 2026-06-10 18:00", "Mon 2026-06-15 17:00"),
        ("Sat 2026-06-13 12:00", "Wed 2026-06-17 17:00"),
        ("Mon 2026-06-15 09:00", "Wed 2026-06-17 17:00"),
    ],
)
def test_ms_08_p4_is_three_business_days(opened: str, due_at: str) -> None:
    assert msp(opened, "P4") == due_at


@pytest.mark.parametrize(
    ("opened", "due_at"),
    [
        ("Wed 2026-06-10 15:00", "Wed 2026-06-17 15:00"),
        ("Wed 2026-06-10 20:00", "Wed 2026-06-17 17:00"),
        ("Sat 2026-06-13 12:00", "Fri 2026-06-19 17:00"),
    ],
)
def test_ms_09_p5_is_a_calendar_week_brought_back_to_service_time(opened: str, due_at: str) -> None:
    assert msp(opened, "P5") == due_at


@pytest.mark.parametrize(
    ("scheduled", "due_at"),
    [
        (None, None),
        ("Tue 2026-06-16 10:00", "Tue 2026-06-16 10:00"),
        ("Sun 2026-06-14 10:00", "Mon 2026-06-15 09:00"),
        ("Fri 2026-06-12 17:00", "Mon 2026-06-15 09:00"),
    ],
)
def test_ms_10_p6_is_due_at_the_agreed_time_or_the_next_opening(
    scheduled: str | None, due_at: str | None
) -> None:
    assert msp("Wed 2026-06-10 15:00", "P6", scheduled) == due_at


def test_ms_12_nothing_but_the_first_response_is_promised() -> None:
    promised = {row.clock for row in pack("msp").targets if row.promised}

    assert promised == {"first_response"}


@pytest.mark.parametrize(
    ("priority", "at"),
    [
        ("P1", "Wed 2026-06-10 16:00"),
        ("P2", "Wed 2026-06-10 17:00"),
        ("P3", "Wed 2026-06-10 23:00"),
        ("P4", "Mon 2026-06-15 15:00"),
        ("P5", "Wed 2026-06-17 15:00"),
        ("P6", None),
    ],
)
def test_no_progress_template_by_priority(priority: str, at: str | None) -> None:
    due_at = due("msp", "Wed 2026-06-10 15:00", NEW_YORK, "no_progress", priority=priority)

    assert due_at == (None, at)
