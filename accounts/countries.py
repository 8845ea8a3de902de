"""The countries of ISO 3166, as the time zone database lists them."""

from importlib.resources import files


def country_names() -> list[tuple[str, str]]:
    """List every country as its two letters and its English name, by name."""
    text = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    return sorted(
        ((code, f"{name} ({code})") for code, _tab, name in lines), key=lambda one: one[1]
    )
