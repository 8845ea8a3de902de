"""What the queue is narrowed by: several values of several columns, each wanted or not, and words.

A filter is `name: "value,value"`; `not_` before the name turns it round. What an address says is
read here, checked, and written again always in the same way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlencode

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from accounts.models import Person
from tickets.models import Case
from tickets.queue import GROUPS
from tickets.teamwork_models import CaseTag

# By code, by key, by name.
CODES = ("severity", "priority", "case_type", "plan", "status", "tier")
KEYS = ("team", "owner", "product", "release", "company", "contact")
TAG, TEXT = "tag", "text"
COLUMNS = (*CODES, *KEYS, TAG)
NOT = "not_"
# The choice of a form between wanted and not: severity_is=not.
IS = "_is"
NOBODY, ME = "none", "me"
MOST_VALUES = 20
LONGEST_VALUE = 40
LONGEST_TEXT = 200
# Of so many cases with the words, the newest, those are kept that the rest lets through.
MOST_WITH_WORDS = 2_000

Asked = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Address:
    """What the address of the queue says: its view, what narrows it, and what groups it."""

    view: str = "open"
    filters: Mapping[str, str] = field(default_factory=dict)
    group: str = ""

    @property
    def query(self) -> str:
        """Write the address, always in the same order."""
        group = {"group": self.group} if self.group else {}
        named = {"view": self.view, **dict(sorted(self.filters.items())), **group}
        return urlencode(named, safe=",")

    def without(self, name: str, value: str) -> "Address":
        """Give the address without one value of a filter."""
        left = [one for one in values_of(name, self.filters[name]) if one != value]
        others = {other: kept for other, kept in self.filters.items() if other != name}
        return replace(self, filters=others | ({name: ",".join(left)} if left else {}))

    @property
    def ungrouped(self) -> "Address":
        return self.grouped("")

    def grouped(self, group: str) -> "Address":
        return replace(self, group=group)


def read_address(asked: Asked) -> Address:
    """Take from an address what the queue knows of; a group that there is not is none."""
    group = _last(asked, "group")
    return Address(
        view=_last(asked, "view") or "open",
        filters=read_filters(asked),
        group=group if group in GROUPS else "",
    )


def address_of(query: str) -> Address:
    """Read the query string that `Address.query` writes."""
    return read_address(parse_qs(query))


def read_filters(asked: Asked) -> dict[str, str]:
    """Take from an address what the queue can be narrowed by; what cannot be is left out.

    Several values come with commas or as several fields of one name.
    """
    found = {}
    for name in COLUMNS:
        turned = _last(asked, f"{name}{IS}") == "not"
        wanted, unwanted = (
            _sound(name, asked.get(name, ())),
            _sound(name, asked.get(NOT + name, ())),
        )
        if turned:
            wanted, unwanted = (), (*wanted, *unwanted)
        found[name] = ",".join(wanted)
        found[NOT + name] = ",".join(dict.fromkeys(unwanted))
    found[TEXT] = " ".join(_last(asked, TEXT).replace("\x00", " ").split())[:LONGEST_TEXT]
    return {name: value for name, value in found.items() if value}


def is_plain(asked: Asked, address: Address) -> bool:
    """Tell whether an address is written as `Address.query` writes it, pages and marks aside."""
    plain = parse_qs(address.query)
    given = {name: values for name, values in asked.items() if name in plain or _is_ours(name)}
    return {"view": ["open"], **given} == plain


def narrowed_by(filters: Mapping[str, str], by: Person) -> Q:
    """Make a condition on cases of filters that `read_filters` gave; "me" is `by`."""
    condition = Q()
    for name, value in filters.items():
        wanted = _one_of(name.removeprefix(NOT), values_of(name, value), by)
        condition &= ~wanted if name.startswith(NOT) else wanted
    return condition


def values_of(name: str, value: str) -> list[str]:
    """Split the values of a filter; words are one."""
    return [value] if name == TEXT else value.split(",")


def _one_of(name: str, values: Sequence[str], by: Person) -> Q:
    if name == TEXT:
        return _has_words(values[0], by)
    if name == TAG:
        return Q(Exists(CaseTag.objects.filter(case=OuterRef("pk"), tag__name__in=values)))
    if name in KEYS:
        keys = [by.pk if value == ME else int(value) for value in values if value != NOBODY]
        nobody = Q(**{f"{name}__isnull": True}) if NOBODY in values else Q()
        return Q(**{f"{name}__in": keys}) | nobody if keys else nobody
    return Q(**{f"{name}__in": values})


def _has_words(text: str, by: Person) -> Q:
    """Ask the look-up of the search, in the same statement; who sees what is asked elsewhere."""
    assert by.may("use_desk")
    found = RawSQL(
        "SELECT case_id FROM search_cases(%s, true, NULL, NULL, %s, '{}'::bigint[])",
        [text, MOST_WITH_WORDS],
    )
    return Q(pk__in=found)


def _sound(name: str, given: Iterable[str]) -> tuple[str, ...]:
    values = [part.strip()[:LONGEST_VALUE] for one in given for part in one.split(",")]
    sound = [value for value in values if value and _is_sound(name, value)]
    return tuple(dict.fromkeys(sound))[:MOST_VALUES]


def _is_sound(name: str, value: str) -> bool:
    is_number = value.isascii() and value.isdecimal() and len(value) < 18
    if name in KEYS:
        return is_number or value == NOBODY or (name == "owner" and value == ME)
    if name == "tier":
        return value in ("1", "2", "3")
    if name == "status":
        return value in Case.Status.values
    return "\x00" not in value


def _is_ours(name: str) -> bool:
    base = name.removeprefix(NOT).removesuffix(IS)
    return base in COLUMNS or name in (TEXT, "group", "view")


def _last(asked: Asked, name: str) -> str:
    values = asked.get(name)
    return values[-1].strip() if values else ""
