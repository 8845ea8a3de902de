"""German dates. A page names a date by its English form, as it names a sentence: `j M Y`."""

import re

# Here the day of the month is an ordinal number, and a point says so; months are written out, and
# a comma stands behind the day of the week: So, 3. März 2026. The short form of tables, which has
# no year, takes the number of the month: So, 3.3. 14:00; so does a label of a drawing, which is
# asked for with a no-break space: 3.3.
DAY_OF_MONTH = re.compile(r"\bj\b")
GERMAN = (
    (re.compile(r"\bj M (?=H:i)"), "j.n. "),
    (re.compile("\\bj\N{NO-BREAK SPACE}M\\b"), "j.n."),
    (re.compile(r"\bj(?= [MF]|$)"), "j."),
    (re.compile(r"\bM\b"), "F"),
    (re.compile(r"\b([Dl]) (?=j)"), r"\1, "),
)

DATE_FORMAT = "j. F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j. F Y, H:i"
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
    if name.isupper() or not DAY_OF_MONTH.search(name):
        raise AttributeError(name)
    for english, german in GERMAN:
        name = english.sub(german, name)
    return name
