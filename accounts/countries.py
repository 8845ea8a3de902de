"""The countries of ISO 3166, named in the language of who reads them."""

import unicodedata

from accounts.country_words import COUNTRIES


def country_names() -> list[tuple[str, str]]:
    """List every country as its two letters and its name, by name; for now, not for later."""
    named = ((code, f"{name} ({code})") for code, name in COUNTRIES.items())
    return sorted(named, key=lambda one: _plain(one[1]))


def _plain(name: str) -> str:
    """Strip the accents, so that Ägypten stands with the other names in A."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
