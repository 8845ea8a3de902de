"""Customers read the texts of the policy in their language; promises and what is kept know none."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Person
from accounts.tenancy import tenant
from outbox.delivery import deliver_due
from sla.queries import current_policy
from tests.portal.pages import all_cases, fill_in, send, words
from tickets.actions.conversation import ask_customer
from tickets.models import QuestionItem, StoredClock

GERMAN = "Eine wichtige Funktion fällt aus"
ENGLISH = "An important function fails"
LINE = "Log files and screen shots, never a password"
LINE_IN_GERMAN = "Protokolldateien und Bildschirmfotos, niemals ein Passwort"


def speak_german(world, person):
    with tenant(world.tenant):
        Person.objects.filter(pk=person.pk).update(language="de")


def test_german_customer_reads_german_and_the_colleague_the_original(vendor, browse):
    world = vendor("datadynamics")
    speak_german(world, world.contact)
    german, english = (browse(world.tenant, person) for person in (world.contact, world.colleague))

    for client in (german, english):
        fill_in(client, "datadynamics")
        form = words(client.get("/file/severity/"))
        policy = words(client.get("/policy/"))
        checked = words(client.get("/file/check/"))
        send(client)
        is_german = client is german
        assert (GERMAN in form, ENGLISH in form) == (is_german, not is_german)
        assert (GERMAN in policy, ENGLISH in policy) == (is_german, not is_german)
        assert ("Unabhängigkeitstag" in policy) == is_german
        assert ("Schweregrad 2 – hoch" in checked) == is_german

    one, other = all_cases(world)
    with tenant(world.tenant):
        clocks = [
            sorted(StoredClock.objects.filter(case=case).values_list("kind", "need_seconds"))
            for case in (one, other)
        ]
        payloads = [case.events.get(kind="case_opened").payload for case in (one, other)]
    assert clocks[0] == clocks[1]
    assert payloads[0] == payloads[1]
    pages = [
        words(german.get(f"/cases/{one.number}/")),
        words(english.get(f"/cases/{other.number}/")),
    ]
    assert ["Schweregrad 2 – hoch" in page for page in pages] == [True, False]
    assert ["Severity Level 2 - High" in page for page in pages] == [False, True]


def test_line_of_a_question_is_kept_as_the_policy_has_it_and_told_as_read(vendor, browse):
    world = vendor("datadynamics")
    speak_german(world, world.contact)
    client = browse(world.tenant, world.contact)
    fill_in(client, "datadynamics")
    send(client)
    (case,) = all_cases(world)
    with tenant(world.tenant) as at, translation.override("de"):
        asked = [LINE_IN_GERMAN, "Noch etwas"]
        ask_customer(case_id=case.pk, by=world.agent, question="Was noch?", items=asked, at=at)
        kept = list(QuestionItem.objects.order_by("position").values_list("words", flat=True))

    deliver_due()

    assert kept == [LINE, "Noch etwas"]
    assert LINE_IN_GERMAN in words(client.get(f"/cases/{case.number}/"))
    letters = [letter.body for letter in mail.outbox if "Was noch?" in letter.body]
    assert letters and all(f"- {LINE_IN_GERMAN}" in body for body in letters)


@pytest.mark.parametrize("path", ["/policy/", "/file/severity/", "/plan/"])
def test_another_language_adds_no_statements(vendor, browse, path):
    world = vendor("datadynamics")
    client = browse(world.tenant, world.contact)
    fill_in(client, "datadynamics")

    counted = {}
    for language in ("en", "de", "en", "de"):
        with tenant(world.tenant):
            Person.objects.filter(pk=world.contact.pk).update(language=language)
        with CaptureQueriesContext(
            connection,
        ) as statements:
            assert client.get(path).status_code == 200
        counted[language] = len(statements)

    assert counted["en"] == counted["de"]


def test_policy_comes_in_the_language_of_the_moment(vendor):
    world = vendor("metalogix")

    with tenant(world.tenant) as at:
        english = current_policy(at)
        with translation.override("de-at"):
            german = current_policy(at)
        with translation.override("fr"):
            french = current_policy(at)

    assert english.policy is english.original is german.original is french.policy
    assert german.policy.severities[1].name == "Schweregrad 2 (hoch)"
    assert german.policy.plan("premium").code == "premium"


@pytest.mark.parametrize(
    ("place", "goes_to"),
    [
        ("/policy/?all=1", "/policy/?all=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("", "/"),
    ],
)
def test_stranger_switches_the_language_and_stays_on_the_page(vendor, browse, place, goes_to):
    world = vendor("datadynamics")
    client = browse(world.tenant)
    before = client.get("/policy/")

    answer = client.post("/language/", {"language": "de", "next": place})
    after = client.get("/policy/")

    assert (answer.status_code, answer["Location"]) == (302, goes_to)
    assert [page.headers["Content-Language"] for page in (before, after)] == ["en", "de"]
    assert '<html lang="de">' in after.content.decode()
    assert (GERMAN in words(before), GERMAN in words(after)) == (False, True)
    assert client.post("/language/", {"language": "tlh"}).status_code == 404


def test_who_is_signed_in_keeps_the_language_everywhere(vendor, browse, settings):
    world = vendor("datadynamics")
    client = browse(world.tenant, world.contact)

    client.post("/language/", {"language": "de", "next": "/plan/"})

    with tenant(world.tenant):
        assert Person.objects.get(pk=world.contact.pk).language == "de"
        assert Person.objects.get(pk=world.colleague.pk).language == "en"
    page = browse(world.tenant, world.contact).get("/plan/?x=1")
    assert page.headers["Content-Language"] == "de"
    offered = re.search(r'action="/language/".*?</form>', page.content.decode(), re.S)[0]
    assert 'name="next" value="/plan/?x=1"' in offered
    assert re.findall(r'value="(\w\w)" lang="\w\w"( aria-current="true")?', offered) == [
        ("en", ""),
        ("de", ' aria-current="true"'),
    ]
    settings.LANGUAGES = settings.LANGUAGES[:1]
    assert "/language/" not in client.get("/plan/").content.decode()
