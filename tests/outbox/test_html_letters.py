"""A message in HTML says what its text does, and fetches nothing."""

import email
import re
from email import policy

import pytest
from django.core import mail

from accounts.models import Brand
from accounts.tenancy import tenant
from mailbox.parsing.markup import as_text, cleaned
from outbox.delivery import deliver_due
from outbox.html_letters import html_letter, read_words
from outbox.queries import mailbox
from outbox.registry import Rendered, register

SITE = "http://alpha.localhost:8000"
BODY = f"""--- Please reply above this line ---

Hello Ann <b>,

we have answered & more:
> Which one?
> The red one.

- first, see https://x.example/a.
  and on
- second

  set in
The case: {SITE}/cases/7/
The case: {SITE}.evil.example/

Read it: {SITE}/cases/7/

-- 
Alpha, A-7
You get this because it is your case.
"""


@pytest.fixture
def site(settings):
    settings.SITE_SCHEME, settings.SITE_PORT, settings.BASE_HOST = "http", ":8000", "localhost"


def letter(alpha, body: str = BODY) -> str:
    with tenant(alpha.tenant):
        return html_letter(alpha.tenant, "A <subject>", body)


def test_everything_of_the_text_is_in_the_html(alpha, site):
    said = as_text(cleaned(letter(alpha)))

    assert (
        said
        == f"""--- Please reply above this line ---

cn-alpha-vendor

Hello Ann <b>,

we have answered & more:

> Which one?
> The red one.

* first, see https://x.example/a.
and on
* second

set in
The case <{SITE}/cases/7/>
The case: {SITE}.evil.example/

Read it <{SITE}/cases/7/>

Alpha, A-7

You get this because it is your case."""
    )


def test_only_links_to_the_vendor_itself_have_a_name(alpha, site):
    links = re.findall(r'<a (?:class="go" )?href="([^"]+)">([^<]+)</a>', letter(alpha))

    assert links == [
        ("https://x.example/a", "https://x.example/a"),
        (f"{SITE}/cases/7/", "The case"),
        (f"{SITE}.evil.example/", f"{SITE}.evil.example/"),
        (f"{SITE}/cases/7/", "Read it"),
    ]


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        'https://x.example/"onmouseover="alert(1)',
        "https://x.example/<script>",
        f'"><b>: {SITE}/"><script>x</script>',
        "javascript:alert(1)",
        "- <svg onload=alert(1)>\n> <iframe src=//evil>\n-- \n<style>*{}</style>",
        "{{ vendor.pk }} {% load x %}",
    ],
)
def test_nothing_that_somebody_typed_becomes_markup(alpha, site, attack: str):
    plain, hostile = letter(alpha, "x\n"), letter(alpha, f"Hi\n\n{attack}\n\n-- \n{attack}\n")

    def tags(html: str) -> set[str]:
        return set(re.findall(r"<[^>]*>", re.sub(r'href="[^"]*"', "", html)))

    new = tags(hostile) - tags(plain)
    assert not [
        one for one in new if not re.fullmatch(r"</?(p|ul|li|a|br|blockquote|td)\b[^>]*>", one)
    ]
    assert not [one for one in new if "onmouseover" in one or "onerror" in one]
    assert "javascript:" not in re.findall(r'href="([^"]*)"', hostile)


def test_nothing_is_fetched_and_the_colour_is_the_vendors(alpha, site):
    with tenant(alpha.tenant):
        Brand.objects.create(tenant=alpha.tenant, colour="#aa0033")

    html = letter(alpha)

    assert "#aa0033" in html
    assert not re.search(r"<(img|link|script|iframe|object|form)\b|url\(|@import|src=", html)


def test_the_mark_is_only_where_it_is_the_first_line(site):
    words = read_words("Hello\n--- Please reply above this line ---\n", SITE)

    assert (words.mark, words.foot) == ("", ())


def test_both_forms_leave_and_the_mailbox_of_the_demonstration_keeps_them(alpha, queue, settings):
    queue(alpha, alpha.contact)
    deliver_due()
    received = email.message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)

    forms = [part.get_content_type() for part in received.iter_parts()]
    assert forms == ["text/plain", "text/html"]
    assert received.get_body(("plain",)).get_content() == "Dear cn-alpha-contact."
    assert "Dear cn-alpha-contact." in received.get_body(("html",)).get_content()

    settings.EMAIL_BACKEND = "outbox.mailbox.MailboxBackend"
    queue(alpha, alpha.contact, dedupe_key="second")
    deliver_due()
    with tenant(alpha.tenant):
        assert "Dear cn-alpha-contact." in mailbox(limit=1)[0].html


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        (None, "\n\n-- \nYou get this as a contact of cn-alpha-company at cn-alpha-vendor.\n"),
        ("It is yours.", "\n\n-- \nIt is yours.\n"),
        ("", ""),
    ],
)
def test_every_mail_to_a_customer_says_why_they_get_it(alpha, queue, reason, ending):
    rendered = Rendered(subject="s", body="Hello.", reason=reason)
    register("told", may_receive=lambda person, refs: True, render=lambda person, refs: rendered)
    queue(alpha, alpha.contact, kind="told")
    queue(alpha, alpha.agent, kind="told", dedupe_key="agent")
    deliver_due()

    bodies = {one.to[0]: one.body for one in mail.outbox}
    assert bodies[alpha.contact.email] == f"Hello.{ending}"
    assert bodies[alpha.agent.email] == "Hello."
