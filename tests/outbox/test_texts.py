"""The vendor's own words in messages: checked, filled once, and never able to break a message."""

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from accounts.change_models import Change
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.tenancy import tenant
from outbox import texts
from outbox.delivery import deliver_due
from outbox.registry import Rendered, register
from outbox.text_models import MailText
from outbox.texts import About, check_text, filled, restore_text, save_text

PLACE = {"kind": "letter", "side": "customer", "language": "en"}
GIVEN = Rendered(
    subject="[TW-1] We have answered: Printer",
    body="Hello cn-alpha-contact,\n\nwe have answered.\n\nThe case: https://x/1\n\n"
    "-- \nAlpha, TW-1\n",
    values={"number": "TW-1", "case": "Printer"},
    reason="",
)


@pytest.fixture(autouse=True)
def letters(monkeypatch):
    """Describe the tests' kind, which either side gets."""
    known = {"number": "the number", "case": "the subject", "company": "the company"}
    about = About("An answer", "Cases", ("customer", "desk"), known, needed=("number",))
    monkeypatch.setitem(texts._about, "letter", about)
    register("letter", may_receive=lambda person, refs: True, render=lambda person, refs: GIVEN)


def save(twin, *, subject="{number}", body="Dear {name}\n{text}", seen=None, **other):
    with tenant(twin.tenant) as at:
        said = {**PLACE, "subject": subject, "body": body, "why": "Ours", "seen": seen}
        return save_text(**{**said, "by": twin.manager, "at": at, **other})


def sent_to(queue, twin, person):
    queue(twin, person, kind="letter")
    deliver_due()
    return mail.outbox[-1].subject, mail.outbox[-1].body


def test_own_words_leave_with_what_the_message_knows(alpha, beta, queue):
    save(
        alpha,
        subject="{vendor}: {case} ({number})",
        body="Dear {name} of {company},\n\n{text}\n\n\n\nBye\n{signature}",
    )

    own = sent_to(queue, alpha, alpha.contact)
    others = [sent_to(queue, twin, person) for twin, person in (
        (alpha, alpha.agent), (beta, beta.contact),
    )]  # fmt: skip

    company = alpha.company.name
    assert own == (
        "cn-alpha-vendor: Printer (TW-1)",
        f"Dear cn-alpha-contact of {company},\n\nwe have answered.\n\nThe case: https://x/1\n\n"
        "Bye\n-- \nAlpha, TW-1\n",
    )
    assert others == [(GIVEN.subject, GIVEN.body)] * 2


def test_given_words_come_back_and_every_text_is_kept(alpha, queue):
    first = save(alpha)
    second = save(alpha, subject="Second {number}", seen=first.pk)
    with tenant(alpha.tenant) as at:
        restore_text(**PLACE, why="Too long", seen=second.pk, by=alpha.manager, at=at)

    assert sent_to(queue, alpha, alpha.contact) == (GIVEN.subject, GIVEN.body)
    with tenant(alpha.tenant):
        kept = Change.objects.filter(model="outbox.mailtext").order_by("pk")
        assert [
            (one.row, one.lines[0]["before"], one.lines[0]["after"], one.why) for one in kept
        ] == [
            ("letter/customer/en", "", "{number}", "Ours"),
            ("letter/customer/en", "{number}", "Second {number}", "Ours"),
            ("letter/customer/en", "Second {number}", "", "Too long"),
        ]
        for change in (MailText.objects.update, MailText.objects.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change(**({"why": ""} if change.__name__ == "update" else {}))


@pytest.mark.parametrize(
    ("subject", "body", "field", "says"),
    [
        ("{nubmer}", "{text}", "subject", "There is no {nubmer} here."),
        ("{number}", "{text} {promise}", "body", "There is: {name}, {vendor}, {subject}"),
        ("{number}", "Something happened.", "body", "nobody would learn what it is about: {text}"),
        ("{number}\nBcc: spy@evil.test", "{text}", "subject", "A subject is one line."),
        ("{number}\u2028Bcc: x@evil.test", "{text}", "subject", "A subject is one line."),
        ("{number}", "{text}\x07", "body", "no text has"),
        ("   ", "{text}", "subject", "required"),
        ("{number}", "{text}" + "x" * 10_000, "body", "longer than 10000"),
    ],
)
def test_text_that_cannot_be_sent_is_refused_at_its_field(subject, body, field, says):
    with pytest.raises(DomainError) as refused:
        check_text(**PLACE, subject=subject, body=body)

    assert refused.value.field == field
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "place", [{"kind": "no_such"}, {"side": "nobody"}, {"language": "tlh"}], ids=str
)
def test_text_of_what_there_is_not_is_not_found(place):
    with pytest.raises(NotFound):
        check_text(**{**PLACE, **place}, subject="{number}", body="{text}")


def test_what_stands_for_a_placeholder_is_neither_read_again_nor_a_header(
    alpha, queue, monkeypatch
):
    nasty = Rendered("{text}", "Hi\n\n{signature}\n", values={"case": "{name}\r\nBcc: x@evil.test"})

    made = filled("{case}", "{subject} {text} {unheard}", alpha.contact, nasty)

    assert (made.subject, made.body) == ("{name}\r\nBcc: x@evil.test", "{text} {signature} \n")
    monkeypatch.setitem(texts._about, "notice", texts._about["letter"])
    monkeypatch.setattr("tests.outbox.test_texts.GIVEN", nasty)
    save(alpha, subject="{case}", body="{text}")
    queue(alpha, alpha.contact, kind="letter")
    deliver_due()
    assert mail.outbox[0].subject == "{name} Bcc: x@evil.test"
    assert mail.outbox[0].message()["Bcc"] is None


def test_text_with_a_placeholder_that_is_no_more_leaves_the_given_words(alpha, queue, monkeypatch):
    save(alpha, subject="{case}")
    monkeypatch.setitem(texts._about, "letter", About("An answer", "Cases", ("customer",)))

    assert sent_to(queue, alpha, alpha.contact) == (GIVEN.subject, GIVEN.body)


def test_own_words_are_for_managers_and_not_over_what_one_has_not_seen(alpha):
    with pytest.raises(NotAllowed):
        save(alpha, by=alpha.lead)
    save(alpha)

    with pytest.raises(texts.TextHasChanged):
        save(alpha, seen=None)


@pytest.mark.parametrize("wish", ["de", "de-AT", "fr"])
def test_own_words_leave_in_the_language_that_is_spoken_to_somebody(alpha, queue, wish):
    save(alpha, subject="Hello", language="en")
    save(alpha, subject="Hallo", language="de")
    with tenant(alpha.tenant):
        alpha.contact.language = wish
        alpha.contact.save(update_fields=["language"])

    subject, _body = sent_to(queue, alpha, alpha.contact)

    assert subject == ("Hello" if wish == "fr" else "Hallo")
