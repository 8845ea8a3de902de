"""Acts on the case page about questions, links, merges and incidents."""

from desk.act import Act

ACTS: tuple[Act, ...] = ()
