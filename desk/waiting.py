"""What waits for somebody to take notice of it, as pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from escalation.standing import Waiting
from escalation.step_words import step_title
from tickets.models import Case
from tickets.wording import display_number


@dataclass(frozen=True)
class WaitingRow:
    """One case: what was told of it, since when, and how often."""

    case: Case
    number: str
    what: tuple[str, ...]
    since: datetime


def rows_of(waiting: Iterable[Waiting]) -> list[WaitingRow]:
    return [
        WaitingRow(
            case=one.case,
            number=display_number(one.case),
            what=tuple(step_title(notice.event) for notice in one.notices),
            since=one.since,
        )
        for one in waiting
    ]
