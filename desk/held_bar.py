"""Who held a case for how long, as a bar and a table: service time, and waiting on the customer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.words import place_text
from sla.bar import WIDTH
from sla.engine.held import Held
from sla.explain import span_text
from tickets.timeline import moment


@dataclass(frozen=True)
class HeldPart:
    """A stretch of the bar: `kind` is tier-1 to tier-3, or waiting; `x` and `width` of WIDTH."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True)
class HeldRow:
    """One place that held the case; lengths in words. `until_at` None = it holds it still."""

    place: str
    tier: int
    from_at: datetime
    until_at: datetime | None
    service: str
    waiting: str
    budget: str
    over: str


@dataclass(frozen=True)
class HeldBar:
    """The drawing and its table; `said` is the drawing in words."""

    parts: tuple[HeldPart, ...]
    rows: tuple[HeldRow, ...]
    said: str

    @property
    def has_budgets(self) -> bool:
        return any(row.budget for row in self.rows)

    @property
    def has_waiting(self) -> bool:
        return any(part.kind == "waiting" for part in self.parts)

    @property
    def tiers(self) -> list[int]:
        return sorted({row.tier for row in self.rows})


def held_bar(held: Sequence[Held], teams: Mapping[int, str]) -> HeldBar:
    """Draw who held a case; `teams` maps ids to names.

    Stretches are as long as the service time and the waiting in them: nights that belong to
    nobody's service are left out, so that blame is split by what each could have done.
    """
    rows = tuple(_row(one, teams) for one in held)
    said = "; ".join(f"{row.place}: {row.service}" for row in rows)
    return HeldBar(tuple(_parts(held)), rows, said)


def _row(one: Held, teams: Mapping[int, str]) -> HeldRow:
    budget = one.budget_seconds
    return HeldRow(
        place=place_text(one.tier, teams.get(one.team_id or 0, "")),
        tier=one.tier,
        from_at=moment(one.from_at),
        until_at=moment(one.until_at),
        service=span_text(one.service_seconds),
        waiting=span_text(one.waiting_seconds) if one.waiting_seconds else "",
        budget=span_text(budget) if budget is not None else "",
        over=span_text(one.over_seconds) if one.over_seconds else "",
    )


def _parts(held: Iterable[Held]) -> list[HeldPart]:
    lengths = [
        (kind, seconds)
        for one in held
        for kind, seconds in (
            (f"tier-{one.tier}", one.service_seconds),
            ("waiting", one.waiting_seconds),
        )
        if seconds > 0
    ]
    total, parts, passed = sum(seconds for _kind, seconds in lengths), [], 0
    for kind, seconds in lengths:
        x, end = (WIDTH * reached // total for reached in (passed, passed + seconds))
        parts.append(HeldPart(kind, x, end - x))
        passed += seconds
    return parts
