"""Acts on the case page about levels, triage and routing."""

from desk.act import Act

ACTS: tuple[Act, ...] = ()
