"""The pages of the texts of messages: what there is, what it looks like, what is saved."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from desk.mail_kinds import kinds
from desk.mail_samples import SECRET, Sample, shown_as_given
from escalation.notices import PAGED
from outbox import registry, texts
from outbox.models import OutboxMessage
from outbox.registry import Rendered
from tests.cases import file_case
from tests.packs import publish
from tests.twins import PASSWORD
from tickets.actions.conversation import reply_to_case
from tickets.actions.ending import resolve_case
from tickets.models import Case

# Written for a phone: there is no room for other words.
WITHOUT_OWN_WORDS = {PAGED}
PAGE = ("agent_replied", "customer", "en")


@pytest.fixture
def manager(browse, alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant) as at:
            case = file_case(twin, severity="2")
            reply_to_case(case_id=case.pk, by=twin.agent, body=f"{twin.canary}words", at=at)
    return browse(alpha.tenant, alpha.manager)


def text_of(page):
    return re.sub(r"[ \t]+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def url(*place):
    return reverse("admin:mail_texts_edit", args=place or PAGE)


def test_every_kind_that_leaves_is_described_and_there_is_no_other():
    left = {kind for kind in registry._kinds if not kind.startswith("test")}

    assert left - WITHOUT_OWN_WORDS == set(texts.described()) == {kind for kind, _about in kinds()}


def test_list_names_all_kinds_with_whom_they_go_to(manager):
    page = text_of(manager.get(reverse("admin:mail_texts_list")))

    assert f"{len(texts.described())} kinds of messages leave the desk." in page
    assert "An answer of the desk to customers" in re.sub(r"\s+", " ", page)


def test_text_is_seen_on_the_newest_case_before_it_is_saved(manager, alpha, beta):
    words = {"subject": "{number} for {company}", "body": "Dear {name}\n\n{message}\n{link}"}

    given = text_of(manager.get(url()))
    seen = text_of(manager.post(url(), {**words, "act": "preview"}))
    saved = manager.post(url(), {**words, "why": "Our voice", "act": "save"})
    after = text_of(manager.get(url()))

    assert f"{alpha.canary}words" in given
    assert "So it would arrive" in seen
    assert "TW-1 for cn-alpha-" in seen
    assert "Dear cn-alpha-contact\n\ncn-alpha-words" in seen
    assert saved.status_code == 302
    assert "These are your own words; cn-alpha-manager wrote them last." in after
    assert "Why: Our voice" in after
    assert "own words" in text_of(manager.get(reverse("admin:mail_texts_list"), {"only": "own"}))
    for page in (given, seen, after):
        assert beta.canary not in page


def test_refused_text_keeps_what_was_typed_and_saves_nothing(manager, alpha):
    answer = manager.post(url(), {"subject": "{nubmer}", "body": "Mine {text}", "act": "save"})

    assert answer.status_code == 422
    page = text_of(answer)
    assert "There is no {nubmer} here. There is: {name}," in page
    assert "Mine {text}" in page
    with tenant(alpha.tenant):
        assert texts.own_texts() == {}


def test_given_words_come_back_by_a_button(manager, alpha):
    manager.post(url(), {"subject": "{number}", "body": "{text}", "act": "save"})
    with tenant(alpha.tenant):
        seen = texts.newest_text(*PAGE).pk

    late = manager.post(url(), {"seen": "", "act": "restore"}, follow=True)
    back = manager.post(url(), {"seen": seen, "act": "restore"}, follow=True)

    assert "Somebody else has changed this text meanwhile." in text_of(late)
    assert "These are the given words." in text_of(back)


def test_no_secret_of_a_real_message_is_shown(manager, alpha):
    with tenant(alpha.tenant) as at:
        alpha.contact.set_password(PASSWORD)
        OutboxMessage.objects.create(
            tenant=alpha.tenant,
            kind="registration_accepted",
            recipient=alpha.caller,
            refs={},
            dedupe_key="accepted",
            message_id="<1@test>",
            queued_at=at,
        )

    page = text_of(manager.get(url("registration_accepted", "customer", "en")))

    assert "/account/password/reset/key/(a secret link)/" in page
    assert not SECRET.search(page)


@pytest.mark.parametrize(
    "place", [("no_such", "customer", "en"), ("agent_replied", "desk", "en"), (*PAGE[:2], "tlh")]
)
def test_text_that_there_is_not_is_not_found(manager, place):
    assert manager.get(url(*place)).status_code == 404


def test_question_how_it_was_can_be_asked_in_own_words(manager, alpha):
    with tenant(alpha.tenant) as at:
        resolve_case(case_id=Case.objects.get().pk, by=alpha.agent, solution="Done.", at=at)
    words = {"subject": "{number}", "body": "{link}\nHow was it?\n{ratings}", "act": "preview"}

    page = text_of(manager.post(url("resolved", "customer", "en"), words))

    assert re.search(r"How was it\?\n.+: http\S+/\(a secret link\)/", page)


@pytest.mark.parametrize("behind", ["", "/", ")", ",", "%"])
def test_secret_is_hidden_whatever_stands_behind_it(alpha, behind):
    body = f"(http://alpha.test/rate/eyJhbGciOiJIUzI1NiJ9:1x{behind}"

    shown = shown_as_given(Sample(alpha.contact, Rendered("s", body, reason=""), None))

    assert shown.body == f"(http://alpha.test/rate/(a secret link){behind}"


def test_number_that_is_no_key_restores_nothing(manager, alpha):
    answer = manager.post(url(), {"act": "restore", "seen": "9" * 5_000})

    assert answer.status_code == 302
