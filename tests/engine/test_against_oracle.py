"""10,000 drawn cases in 12 zones: due time and receipt equal a dumber definition, to the second."""

from random import Random

import pytest

from sla.engine.calendar import HolidaySet, open_seconds_between, open_stretches, parse_calendar
from sla.engine.receipt import receipt
from sla.engine.target import Promise, Target, promise

from .oracle import Desk, merged
from .worlds import ZONES, World, odd_worlds, worlds

CASES_PER_ZONE = 834


def desk_of(world: World, grain: int) -> Desk:
    return Desk(world.mapping, world.holidays, grain)


def calendar_of(world: World):
    dates = tuple((on, "closed") for on in sorted(world.holidays))
    return parse_calendar({**world.mapping, "holidays": HolidaySet(dates=dates)})


def target_of(world: World, number: int) -> Target:
    """Deal out the kinds: half of the cases are plain business time."""
    small = number // 10 % 4
    return {
        1: Target("business_days", small),
        2: Target("business_days", small + 1, day_rule="end_of_day"),
        3: Target("next_business_day"),
        4: Target("weeks", small % 3),
        5: Target("immediate"),
    }.get(number % 10, Target("business_time", world.amount, goal=world.amount // 2))


def need_by_walking(desk: Desk, target: Target, opened: int) -> int:
    """The service time that a target asks for, from its due time without pauses."""
    if target.kind in ("business_time", "immediate"):
        return target.amount
    begins = desk.next_open(opened)
    if target.kind == "weeks":
        due = desk.weeks_due(opened, target.amount)
    elif target.kind == "next_business_day":
        due = desk.next_business_day_due(opened)
    elif target.amount == 0:
        due = begins
    elif target.day_rule == "end_of_day":
        due = desk.next_business_day_due(opened, target.amount)
    else:
        due = desk.days_due(opened, target.amount)
    return desk.open_seconds(begins, due)


def promise_by_walking(desk: Desk, target: Target, world: World) -> Promise:
    need = need_by_walking(desk, target, world.opened)
    due = desk.due(world.opened, need, world.pauses)
    goal = None
    if target.goal is not None:
        goal = desk.due(world.opened, target.goal, world.pauses)
    state = "paused" if due is None else "running"
    return Promise(state, desk.next_open(world.opened), due, goal, need)


def receipt_by_walking(desk: Desk, world: World, due: int | None) -> list[tuple[int, int, str]]:
    if due is None:
        return []
    runs = []
    for start, end, state in desk.states(world.opened, world.pauses):
        if start >= due:
            break
        runs.append((start, min(end, due), state))
    return merged(runs)


def assert_same(world: World, target: Target, grain: int) -> None:
    calendar, desk = calendar_of(world), desk_of(world, grain)
    expected = promise_by_walking(desk, target, world)

    found = promise(calendar, target, world.opened, world.pauses)
    intervals = receipt(calendar, target, found, world.opened, world.pauses)

    assert found == expected, (world, target)
    runs = merged((each.start, each.end, each.why) for each in intervals)
    assert runs == receipt_by_walking(desk, world, found.due_at), (world, target)
    counted = [each.counted_seconds for each in intervals]
    assert counted == [e.end - e.start if e.why == "open" else 0 for e in intervals]
    assert sum(counted) == (found.need_seconds if intervals else 0)


@pytest.mark.parametrize("zone", ZONES)
def test_due_times_and_receipts_equal_walking_the_wall_clock(zone):
    for number, world in enumerate(worlds(zone, CASES_PER_ZONE)):
        assert_same(world, target_of(world, number), grain=900)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Chatham"])
def test_desks_with_odd_seconds_equal_walking_every_second(zone):
    for world in odd_worlds(zone, 15):
        target = Target("business_time", world.amount, goal=world.amount // 2)

        assert_same(world, target, grain=1)


@pytest.mark.parametrize("zone", ZONES)
def test_open_stretches_equal_walking_the_wall_clock(zone):
    for world in worlds(zone, 40):
        random = Random(world.opened)
        a, b = world.opened, world.opened + random.randrange(5 * 86_400)
        calendar, desk = calendar_of(world), desk_of(world, 900)
        steps = ((start, min(end, b), state) for start, end, state in desk_states(desk, a, b))
        expected = [(start, end) for start, end, state in merged(steps) if state == "open"]

        found = list(open_stretches(calendar, a, b))

        assert found == expected, world
        paused = [pause for pause in world.pauses if pause[1] is not None]
        counted = open_seconds_between(calendar, a, b, tuple(paused))
        assert counted == desk.open_seconds(a, b, paused), world


def desk_states(desk: Desk, a: int, b: int):
    for step in desk.states(a):
        if step[0] >= b:
            return
        yield step
