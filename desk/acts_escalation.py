"""Acts on the case page about hand-overs, SWAT and escalations."""

from desk.act import Act

ACTS: tuple[Act, ...] = ()
