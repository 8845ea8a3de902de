"""The four packs of this repository, and what they promise, in the wall time of a test."""

from functools import lru_cache
from pathlib import Path

from sla.engine.document import parse_document
from sla.engine.parts import Cell, Facts
from sla.engine.policy import Policy
from sla.engine.target import promise
from tests.engine.wall import shown, wall

FOLDER = Path(__file__).parents[2] / "policies"
VENDORS = ("datadynamics", "metalogix", "msp", "scalix")


def pack_text(vendor: str) -> str:
    return (FOLDER / f"{vendor}.toml").read_text(encoding="utf-8")


@lru_cache
def pack(vendor: str) -> Policy:
    return parse_document(pack_text(vendor), f"{vendor}.toml")


def cell(vendor: str, clock: str = "first_response", **facts: str) -> Cell | None:
    return pack(vendor).cell(clock, Facts(**facts))


def due(
    vendor: str,
    opened: str,
    zone: str,
    clock: str = "first_response",
    scheduled: str | None = None,
    **facts: str,
) -> tuple[str | None, str | None]:
    """Give (goal, commitment) in the wall time of `zone`, the customer's; None = no target."""
    found = cell(vendor, clock, zone=zone, **facts)
    if found is None:
        return None, None
    wanted = wall(zone, scheduled) if scheduled else None
    promised = promise(found.calendar, found.target, wall(zone, opened), scheduled_for=wanted)
    return shown(zone, promised.due_from), shown(zone, promised.due_at)
