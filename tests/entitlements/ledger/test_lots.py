"""What lots are taken from, and where points go back to. Pure: tables."""

from datetime import UTC, datetime

import pytest

from entitlements.points import GivenBack, Lot, ShortOf, give_back, is_over, take

AT = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)
OVER = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lots", "points", "taken"),
    [
        # SC-04: one debit may span lots.
        ([Lot(1, 20, MARCH), Lot(2, 50, SEPTEMBER)], 30, ((1, 20), (2, 10))),
        # SC-05: earliest expiry first, in whatever order they were bought.
        ([Lot(1, 50, SEPTEMBER), Lot(2, 20, MARCH)], 10, ((2, 10),)),
        ([Lot(1, 50, SEPTEMBER), Lot(2, 20, MARCH)], 70, ((2, 20), (1, 50))),
        # What never ends is taken last.
        ([Lot(1, 50, None), Lot(2, 20, SEPTEMBER)], 30, ((2, 20), (1, 10))),
        # Of two that end together the lower id.
        ([Lot(4, 5, MARCH), Lot(3, 5, MARCH)], 6, ((3, 5), (4, 1))),
        # What is over or empty is passed by.
        ([Lot(1, 50, OVER), Lot(2, 0, MARCH), Lot(3, 10, SEPTEMBER)], 10, ((3, 10),)),
        # A lot that ends this moment is over, a second later it is not.
        ([Lot(1, 9, AT), Lot(2, 9, AT.replace(second=1))], 9, ((2, 9),)),
    ],
)
def test_sc_04_sc_05_take_spans_lots_and_takes_first_what_ends_first(lots, points, taken):
    assert take(lots, points, AT) == taken


@pytest.mark.parametrize(
    ("lots", "points", "missing"),
    [
        ([], 30, 30),
        ([Lot(1, 20, MARCH)], 30, 10),
        ([Lot(1, 20, MARCH), Lot(2, 100, OVER)], 30, 10),
        ([Lot(1, 20, MARCH), Lot(2, 9, None)], 30, 1),
    ],
)
def test_sc_19_too_few_points_name_how_many_are_missing(lots, points, missing):
    with pytest.raises(ShortOf) as short:
        take(lots, points, AT)

    assert short.value.missing == missing


@pytest.mark.parametrize("points", [0, -1])
def test_nothing_cannot_be_taken(points):
    with pytest.raises(ValueError, match="nothing to take"):
        take([Lot(1, 20, MARCH)], points, AT)


@pytest.mark.parametrize(
    ("spent", "back"),
    [
        ([], GivenBack((), 0)),
        ([(1, 20, MARCH), (2, 10, SEPTEMBER)], GivenBack(((1, 20), (2, 10)), 0)),
        ([(1, 20, OVER), (2, 10, SEPTEMBER)], GivenBack(((2, 10),), 20)),
        ([(1, 20, OVER), (2, 10, AT), (3, 5, None)], GivenBack(((3, 5),), 30)),
    ],
)
def test_sc_21_points_go_back_to_their_lots_and_to_grace_what_is_over(spent, back):
    assert give_back(spent, AT) == back


@pytest.mark.parametrize(
    ("expires_at", "over"), [(None, False), (OVER, True), (AT, True), (MARCH, False)]
)
def test_sc_05_a_lot_is_over_from_its_end_on(expires_at, over):
    assert is_over(expires_at, AT) is over
