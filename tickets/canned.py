"""Canned replies: texts for reuse, with fixed placeholders and no language of any kind in them.

A placeholder is a name of the list below in braces. All are replaced in one pass, so that what a
customer has written into a subject is never taken for one.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from accounts.zones import moment_text
from tickets.errors import NothingSaid
from tickets.models import Case
from tickets.teamwork_errors import (
    IsOfOneCustomer,
    PlaceholderLeft,
    TextTooLong,
    TitleTaken,
    UnknownPlaceholder,
)
from tickets.teamwork_models import CannedReply
from tickets.timeline import Timeline, load_timelines, moment
from tickets.wording import display_number, next_promise

LONGEST_TEXT = 20_000
LONGEST_TITLE = 100
PLACEHOLDER = re.compile(r"\{([A-Za-z0-9_.]{1,40})\}")

PLACEHOLDERS = {
    "contact": _("name of the contact"),
    "company": _("name of the company"),
    "number": _("number of the case"),
    "subject": _("subject of the case"),
    "product": _("product of the case"),
    "agent": _("your name"),
    "team": _("team that has the case"),
    "promise": _("until when the next answer is promised, on the customer's clock"),
}


# What is true of one customer only: never said to the customers of an incident at once.
OF_ONE = frozenset({"contact", "company", "number", "subject", "promise"})


@dataclass(frozen=True)
class Filled:
    """A text with its values put in; `missing` are the placeholders that have none here.

    `of_one` are those that were left as they are since the text goes to several customers.
    """

    text: str
    missing: tuple[str, ...] = ()
    of_one: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse to say to several customers what is one's own. Raises IsOfOneCustomer."""
        if self.of_one:
            raise IsOfOneCustomer(names=", ".join(self.of_one))


def canned_for(person: Person) -> list[CannedReply]:
    """List the texts that a person may use, by title: their own and the shared ones."""
    return list(_usable(person).order_by("title", "pk"))


def access_canned(person: Person, canned_id: int) -> CannedReply:
    """Find a text that a person may use. Raises NotFound for none and for not theirs alike."""
    found = _usable(person).filter(pk=canned_id).first()
    if found is None:
        raise NotFound
    return found


def may_change(person: Person, owner_id: int | None) -> bool:
    """Tell whether a person may change what is owned by that person, or shared (None)."""
    return person.may("share_texts") if owner_id is None else owner_id == person.pk


def check_text(text: str, *, field: str = "body") -> str:
    """Check a text for reuse and give it without blanks around it.

    Raises NothingSaid, TextTooLong, UnknownPlaceholder.
    """
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise NothingSaid(field=field)
    if len(words) > LONGEST_TEXT:
        raise TextTooLong(field=field, most=LONGEST_TEXT)
    unknown = dict.fromkeys(name for name in PLACEHOLDER.findall(words) if name not in PLACEHOLDERS)
    if unknown:
        raise UnknownPlaceholder(field=field, names=_braced(unknown), known=_braced(PLACEHOLDERS))
    return words


def refuse_left(text: str, *, field: str = "body") -> None:
    """Refuse to send words in which a placeholder still stands. Raises PlaceholderLeft."""
    left = dict.fromkeys(name for name in PLACEHOLDER.findall(text) if name in PLACEHOLDERS)
    if left:
        raise PlaceholderLeft(field=field, names=_braced(left))


def fill(
    text: str,
    case: Case,
    *,
    by: Person,
    goes_on: bool = False,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Filled:
    """Put what the case says into a text. A placeholder that has no value here stays as it is.

    `goes_on`: on an incident the text goes on to the customers of other cases, so what is true of
    one customer only is not put in. `known` are values that were read before, by placeholder.
    """
    used = dict.fromkeys(name for name in PLACEHOLDER.findall(text) if name in PLACEHOLDERS)
    kept = OF_ONE if goes_on and case.is_incident else frozenset()
    values = {
        name: known[name] if name in known else _VALUES[name](case, by)
        for name in used
        if name not in kept
    }

    def value_of(found: re.Match[str]) -> str:
        return values.get(found[1]) or found[0]

    missing = tuple(f"{{{name}}}" for name, value in values.items() if not value)
    of_one = tuple(f"{{{name}}}" for name in used if name in kept)
    return Filled(PLACEHOLDER.sub(value_of, text), missing, of_one)


@transaction.atomic
def save_canned(
    *,
    canned_id: int | None,
    title: str,
    body: str,
    is_shared: bool,
    by: Person,
    at: datetime,
) -> CannedReply:
    """Write a text for reuse, or change one. Raises NotAllowed, NotFound, TitleTaken, NothingSaid,
    TextTooLong, UnknownPlaceholder.
    """
    canned = access_canned(by, canned_id) if canned_id else CannedReply(tenant_id=_tenant())
    owner_id = None if is_shared else by.pk
    if (canned_id and not may_change(by, canned.owner_id)) or not may_change(by, owner_id):
        raise NotAllowed
    canned.title, canned.body = check_title(title), check_text(body)
    canned.owner_id, canned.changed_at = owner_id, at
    same = CannedReply.objects.filter(owner=owner_id, title=canned.title).exclude(pk=canned.pk)
    if same.exists():
        raise TitleTaken(field="title", name=canned.title)
    canned.save()
    return canned


@transaction.atomic
def delete_canned(*, canned_id: int, by: Person) -> None:
    """Throw a text away. Raises NotAllowed, NotFound."""
    canned = access_canned(by, canned_id)
    if not may_change(by, canned.owner_id):
        raise NotAllowed
    canned.delete()


def check_title(title: str) -> str:
    """Check the name of a text, a macro or a view. Raises NothingSaid, TextTooLong."""
    words = " ".join(title.split())
    if not words:
        raise NothingSaid(field="title")
    if len(words) > LONGEST_TITLE:
        raise TextTooLong(field="title", most=LONGEST_TITLE)
    return words


def _usable(person: Person) -> QuerySet[CannedReply]:
    return CannedReply.objects.filter(Q(owner=None) | Q(owner=person))


def _tenant() -> int:
    return current_tenant_id()


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def promises_of(cases: Sequence[Case]) -> dict[int, str]:
    """Say until when the next answer on each of some cases is promised; "" where none is.

    On the customer's clock. As many statements for many cases as for one.
    """
    return {line.case.pk: _promised(line) for line in load_timelines(cases)}


def _promised(timeline: Timeline) -> str:
    owed = next_promise(timeline.state())
    due_at = moment(owed.due_at) if owed else None
    return moment_text(due_at, timeline.case.time_zone) if due_at else ""


_VALUES: Mapping[str, Callable[[Case, Person], str]] = {
    "contact": lambda case, by: case.contact.name,
    "company": lambda case, by: case.company.name,
    "number": lambda case, by: display_number(case),
    "subject": lambda case, by: case.subject,
    "product": lambda case, by: case.product.name if case.product else "",
    "agent": lambda case, by: by.name,
    "team": lambda case, by: case.team.name if case.team else "",
    "promise": lambda case, by: promises_of([case])[case.pk],
}
