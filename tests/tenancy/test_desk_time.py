"""Desk time: real time plus an offset that only grows, and only in a demonstration."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import CannotMoveDeskTime, DeskTimeOnlyMovesForward
from accounts.models import DeskTime
from accounts.tenancy import desk_now, move_desk_time, tenant

DAY = 86_400


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.DEMO = True


def test_moving_desk_time_moves_it_for_every_vendor(alpha, beta):
    with tenant(alpha.tenant) as before:
        moved_to = move_desk_time(seconds=DAY)
    seen = []
    for twin in (alpha, beta):
        with tenant(twin.tenant) as at:
            seen.append(at)

    assert seen == [moved_to, moved_to] == [before + timedelta(days=1)] * 2


def test_moves_add_up(entered):
    for seconds in (1, 59, 3600):
        move_desk_time(seconds=seconds)

    assert desk_now() == entered + timedelta(seconds=3660)


@pytest.mark.parametrize("seconds", [0, -1, -DAY])
def test_desk_time_is_not_moved_back(entered, seconds):
    with pytest.raises(DeskTimeOnlyMovesForward, match="only moves forward"):
        move_desk_time(seconds=seconds)

    assert desk_now() == entered


def test_desk_time_is_not_moved_by_more_than_a_year_at_once(entered):
    with pytest.raises(CannotMoveDeskTime, match="at most 366 days"):
        move_desk_time(seconds=367 * DAY)

    assert desk_now() == entered


def test_desk_time_is_not_moved_outside_of_a_demonstration(entered, settings):
    settings.DEMO = False

    with pytest.raises(CannotMoveDeskTime, match="only be moved in a demonstration"):
        move_desk_time(seconds=DAY)

    assert desk_now() == entered


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_desktime SET offset_seconds = offset_seconds - 1",
        "UPDATE accounts_desktime SET offset_seconds = 0",
        "UPDATE accounts_desktime SET offset_seconds = -1",
        "UPDATE accounts_desktime SET id = 2",
    ],
)
def test_database_itself_refuses_to_go_back(entered, sql):
    move_desk_time(seconds=DAY)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert DeskTime.objects.get().offset_seconds == DAY


def test_clock_of_a_test_stands_where_it_is_put(alpha, set_desk_time):
    friday = datetime(2083, 3, 5, 21, 30, tzinfo=UTC)

    set_desk_time(friday)

    with tenant(alpha.tenant) as at:
        assert at == friday
