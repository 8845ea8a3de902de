"""German dates. A page names a date by its English form, as it names a sentence: `j M Y`."""

import re

# Here the day of the month is an ordinal number, and a point says so: 3. Mai 2026.
DAY_OF_MONTH = re.compile(r"\bj\b")

DATE_FORMAT = "j. M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j. M Y, H:i"
MONTH_DAY_FORMAT = "j. F"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i"
FIRST_DAY_OF_WEEK = 1
# The first one is what a form writes: a browser's own date picker takes no other.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M"]


def __getattr__(name: str) -> str:
    """Give the German form of an English one; `django.utils.formats` asks for it by its letters.

    Raises AttributeError for what names no day of a month.
    """
    form = DAY_OF_MONTH.sub("j.", name)
    if form == name or name.isupper():
        raise AttributeError(name)
    return form
