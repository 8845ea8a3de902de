"""What became another text, piece by piece."""

import pytest

from knowledge.differences import ADDED, REMOVED, SAME, Piece, differences

LONG = "One line.\n" * 40


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "New.", [Piece(ADDED, "New.")]),
        ("Gone.", "", [Piece(REMOVED, "Gone.")]),
        ("Same.\n", "Same.\n", [Piece(SAME, "Same.\n")]),
        (
            "Press once.\n",
            "Press twice.\n",
            [
                Piece(SAME, "Press "),
                Piece(REMOVED, "once"),
                Piece(ADDED, "twice"),
                Piece(SAME, ".\n"),
            ],
        ),
        (
            f"{LONG}A word.",
            f"{LONG}Added.\nA word.",
            [Piece(SAME, LONG), Piece(ADDED, "Added.\n"), Piece(SAME, "A word.")],
        ),
    ],
)
def test_pieces_tell_both_texts(before, after, pieces):
    found = differences(before, after)

    assert found == pieces
    assert "".join(piece.text for piece in found if piece.kind != ADDED) == before
    assert "".join(piece.text for piece in found if piece.kind != REMOVED) == after
