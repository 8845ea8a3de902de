"""Where the pages of a case are: a page leads to thirty of them, and they differ by its number."""

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

# Stands for the number of a case, and for the key of one of its clocks, in a pattern.
_NUMBER = 987_654_321
_KEY = "key-of-a-clock"


def case_address(name: str, number: int) -> str:
    """Give the address of a page of a case by the name of its route, such as "reply"."""
    return _pattern(name, get_urlconf(), get_script_prefix()).replace(str(_NUMBER), str(number))


def why_address(number: int, key: str) -> str:
    """Give the address at which a clock of a case is explained."""
    pattern = _pattern("why", get_urlconf(), get_script_prefix(), _KEY)
    return pattern.replace(str(_NUMBER), str(number)).replace(_KEY, key)


@lru_cache(maxsize=256)
def _pattern(name: str, urlconf: str | None, prefix: str, *rest: str) -> str:
    """Ask the routes once for each name; they are those of `urlconf` below `prefix`."""
    return reverse(f"desk:{name}", urlconf, args=[_NUMBER, *rest])
