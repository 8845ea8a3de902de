"""Acts on the case page about files, diagnostics and consent."""

from desk.act import Act

ACTS: tuple[Act, ...] = ()
