"""Moments for engine tests, as a person writes them: "Mon 2026-03-02 10:00" in a zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

HOUR = 3600
DAY = 24 * HOUR


def wall(zone: str, text: str, *, fold: int = 0) -> int:
    """Turn a wall reading with its weekday into an instant; `fold=1` is the second reading."""
    weekday, reading = text.split(" ", 1)
    moment = datetime.fromisoformat(reading).replace(tzinfo=ZoneInfo(zone), fold=fold)
    assert moment.strftime("%a") == weekday, text
    return int(moment.timestamp())


def shown(zone: str, instant: int | None) -> str | None:
    """Show an instant as `wall` takes it; seconds only where there are some."""
    if instant is None:
        return None
    moment = datetime.fromtimestamp(instant, ZoneInfo(zone))
    return moment.strftime("%a %Y-%m-%d %H:%M" + (":%S" if moment.second else ""))
