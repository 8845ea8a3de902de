"""Search over cases, companies and people. See migrations 0021 and 0022 for the words of cases.

What is found is joined to the cases that the person may see, and what is shown of it is read from
what they may read: a customer's search has not looked at a word of the desk's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case as Case_
from django.db.models import Q, Value, When
from django.db.models.functions import Left

from accounts.models import Company, Person
from tickets.models import Case, InternalNote, Message
from tickets.queries import visible_cases

# MX-1042, mx 1042, #1042 or 1042.
NUMBER = re.compile(r"([A-Za-z]{0,8})[\s#-]*(\d{1,9})")
MOST_FOUND = 200
MOST_SHOWN = 25
MOST_BESIDE = 5
LONGEST_ASKED = 200
# Of each text only the beginning is looked through for a passage to show.
READ_OF_TEXT = 20_000
AROUND = 70


@dataclass(frozen=True)
class Hit:
    """A case that was found. `passage` is told in pieces, of which some are what was looked for."""

    case: Case
    passage: tuple[tuple[str, bool], ...]
    is_inside: bool = False


@dataclass(frozen=True)
class Found:
    """What a search found; `is_cut` says that there are more cases than are shown."""

    asked: str
    hits: tuple[Hit, ...] = ()
    companies: tuple[Company, ...] = ()
    people: tuple[Person, ...] = ()
    is_cut: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.hits or self.companies or self.people)


def search(person: Person, text: str) -> Found:
    """Look for cases that a person may see; for the desk also for companies and people.

    By number, or by the beginnings of words in subject and messages, names of company and contact,
    and for the desk in notes and tags; the case of that number first, then those of the contact
    whose address it is, then those whose subject has the words, then the newest.
    """
    asked = " ".join(text.replace("\x00", " ").split())[:LONGEST_ASKED]
    if not any(letter.isalnum() for letter in asked):
        return Found(asked)
    cases = _cases(person, asked)
    return Found(
        asked,
        hits=tuple(_hits(person, cases[:MOST_SHOWN], terms_of(asked))),
        companies=tuple(_companies(person, asked)),
        people=tuple(_people(person, asked)),
        is_cut=len(cases) > MOST_SHOWN,
    )


def case_number(person: Person, text: str) -> int | None:
    """Read the number of a case as it is said at this desk; None where it is none of its."""
    match = NUMBER.fullmatch(text.strip())
    prefix = person.tenant.case_prefix
    if match is None or (match[1] and match[1].casefold() != prefix.casefold()):
        return None
    return int(match[2])


def terms_of(asked: str) -> list[str]:
    """Split what is looked for into words, the longest first."""
    return sorted({*re.findall(r"\w+", asked.casefold())}, key=len, reverse=True)


def _cases(person: Person, asked: str) -> list[Case]:
    """List what was found in its order, one more than is shown."""
    number, terms = case_number(person, asked), terms_of(asked)
    wanted = Q(pk__in=_found_ids(person, asked))
    if number is not None:
        wanted |= Q(number=number)
    address = asked.casefold() if "@" in asked else ""
    if address:
        wanted |= Q(contact__email__iexact=address)
    seen = visible_cases(person).filter(wanted)

    def rank(found: tuple[int, int, str, str]) -> tuple[bool, bool, bool]:
        _key, its_number, subject, email = found
        is_theirs = bool(address) and email.casefold() == address
        has_words = all(term in subject.casefold() for term in terms)
        return its_number != number, not is_theirs, not has_words

    # Only what is shown is read whole.
    columns = ("pk", "number", "subject", "contact__email")
    # The cases of the address itself are among those that are ranked, however old they are.
    is_theirs = When(contact__email__iexact=address, then=Value(0))
    first = [Case_(is_theirs, default=Value(1))] if address else []
    newest = seen.order_by(*first, "-pk")
    found = newest.values_list(*columns)[:MOST_FOUND]
    order = [key for key, *_rest in sorted(found, key=rank)[: MOST_SHOWN + 1]]
    related = ("company", "contact", "owner", "team")
    cases = {case.pk: case for case in seen.filter(pk__in=order).select_related(*related)}
    return [cases[key] for key in order]


def _found_ids(person: Person, asked: str) -> list[int]:
    """Ask the one function that looks words up (a definer function): keys, newest first."""
    is_desk = person.may("use_desk")
    company = person.company_id if person.may("read_company_cases") and not is_desk else None
    contact = None if is_desk or company is not None else person.pk
    closed = _closed_to(person) if is_desk else []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id FROM search_cases(%s, %s, %s, %s, %s, %s::bigint[])",
            [asked, is_desk, company, contact, MOST_FOUND, closed],
        )
        return [case_id for (case_id,) in cursor.fetchall()]


def _closed_to(person: Person) -> list[int]:
    """List the restricted cases that somebody of the desk may not see; they are few.

    Else the newest that are found, of which there are so many at most, could all be such.
    """
    if person.may("see_restricted"):
        return []
    seen = visible_cases(person).filter(is_restricted=True).values_list("pk", flat=True)
    restricted = Case.objects.filter(is_restricted=True).values_list("pk", flat=True)
    return sorted({*restricted} - {*seen})


def _companies(person: Person, asked: str) -> Iterable[Company]:
    if not person.may("use_desk"):
        return []
    return Company.objects.filter(_has_all("name", asked)).order_by("name")[:MOST_BESIDE]


def _people(person: Person, asked: str) -> Iterable[Person]:
    if not person.may("use_desk"):
        return []
    contacts = Person.objects.filter(company__isnull=False, is_active=True)
    found = contacts.filter(_has_all("name", asked) | Q(email__icontains=asked))
    return found.select_related("company").order_by("name")[:MOST_BESIDE]


def _has_all(field: str, asked: str) -> Q:
    condition = Q()
    for term in asked.split():
        condition &= Q(**{f"{field}__icontains": term})
    return condition


def _hits(person: Person, cases: list[Case], terms: list[str]) -> Iterable[Hit]:
    said = _texts(Message, cases)
    inside = _texts(InternalNote, cases) if person.may("use_desk") else {}
    for case in cases:
        passage = _passage(said.get(case.pk, []), terms)
        if passage:
            yield Hit(case, passage)
            continue
        noted = _passage(inside.get(case.pk, []), terms)
        yield Hit(case, noted, is_inside=bool(noted))


def _texts(model: type[Message | InternalNote], cases: list[Case]) -> dict[int, list[str]]:
    rows = model.objects.filter(case__in=cases).order_by("pk")
    texts: dict[int, list[str]] = {}
    for case_id, body in rows.annotate(begin=Left("body", READ_OF_TEXT)).values_list(
        "case_id", "begin"
    ):
        texts.setdefault(case_id, []).append(body)
    return texts


def _passage(texts: list[str], terms: list[str]) -> tuple[tuple[str, bool], ...]:
    """Cut the passage around the first place where a word begins as one that is looked for."""
    begun = re.compile("|".join(rf"\b{re.escape(term)}" for term in terms), re.IGNORECASE)
    for text in texts:
        place = begun.search(text)
        if place is not None:
            return tuple(_pieces(_around(text, place), begun))
    return ()


def _around(text: str, place: re.Match[str]) -> str:
    first, last = max(0, place.start() - AROUND), min(len(text), place.end() + 2 * AROUND)
    cut = " ".join(text[first:last].split())
    return f"{'… ' if first else ''}{cut}{' …' if last < len(text) else ''}"


def _pieces(text: str, begun: re.Pattern[str]) -> Iterable[tuple[str, bool]]:
    done = 0
    for place in begun.finditer(text):
        if place.start() > done:
            yield text[done : place.start()], False
        yield place[0], True
        done = place.end()
    if done < len(text):
        yield text[done:], False
