"""The demo's past: cases answered sooner or later, for a replay and for a monthly report.

Most are of the last quarter, the last ones of the month before, so that its report tells something.

They are opened from Monday to Wednesday and all closed; nothing in them depends on chance.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from desk.policy.replay_forms import QUARTER, spans
from supportdesk.demo.cast import Cast
from supportdesk.demo.play import LEVELS, Play
from supportdesk.demo.words import PAST_BODY, PAST_THINGS, PAST_TROUBLES
from tickets.actions.opening import open_case
from tickets.filing import Wish
from tickets.models import Case

PAST_CASES = 18
# So many of them, the last ones, are of the month before: two of each company.
LAST_MONTHS_CASES = 6
# Two days after an opening is a working day, too: who is answered only then is answered late.
THURSDAY = 3
# Everything of a case has happened so many days after its opening.
LONGEST_DAYS = 9
# Hours from the opening to the first answer: most within a working day, some not.
ANSWERED_AFTER = (0.5, 1.5, 3, 5, 6.5, 2, 7.25, 49)
OPENED_AT = ((9, 10), (9, 45), (10, 20))
SOLVED_AFTER, CLOSED_AFTER = 51.0, 74.0
ORDINARY_LEVELS = 2


def tell_past(number: int, *, vendor: str, cast: Cast, now: datetime) -> Case:
    """File past case `number`, of PAST_CASES, and play it to its end."""
    opened_at = opening(number, cast, now)
    who = number % len(cast.companies)
    contact = cast.contacts[who]
    wish = Wish(
        company=cast.companies[who],
        contact=contact,
        channel="portal",
        product=cast.product,
        release=cast.releases.get(cast.companies[who].pk),
        **LEVELS[vendor][number % ORDINARY_LEVELS],
    )
    case = open_case(
        wish=wish, subject=_subject(number, vendor), body=PAST_BODY, by=contact, at=opened_at
    )
    play = Play(cast, case, opened_at)
    answered = ANSWERED_AFTER[number % len(ANSWERED_AFTER)]
    acts = ((answered, "reply"), (SOLVED_AFTER, "resolve"), (CLOSED_AFTER, "close"))
    for hours, verb in acts:
        play.until(opened_at + timedelta(hours=hours))
        play.do(verb)
    return case


def opening(number: int, cast: Cast, now: datetime) -> datetime:
    """Spread the openings over their span, each on a working day in the vendor's morning."""
    zone = cast.agents[0].tenant.time_zone
    today = now.astimezone(ZoneInfo(zone)).date()
    quarters = PAST_CASES - LAST_MONTHS_CASES
    if number < quarters:
        first, last = spans(today)[QUARTER]
        place, places = number, quarters
    else:
        first, last = _last_month(today)
        place, places = number - quarters, LAST_MONTHS_CASES
    days = (last - first).days - LONGEST_DAYS
    # Not always the same two weekdays.
    on = _working_day(first + timedelta(days=place * days // places + place % 4))
    hour, minute = OPENED_AT[number % len(OPENED_AT)]
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZoneInfo(zone))


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _working_day(on: date) -> date:
    return on + timedelta(days=7 - on.weekday()) if on.weekday() >= THURSDAY else on


def _subject(number: int, vendor: str) -> str:
    things = PAST_THINGS[vendor]
    return PAST_TROUBLES[number // len(things)].format(thing=things[number % len(things)])
