"""A second, dumber definition of business time, to hold the engine against.

It shares no code with the engine. It looks at the wall clock of one instant after another and asks
whether the desk is open then; every result is found by walking. A step is `grain` seconds wide,
which is exact as long as all times in the calendar are whole multiples of it; a step in which the
zone's clocks are changed is walked second by second. (That no zone changes its clocks twice in
one day of UTC is the one thing it takes for granted.)
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400
FOREVER = 1 << 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def seconds_of(text: str) -> int:
    parts = [int(part) for part in text.split(":")]
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


class Desk:
    """A desk's opening hours, from the raw mapping and a set of closed dates."""

    def __init__(self, mapping: dict, holidays: frozenset[date] = frozenset(), grain: int = 900):
        self.zone = ZoneInfo(mapping["time_zone"])
        self.weekly = mapping["weekly"]
        self.grain = grain
        self.holidays = holidays
        self.exceptions: dict[date, list] = {}
        for entry in mapping.get("exceptions", []):
            on = date.fromisoformat(entry.get("date") or entry["from"])
            last = date.fromisoformat(entry.get("date") or entry["to"])
            while on <= last:
                self.exceptions[on] = entry["intervals"]
                on += timedelta(days=1)
        self.memo: dict[int, set[tuple[int, int]]] = {}
        self.seen: dict[int, bool] = {}
        self.calm: dict[int, bool] = {}

    # What the wall says

    def reading(self, instant: int) -> datetime:
        return datetime.fromtimestamp(instant, self.zone)

    def offset(self, instant: int) -> timedelta | None:
        return self.reading(instant).utcoffset()

    def is_calm(self, instant: int) -> bool:
        """Tell whether the clocks are left alone on this day of UTC."""
        day = instant // DAY
        if day not in self.calm:
            self.calm[day] = self.offset(day * DAY) == self.offset(day * DAY + DAY - 1)
        return self.calm[day]

    def is_open(self, instant: int) -> bool:
        if instant not in self.seen:
            self.seen[instant] = self.looks_open(instant)
        return self.seen[instant]

    def looks_open(self, instant: int) -> bool:
        now = datetime.fromtimestamp(instant, self.zone)
        ordinal = now.toordinal()
        hours = self.memo.get(ordinal)
        if hours is None:
            hours = self.memo[ordinal] = self.hours_on(now.date())
        second = now.hour * 3600 + now.minute * 60 + now.second
        return any(start <= second < end for start, end in hours)

    def hours_on(self, on: date) -> set[tuple[int, int]]:
        before = on - timedelta(days=1)
        if on in self.exceptions:
            hours = self.this_evening(self.exceptions[on])
        elif on in self.holidays:
            return set()
        else:
            hours = self.this_evening(self.weekly.get(WEEKDAYS[on.weekday()], []))
            hours |= self.last_night(self.weekly.get(WEEKDAYS[before.weekday()], []))
        if before in self.exceptions and not (on in self.exceptions and not self.exceptions[on]):
            hours |= self.last_night(self.exceptions[before])
        return hours

    @staticmethod
    def this_evening(intervals: list) -> set[tuple[int, int]]:
        pairs = [(seconds_of(start), seconds_of(end)) for start, end in intervals]
        return {(start, end if end > start else DAY) for start, end in pairs}

    @staticmethod
    def last_night(intervals: list) -> set[tuple[int, int]]:
        pairs = [(seconds_of(start), seconds_of(end)) for start, end in intervals]
        return {(0, end) for start, end in pairs if end <= start and end > 0}

    # Walking

    def steps(self, since: int, cuts: list[int]):
        """Yield (start, end) steps from `since` on, cut at `cuts`, none with a change of clocks."""
        at = since
        ahead = sorted(cut for cut in cuts if cut > since)
        while True:
            end = (at // self.grain + 1) * self.grain
            while ahead and ahead[0] <= at:
                ahead.pop(0)
            if ahead:
                end = min(end, ahead[0])
            if not self.is_calm(at) and self.offset(at) != self.offset(end - 1):
                end = at + 1
            yield at, end
            at = end

    def states(self, since: int, pauses=()):
        """Yield (start, end, "open" | "waiting" | "closed") from `since` on, without an end."""
        ends = [(start, FOREVER if end is None else end) for start, end in pauses]
        cuts = [cut for pause in ends for cut in pause]
        for start, end in self.steps(since, cuts):
            if ends and any(begin <= start < until for begin, until in ends):
                yield start, end, "waiting"
            else:
                yield start, end, "open" if self.is_open(start) else "closed"

    def next_open(self, since: int) -> int:
        return next(start for start, _, state in self.states(since) if state == "open")

    def open_seconds(self, a: int, b: int, pauses=()) -> int:
        total = 0
        for start, end, state in self.states(a, pauses):
            if start >= b:
                return total
            if state == "open":
                total += min(end, b) - start
        raise AssertionError

    def due(self, since: int, seconds: int, pauses=()) -> int | None:
        """Walk until so many open, unpaused seconds have passed; None if paused for good."""
        blocked = min((start for start, end in pauses if end is None), default=FOREVER)
        left = seconds
        for start, end, state in self.states(since, pauses):
            if state == "open":
                if left <= end - start:
                    return start + left
                left -= end - start
            elif start >= blocked:
                return None
        raise AssertionError

    def last_closing_until(self, moment: int) -> int:
        """Step back from `moment` until the second before is open."""
        at = moment
        while True:
            start = (at - 1) // self.grain * self.grain
            if self.offset(start) != self.offset(at - 1):
                start = at - 1
            if self.is_open(start):
                return at
            at = start

    # Dates

    def instant_of(self, on: date, reading: datetime) -> int:
        """The instant that reads so on that date; the end of the gap if none does."""
        moment = datetime.combine(on, reading.time(), self.zone)
        instant = int(moment.timestamp())
        if self.reading(instant).replace(tzinfo=None) == moment.replace(tzinfo=None):
            return instant
        # PEP 495 reads a skipped time with the offset from before: that lands after the gap.
        after = self.offset(instant)
        while self.offset(instant - 60) == after:
            instant -= 60
        while self.offset(instant - 1) == after:
            instant -= 1
        return instant

    def open_steps_on(self, on: date) -> list[tuple[int, int]]:
        """Every open step that the wall clock shows as part of this date."""
        noon = int(datetime(on.year, on.month, on.day, 12, tzinfo=self.zone).timestamp())
        found = []
        for start, end, state in self.states(noon - 40 * 3600 - noon % self.grain):
            if start > noon + 40 * 3600:
                return found
            if state == "open" and self.reading(start).date() == on:
                found.append((start, end))
        raise AssertionError

    def nth_business_date(self, after: date, n: int) -> date:
        on = after
        while n > 0:
            on += timedelta(days=1)
            if self.hours_on(on) and self.open_steps_on(on):
                n -= 1
        return on

    # Targets without pauses

    def days_due(self, opened: int, n: int) -> int:
        begin = self.reading(self.next_open(opened))
        on = self.nth_business_date(begin.date(), n)
        return self.last_closing_until(self.instant_of(on, begin))

    def next_business_day_due(self, opened: int, n: int = 1) -> int:
        on = self.nth_business_date(self.reading(opened).date(), n)
        return max(end for _, end in self.open_steps_on(on))

    def weeks_due(self, opened: int, n: int) -> int:
        begin = self.reading(opened)
        moment = self.instant_of(begin.date() + timedelta(days=7 * n), begin)
        return max(self.last_closing_until(moment), self.next_open(opened))


def merged(runs) -> list[tuple[int, int, str]]:
    """Join neighbouring runs of the same state."""
    result: list[tuple[int, int, str]] = []
    for start, end, state in runs:
        if result and result[-1][2] == state and result[-1][1] == start:
            start = result.pop()[0]
        result.append((start, end, state))
    return result
