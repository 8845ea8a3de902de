import pytest

from reports.drawing import Piece, round_up, scale, shade, stacked


def test_parts_of_a_bar_lie_side_by_side_and_nothing_is_left_out():
    assert stacked([("kept", 30), ("none", 0), ("missed", 10)], 80) == (
        Piece("kept", "0.00%", "37.50%"),
        Piece("missed", "37.50%", "12.50%"),
    )


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (2, 2), (3, 4), (5, 6), (7, 10), (11, 20), (61, 100)]
)
def test_scale_ends_with_a_round_number_that_has_a_half(most, top):
    assert round_up(most) == top
    assert [mark.value for mark in scale(most)] == ([0, top // 2, top] if top > 1 else [0, 1])


@pytest.mark.parametrize(("value", "step"), [(0, 0), (1, 1), (20, 1), (21, 2), (99, 5), (100, 5)])
def test_shade_of_anything_is_never_that_of_nothing(value, step):
    assert shade(value, 100) == step
