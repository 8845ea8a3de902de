"""The line above which people answer a mail of ours, and the words that are orders there. Pure.

Not in the catalogues of translations: what we wrote in one language has to be found again in
whatever comes back, by a program that knows neither Django nor who reads it.
"""

from collections.abc import Mapping

# Who reads an answer: everybody of the case, or the desk only.
PUBLIC, DESK = "public", "desk"

# By language, and by who reads the answer. Each is a whole line that no mail program breaks.
MARKS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "customer": "--- Please reply above this line ---",
        PUBLIC: "--- Reply above this line: the customer reads it ---",
        DESK: "--- Reply above this line: it becomes a note for the desk ---",
    },
    "de": {
        "customer": "--- Bitte über dieser Zeile antworten ---",
        PUBLIC: "--- Über dieser Zeile antworten: der Kunde liest es ---",
        DESK: "--- Über dieser Zeile antworten: es wird eine interne Notiz ---",
    },
}
ALL_MARKS = tuple(mark for marks in MARKS.values() for mark in marks.values())

CLOSE, REOPEN, ESCALATE = "close", "reopen", "escalate"
# Alone on the first line of an answer, however they are capitalised. The first is what we tell.
ORDERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        CLOSE: ("CLOSE", "close case", "close the case", "closed"),
        REOPEN: ("REOPEN", "reopen case", "re-open", "open again"),
        ESCALATE: ("ESCALATE", "escalation", "request escalation"),
    },
    "de": {
        CLOSE: ("SCHLIESSEN", "schließen", "fall schließen", "geschlossen"),
        REOPEN: ("WIEDER ÖFFNEN", "wiederöffnen", "wieder oeffnen", "erneut öffnen"),
        ESCALATE: ("ESKALIEREN", "eskalation", "eskalation anfordern"),
    },
}


def mark(language: str, audience: str, *, is_customer: bool) -> str:
    """Give the line for an answer that `audience` reads, in a language or else in English."""
    marks = MARKS.get(language) or MARKS["en"]
    return marks["customer" if is_customer else audience]


def order_word(order: str, language: str) -> str:
    """Give the word by which a mail gives an order, as it is told in a language."""
    return (ORDERS.get(language) or ORDERS["en"])[order][0]


def order_in(text: str) -> tuple[str, str]:
    """Tell which order stands alone on the first line of a text that has any; "" for none.

    Gives the order and the rest of the text.
    """
    first, _line_end, rest = text.strip().partition("\n")
    word = " ".join(first.strip(" .!:*#“”\"'").casefold().split())
    for orders in ORDERS.values():
        for order, words in orders.items():
            if word in {one.casefold() for one in words}:
                return order, rest.strip()
    return "", text.strip()


def above_mark(text: str) -> str | None:
    """Give what stands above the first line of ours in a text; None where there is no such line.

    Mail programs put `>` and blanks before it.
    """
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.strip(" \t>|*").strip() in ALL_MARKS:
            return "\n".join(lines[:number]).strip()
    return None
