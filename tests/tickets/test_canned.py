"""Texts for reuse: fixed placeholders, replaced once, and nothing that could be run."""

import pytest

from tests.cases import after, file_case
from tickets.actions.ending import resolve_case
from tickets.canned import PLACEHOLDERS, canned_for, check_text, fill, save_canned
from tickets.errors import NothingSaid
from tickets.models import Case
from tickets.teamwork_errors import TextTooLong, TitleTaken, UnknownPlaceholder


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, subject="It says {agent} and %(promise)s")


def save(by, title="Hello", *, is_shared=False, body="Dear {contact}."):
    return save_canned(
        canned_id=None, title=title, body=body, is_shared=is_shared, by=by, at=after(0)
    )


def test_all_placeholders_are_filled_and_what_a_customer_wrote_is_none(case, alpha):
    case = Case.objects.get()

    told = {name: fill(f"<{{{name}}}>", case, by=alpha.agent).text for name in PLACEHOLDERS}

    assert told == {
        "contact": "<cn-alpha-contact>",
        "company": "<cn-alpha-company>",
        "number": "<TW-1>",
        "subject": "<It says {agent} and %(promise)s>",
        "product": f"<{case.product.name}>",
        "agent": "<cn-alpha-agent>",
        "team": f"<{case.team.name}>",
        # Eight business hours from Monday 10:00, on the customer's clock.
        "promise": "<Mon 2 Mar 2026, 18:00 CET>",
    }


def test_placeholder_without_a_value_stays_and_is_named(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Restart it.", at=after(1))

    filled = fill("By {promise}, {agent}.", Case.objects.get(), by=alpha.agent)

    assert (filled.text, filled.missing) == ("By {promise}, cn-alpha-agent.", ("{promise}",))


@pytest.mark.parametrize(
    "text",
    ["{contct}", "{0.__class__}", "{contact.password}", "{CONTACT}", "x {a} {contact} {b}"],
)
def test_unknown_placeholders_are_refused(text):
    with pytest.raises(UnknownPlaceholder):
        check_text(text)


@pytest.mark.parametrize(
    "text", ['{{"a": 1}}', "{% load x %}", "%(x)s", "${HOME}x".replace("{HOME}", "HOME"), "{ a }"]
)
def test_other_languages_are_text(case, alpha, text):
    assert check_text(text) == text
    assert fill(text, Case.objects.get(), by=alpha.agent).text == text


def test_text_is_not_empty_nor_endless_and_its_name_is_taken_once(metalogix, alpha):
    save(alpha.agent)

    with pytest.raises(NothingSaid):
        check_text("  \n ")
    with pytest.raises(TextTooLong):
        check_text("x" * 20_001)
    with pytest.raises(TitleTaken):
        save(alpha.agent)


def test_own_texts_are_ones_own_and_shared_ones_everybodys(metalogix, alpha):
    save(alpha.agent, "Mine")
    save(alpha.lead, "Ours", is_shared=True)

    assert [text.title for text in canned_for(alpha.agent)] == ["Mine", "Ours"]
    assert [text.title for text in canned_for(alpha.manager)] == ["Ours"]
