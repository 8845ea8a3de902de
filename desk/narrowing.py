"""What the queue is narrowed and grouped by, in words: chips to take away, columns to choose of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Company, Person, Team
from accounts.numbers import number_in
from accounts.queries import desk_people, teams_of_tiers
from desk.queue_rows import part_name
from desk.words import AXIS_LABELS, GROUP_LABELS, place_text
from entitlements.models import Product, Release
from sla.engine.policy import Policy
from tickets.filters import ME, NOBODY, NOT, TEXT, Address, values_of
from tickets.models import Case
from tickets.queries import OPEN, countable_cases
from tickets.queue import GROUPS
from tickets.tags import all_tags

# The rows that keys of a filter name.
MODELS = {
    "team": Team,
    "owner": Person,
    "product": Product,
    "release": Release,
    "company": Company,
    "contact": Person,
}
TIERS = (1, 2, 3)
# A list to tick is no place for more; a link of the search leads to any customer.
MOST_COMPANIES = 200

Choices = Sequence[tuple[str, str | Promise]]


@dataclass(frozen=True)
class Chip:
    """One value that the queue is narrowed by, and the address without it."""

    text: str
    query: str


@dataclass(frozen=True)
class Option:
    """One value to tick."""

    value: str
    name: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Column:
    """One column to narrow by: any of its values, or none of them. `kept` are other conditions."""

    name: str
    label: str
    options: tuple[Option, ...]
    is_not: bool = False
    kept: str = ""

    @property
    def chosen(self) -> list[str]:
        return [option.name for option in self.options if option.is_chosen]


@dataclass
class Narrowing:
    """The conditions of an address, as its reader is told of them."""

    address: Address
    policy: Policy
    by: Person
    _names: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def chips(self) -> list[Chip]:
        """List every value that the list is narrowed by; a statement for each kind of name."""
        return [
            Chip(self._told(name, value), self.address.without(name, value).query)
            for name, values in self.address.filters.items()
            for value in values_of(name, values)
        ]

    @property
    def text(self) -> str:
        return self.address.filters.get(TEXT, "")

    @property
    def linked(self) -> list[tuple[str, str]]:
        """List the conditions that come from a link, and have no column to tick."""
        return [(name, kept) for name, kept in self.address.filters.items() if name == "contact"]

    @property
    def columns(self) -> list[Column]:
        """List the columns that have something to choose from."""
        found = (self._column(name, list(choices)) for name, choices in self._choices().items())
        return [column for column in found if column.options]

    @property
    def groups(self) -> list[tuple[str, str, str]]:
        """List what the queue can be grouped by: code, name, address. The policy's axes only."""
        codes = [code for code in GROUPS if code not in AXIS_LABELS or self._has(code)]
        links = [(code, str(GROUP_LABELS[code]), self.address.grouped(code)) for code in codes]
        return [(code, name, address.query) for code, name, address in links]

    @property
    def group_name(self) -> str:
        return str(GROUP_LABELS[self.address.group]) if self.address.group else ""

    def _has(self, axis: str) -> bool:
        return bool(self.policy.case_types) if axis == "case_type" else axis in self.policy.axes

    def _told(self, name: str, value: str) -> str:
        if name == TEXT:
            return _("With the words “%(words)s”") % {"words": value}
        column = name.removeprefix(NOT)
        figures = {"column": GROUP_LABELS[column], "value": self._name(column, value)}
        if name.startswith(NOT):
            return _("%(column)s is not: %(value)s") % figures
        return _("%(column)s: %(value)s") % figures

    def _name(self, column: str, value: str) -> str:
        if value == NOBODY:
            if column in ("owner", "contact"):
                return _("nobody")
            return pgettext("team", "none") if column == "team" else _("none")
        if value == ME:
            return _("me")
        if column in MODELS:
            return self._named(column).get(value, value)
        if column in AXIS_LABELS:
            return part_name(self.policy, column, value)
        if column == "plan":
            plan = self.policy.plan(value)
            return plan.name if plan else value
        if column == "status":
            return str(Case.Status(value).label)
        return place_text(int(value), "") if column == "tier" else value

    def _named(self, column: str) -> Mapping[str, str]:
        if column not in self._names:
            filters = self.address.filters
            given = f"{filters.get(column, '')},{filters.get(NOT + column, '')}".split(",")
            keys = (number_in(text) for text in given)
            rows = MODELS[column].objects.filter(pk__in=[key for key in keys if key is not None])
            self._names[column] = {str(row.pk): _name_of(row) for row in rows}
        return self._names[column]

    def _choices(self) -> Mapping[str, Choices]:
        policy = self.policy
        nobody = (NOBODY, _("nobody"))
        levels = {axis: _parts(policy.levels(axis)) for axis in policy.axes}
        releases = Release.objects.select_related("product")
        return {
            **levels,
            "case_type": _parts(policy.case_types),
            "status": Case.Status.choices,
            "owner": [(ME, _("me")), nobody, *_rows(desk_people())],
            "team": [(NOBODY, pgettext("team", "none")), *_rows(teams_of_tiers())],
            "tier": [(str(tier), place_text(tier, "")) for tier in TIERS],
            "company": _rows(self._companies()),
            "plan": _parts(policy.plans),
            "product": _rows(Product.objects.order_by("name")),
            "release": _rows(releases.order_by("product__name", "-version_key")),
            "tag": [(tag.name, tag.name) for tag in all_tags()],
        }

    def _companies(self) -> Iterable[Company]:
        """List the customers with open cases in sight, and those that are chosen already."""
        seen = countable_cases(self.by).filter(OPEN)
        busy = Company.objects.filter(pk__in=seen.values("company"))
        return busy.order_by("name")[:MOST_COMPANIES]

    def _column(self, name: str, choices: Choices) -> Column:
        filters = self.address.filters
        is_not = name not in filters and NOT + name in filters
        given = filters.get(NOT + name if is_not else name, "")
        chosen = given.split(",") if given else []
        listed = {value for value, _label in choices}
        # What was chosen by a link stays to be seen.
        more = [(value, self._name(name, value)) for value in chosen if value not in listed]
        options = [Option(value, str(label), value in chosen) for value, label in (*more, *choices)]
        kept = "" if is_not else filters.get(NOT + name, "")
        return Column(name, str(GROUP_LABELS[name]), tuple(options), is_not, kept)


def _name_of(row: object) -> str:
    return f"{row.product.name} {row.version}" if isinstance(row, Release) else row.name


def _rows(rows: Iterable[object]) -> list[tuple[str, str]]:
    return [(str(row.pk), _name_of(row)) for row in rows]


def _parts(parts: Iterable[object]) -> list[tuple[str, str]]:
    return [(part.code, part.name) for part in parts]
