"""What is new in an answer, in the ways that mail programs write one."""

import pytest

from mailbox.parsing import split_quote
from outbox.answer_marks import ALL_MARKS

GMAIL = "On Mon, 1 Jun 2026 at 10:00, Desk <desk@vendor.example> wrote:"
APPLE = "> On 1 Jun 2026, at 10:00, Desk <desk@vendor.example> wrote:"
GERMAN = "Am 01.06.26 um 10:00 schrieb Desk:"
FOLDED = "Am Mo., 1. Juni 2026 um 10:00 Uhr schrieb Desk der Firma\n<desk@vendor.example>:"
OUTLOOK = "From: Desk <desk@vendor.example>\nSent: Monday\nTo: Anna\nSubject: A printer"
OUTLOOK_GERMAN = "Von: Desk <desk@vendor.example>\nGesendet: Montag\nAn: Anna\nBetreff: Ein Drucker"
WEB = "Gesendet: Montag um 10:00 Uhr\nVon: Desk <d@x.example>\nAn: Anna\nBetreff: Ein Drucker"
IPHONE = (
    "Am 01.06.2026 um 10:00 schrieb Support der Firma\n"
    "<reply+abcdefghijabcdefghijabcdefghijabcdefghij@vendor.desk.example>:"
)
MARKER = "--- Please reply above this line ---"


@pytest.mark.parametrize(
    ("text", "fresh"),
    [
        ("It works.", "It works."),
        (f"It works.\n\n{GMAIL}\n\n> Does it?\n> Say so.", "It works."),
        (f"It works.\n\n{GERMAN}\n> Does it?", "It works."),
        (f"It works.\n\n{FOLDED}\n> Does it?", "It works."),
        (f"It works.\n\n{APPLE}\n> \n> Does it?", "It works."),
        (f"It works.\n\n{OUTLOOK}\n\nDoes it?", "It works."),
        (f"It works.\n\n_______________\n{OUTLOOK_GERMAN}\n\nDoes it?", "It works."),
        ("It works.\n\n-----Original Message-----\nDoes it?", "It works."),
        ("It works.\n\n-----Ursprüngliche Nachricht-----\nDoes it?", "It works."),
        (f"It works.\n\n{MARKER}\nDoes it?", "It works."),
        (f"It works.\n\n{WEB}\n\nDoes it?", "It works."),
        (f"It works.\n\n{IPHONE}\n\n> Does it?", "It works."),
        ("It works.\n\nDesk <d@x.example> schrieb am 01.06.2026 10:00:\n> So?", "It works."),
        (f"It works.\n\n{GMAIL}\n> {MARKER}\n> Does it?", "It works."),
        (f"It works.\n\n{GMAIL}\n\n{MARKER}\n\nDoes it?", "It works."),
        (f"{GMAIL}\n> Does it?\n\nIt works.", "It works."),
        (f"It works.\n\n{GMAIL}\n> Does it?\n\n-- \nAnna", "It works.\n\n\n-- \nAnna"),
        # An answer between the lines is kept with them.
        ("> Which one?\nThe red one.\n> Since when?\nMonday.", None),
        (f"{GMAIL}\n> {MARKER}\n> Which one?\nThe red one.\n> When?\nMonday.", None),
        # What was forwarded is what it is about.
        (f"See below.\n\n---------- Forwarded message ---------\n{OUTLOOK}\n\nHelp!", None),
        # Nothing new at all: then all is.
        ("> all of it", None),
        (f"{MARKER}\nold", None),
        (f"{OUTLOOK}\n\nold", None),
        # Only looks like it.
        ("On Monday he wrote:\nnothing", None),
        ("From: the cellar\nit smells", None),
        ("On the box is written: do not open\n\nShould we?", None),
    ],
)
def test_an_answer_is_told_from_what_it_quotes(text: str, fresh: str | None):
    assert split_quote(text) == (fresh, split_quote(text)[1]) if fresh else (text, "")


@pytest.mark.parametrize("mark", ALL_MARKS)
def test_the_line_above_which_to_answer_is_known_in_every_language(mark: str):
    fresh, quoted = split_quote(f"It works.\n\n> {mark}\n> Does it?")

    assert (fresh, quoted) == ("It works.", f"> {mark}\n> Does it?")


def test_every_line_is_in_one_of_the_two():
    text = f"one\ntwo\n\n{GMAIL}\n> three\n> four\n\nfive"
    fresh, quoted = split_quote(text)

    lines = [*fresh.split("\n"), *quoted.split("\n")]
    assert sorted(filter(None, lines)) == sorted(filter(None, text.split("\n")))
