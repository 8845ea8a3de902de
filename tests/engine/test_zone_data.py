"""What the engine takes for granted about time zones, checked against the data as published."""

import struct
from importlib import resources
from itertools import pairwise

from sla.engine.walltime import FIRST_INSTANT, MAX_OFFSET_SECONDS, PROBE_SECONDS

HEADER = struct.Struct(">4s1s15x6l")


def all_zones() -> list[str]:
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return [zone for zone in listed.split() if zone != "Factory"]


def changes_of(zone: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Read (instant, offset from then on) and all offsets from the second block of a zone file."""
    data = resources.files("tzdata.zoneinfo").joinpath(*zone.split("/")).read_bytes()
    _, _, utc, std, leap, times, types, chars = HEADER.unpack_from(data)
    start = HEADER.size + times * 5 + types * 6 + chars + leap * 8 + std + utc
    _, _, _, _, _, times, types, _ = HEADER.unpack_from(data, start)
    start += HEADER.size
    instants = struct.unpack_from(f">{times}q", data, start)
    kinds = struct.unpack_from(f">{times}B", data, start + times * 8)
    offsets = [
        struct.unpack_from(">l", data, start + times * 9 + number * 6)[0] for number in range(types)
    ]
    changes, before = [], offsets[0]
    for instant, kind in zip(instants, kinds, strict=True):
        if offsets[kind] != before:
            changes.append((instant, offsets[kind]))
        before = offsets[kind]
    return changes, offsets


def test_no_zone_changes_its_offset_twice_between_two_probes():
    spans = {
        zone: later[0] - earlier[0]
        for zone in all_zones()
        for earlier, later in pairwise(changes_of(zone)[0])
        if later[0] >= FIRST_INSTANT and later[0] - earlier[0] < PROBE_SECONDS
    }

    assert spans == {}


def test_no_wall_clock_is_a_day_from_utc():
    assert max(abs(each) for zone in all_zones() for each in changes_of(zone)[1]) < (
        MAX_OFFSET_SECONDS
    )
