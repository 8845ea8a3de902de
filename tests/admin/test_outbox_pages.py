"""What left and what did not, to whom, and what a recipient would get."""

import re

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from tests.cases import file_case
from tests.packs import publish
from tickets.actions.conversation import reply_to_case
from tickets.models import Case

HASHED = re.compile(r"style-src 'unsafe-hashes'( 'sha256-[A-Za-z0-9+/]{43}=')+;")


@pytest.fixture
def messages(alpha, beta):
    found = {}
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant) as at:
            case = file_case(twin, severity="2")
            reply_to_case(case_id=case.pk, by=twin.agent, body=f"{twin.canary}words", at=at)
            rows = OutboxMessage.objects.filter(kind="agent_replied")
            rows.update(state="sent", sent_at=at)
            found[twin.canary] = rows.get()
    return found


@pytest.fixture
def manager(browse, alpha):
    return browse(alpha.tenant, alpha.manager)


def test_what_was_sent_is_found_by_its_recipient(manager, messages, alpha, beta):
    page = reverse("admin:unsent")

    found = manager.get(page, {"only": "sent", "to": alpha.contact.email[:7].upper()})
    other = manager.get(page, {"only": "sent", "to": "nobody@else.test\0"})

    assert alpha.contact.email in found.content.decode()
    assert beta.canary not in found.content.decode()
    assert "There is none to “nobody@else.test”." in other.content.decode()


def test_a_message_shows_what_its_recipient_would_get_in_both_forms(manager, messages, alpha):
    address = reverse("admin:message", args=[messages[alpha.canary].pk])

    page = manager.get(address).content.decode()
    html = manager.get(f"{address}html/")

    assert f"{alpha.canary}words" in page
    assert "You get this because it is your case." in page
    assert f"{alpha.canary}words" in html.content.decode()
    assert HASHED.search(html["Content-Security-Policy"])
    assert "default-src 'none'" in html["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in html["Content-Security-Policy"]
    assert html["X-Frame-Options"] == "SAMEORIGIN"


def test_what_is_about_a_restricted_case_is_not_shown_to_who_may_not_see_it(
    browse, messages, alpha
):
    manager = browse(alpha.tenant, alpha.manager)
    row = messages[alpha.canary]
    with tenant(alpha.tenant):
        OutboxMessage.objects.filter(pk=row.pk).update(refs={"batch": 1})
        Case.objects.update(subject="cn-secret")

    page = manager.get(reverse("admin:message", args=[row.pk])).content.decode()
    html = manager.get(reverse("admin:message_html", args=[row.pk])).content.decode()

    assert "cn-secret" not in page + html
    assert "What it says is not shown to you" in page


def test_links_by_which_a_recipient_acts_are_not_shown(manager, messages, alpha):
    with tenant(alpha.tenant) as at:
        alpha.contact.set_unusable_password()
        alpha.contact.save(update_fields=["password"])
        row = OutboxMessage.objects.create(
            tenant=alpha.tenant,
            kind="registration_accepted",
            recipient=alpha.contact,
            dedupe_key="a",
            message_id="<a@test>",
            queued_at=at,
        )

    page = manager.get(reverse("admin:message", args=[row.pk])).content.decode()
    html = manager.get(reverse("admin:message_html", args=[row.pk])).content.decode()

    assert "(a secret link)" in page and "secret link)" in html
    assert "/set-password" not in page + html


def test_a_message_that_would_not_leave_says_why(manager, messages, alpha):
    row = messages[alpha.canary]
    with tenant(alpha.tenant):
        alpha.contact.is_active = False
        alpha.contact.save(update_fields=["is_active"])

    page = manager.get(reverse("admin:message", args=[row.pk])).content.decode()

    assert "The recipient is no longer active." in page


def test_own_words_are_seen_in_html_before_they_are_saved(manager, messages):
    address = reverse("admin:mail_texts_html", args=["agent_replied", "customer", "en"])
    words = {"subject": "S", "body": "Dear {name}, see <b>: {message} {link}", "seen": ""}

    typed = manager.post(address, words).content.decode()
    given = manager.get(address).content.decode()

    assert "Dear cn-alpha-contact, see &lt;b&gt;: cn-alpha-words" in typed
    assert "see &lt;b&gt;" not in given and "cn-alpha-words" in given
