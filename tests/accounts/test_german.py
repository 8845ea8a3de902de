"""German reads as if it had been written in German: a page, a mail and a receipt, word by word."""

import html
import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import polib
import pytest
from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.utils import translation

from accounts.countries import country_names
from accounts.country_words import COUNTRIES
from accounts.models import Person
from accounts.tenancy import tenant
from outbox.delivery import deliver_due
from tests.portal.pages import file_cases
from tests.portal.vendors import open_vendor

# A Sunday, 04:00 in New York: the desk opens on Monday at seven.
SUNDAY = datetime(2083, 6, 6, 8, tzinfo=UTC)

CATALOGUE = f"{settings.BASE_DIR}/locale/de/LC_MESSAGES/django.po"
# Straight quotation marks, blanks too many, the familiar form of address, words that we do not use.
SLOVENLY = re.compile(
    r"\"|'|\.\.\.|\S  |\s[.,;:!?](?:\s|$)|(?i:ticket)|\b(?:du|dein\w*|dich|dir|[Dd]as Desk)\b"
)


@pytest.fixture
def acme(db, set_desk_time):
    """Open a vendor whose contact speaks German, two hours after they have filed a case."""
    set_desk_time(SUNDAY + timedelta(hours=2))
    opened = open_vendor("metalogix")
    with tenant(opened.tenant):
        Person.objects.filter(pk=opened.contact.pk).update(language="de")
    return opened


@pytest.fixture
def case(acme):
    return file_cases(acme, 1, at=SUNDAY, severity="2")[0]


def part(response: HttpResponse, start: str, end: str) -> str:
    """Read the part of a page that lies between two marks, with single blanks."""
    page = response.content.decode()
    inside = page[page.index(start) : page.index(end, page.index(start))]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inside)).split())


def test_case_page_says_in_german_what_is_promised(acme, case, browse):
    page = browse(acme.tenant, acme.contact).get(f"/cases/{case.number}/")

    assert part(page, "<h1", "Warum dieser Zeitpunkt?") == (
        "Case 1 of carla Sie erhalten unsere Antwort bis Mo, 7. Juni 2083, 15:00 EDT "
        "· in 1 Tag 9 h . Was wir zugesagt haben Erste Antwort Läuft "
        "Fällig Mo, 7. Juni 2083, 15:00 EDT · in 1 Tag 9 h"
    )


def test_receipt_tells_in_german_what_counts(acme, case, browse):
    page = browse(acme.tenant, acme.contact).get(f"/cases/{case.number}/why/first_response-1/")

    assert part(page, '<ol class="receipt"', "</ol>") == (
        "So, 6.6. 04:00 bis Mo, 7.6. 07:00: Nichts zählt (geschlossen: Wochenende). "
        "Mo, 7.6. 07:00 bis Mo, 7.6. 15:00: 8 h zählen "
        "(geöffnet Mo 07:00-21:00 America/New_York)."
    )


def test_mail_is_german_from_the_subject_to_the_signature(acme, case):
    deliver_due()

    (letter,) = [one for one in mail.outbox if one.to == ["carla@acme.test"]]
    assert letter.subject == "[MX-1] Wir haben Ihren Fall erhalten: Case 1 of carla"
    assert letter.body.splitlines() == [
        "--- Bitte über dieser Zeile antworten ---",
        "",
        "Guten Tag carla,",
        "",
        "Ihr Fall hat die Nummer MX-1: Case 1 of carla",
        "",
        "Wir antworten bis spätestens Mo, 7. Juni 2083, 15:00 EDT.",
        "",
        "Der Fall: http://metalogix.localhost:8000/cases/1/",
        "",
        "-- ",
        "Metalogix Support, MX-1",
        "Sie können auf diese E-Mail antworten. Steht in der ersten Zeile nur SCHLIESSEN, wird der "
        "Fall geschlossen.",
        "Was wir zusagen: http://metalogix.localhost:8000/policy/",
        "Sie erhalten dies, weil es Ihr Fall ist.",
    ]


def test_no_sentence_of_the_catalogue_is_slovenly():
    texts = [text for entry in polib.pofile(CATALOGUE) for text in words_of(entry)]

    found = [text for text in texts if SLOVENLY.search(re.sub(r"<[^>]*>", "", text))]

    assert found == []


def words_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def test_countries_are_those_of_the_time_zone_database_and_sorted_as_they_are_read():
    lines = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text().splitlines()
    known = dict(line.split("\t") for line in lines if not line.startswith("#"))

    with translation.override("de"):
        german = country_names()

    assert {code: str(name) for code, name in COUNTRIES.items()} == known
    assert german[:3] == [
        ("AF", "Afghanistan (AF)"),
        ("EG", "Ägypten (EG)"),
        ("AX", "Ålandinseln (AX)"),
    ]
