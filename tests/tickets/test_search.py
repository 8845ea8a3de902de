"""Search: by number, words and people; and never a word of what one may not read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from tests.cases import MONDAY, after, file_case
from tests.packs import publish
from tickets.actions.conversation import add_note, reply_to_case
from tickets.actions.merging import merge_cases
from tickets.actions.tagging import add_tag, remove_tag, rename_tag
from tickets.models import Case, InternalNote
from tickets.search import search

# Of a note, which no customer may find, be shown, or have counted (SC-11, MS-01).
INSIDE = "quokkatrace"


@pytest.fixture
def case(metalogix, alpha):
    return file_case(
        alpha,
        subject="Printer on fire",
        body="Version 5.5.2 of the Spooler writes to /var/log/spool.err for bob@acme.test, 0x80FF.",
    )


@pytest.fixture
def noted(case, alpha):
    add_note(case_id=case.pk, by=alpha.agent, body=f"It is the {INSIDE}.", at=after(1))
    add_tag(case_id=case.pk, name=f"{INSIDE}-tag", by=alpha.agent)
    return case


def found(person, text):
    return [hit.case.number for hit in search(person, text).hits]


def passage(hit):
    return "".join(text for text, _is_hit in hit.passage)


@pytest.mark.parametrize(
    "text",
    [
        "printer", "PRINTER fire", "prin", "fire printer", "5.5.2", "5.5", "bob@acme.test",
        "bob@acme", "acme.test", "0x80", "spool.err", "/var/log", "spooler version",
        "TW-1", "tw 1", "#1", "1", "cn-alpha-company", "cn-alpha-contact",
    ],
)  # fmt: skip
def test_case_is_found_by_words_their_beginnings_and_its_number(case, alpha, text):
    assert found(alpha.agent, text) == [1]
    assert found(alpha.contact, text) == [1]
    assert found(alpha.company_admin, text) == [1]


@pytest.mark.parametrize(
    "text",
    [
        "zebra",
        "printer zebra",
        "rinter",
        "5.6",
        "",
        "  ",
        "&|!:*()<->",
        "'",
        "\\",
        "\x00",
        "XX-1",
        "7",
    ],
)
def test_what_no_case_has_is_not_found_whatever_is_typed(case, alpha, text):
    assert found(alpha.agent, text) == []
    assert found(alpha.contact, text) == []


@pytest.mark.parametrize("text", [INSIDE, INSIDE[:6], f"{INSIDE}-tag", f"printer {INSIDE}"])
def test_word_of_a_note_is_found_by_the_desk_and_by_no_customer(noted, alpha, text):
    assert found(alpha.agent, text) == [1]
    for customer in (alpha.contact, alpha.company_admin, alpha.colleague, alpha.stranger):
        nothing = search(customer, text)
        assert (nothing.hits, nothing.is_cut, nothing.companies, nothing.people) == (
            (),
            False,
            (),
            (),
        )


def test_words_beside_a_note_show_the_customer_what_they_may_read(noted, alpha):
    add_note(case_id=noted.pk, by=alpha.agent, body=f"Spooler: {INSIDE} again.", at=after(2))

    for_customer, for_desk = search(alpha.contact, "spooler"), search(alpha.agent, INSIDE)

    assert passage(for_customer.hits[0]).startswith("Version 5.5.2 of the Spooler writes")
    assert INSIDE not in repr(for_customer)
    assert for_desk.hits[0].is_inside
    assert (INSIDE, True) in for_desk.hits[0].passage


def test_customers_question_reads_no_word_of_the_desk(noted, alpha):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        search(alpha.contact, "printer")

    told = " ".join(one["sql"] for one in asked.captured_queries)
    assert "tickets_internalnote" not in told
    assert "tickets_casetag" not in told


def test_contacts_find_their_own_and_company_admins_those_of_the_company(case, alpha):
    colleagues = file_case(alpha, contact=alpha.colleague, subject="Printer is out")
    strangers = file_case(
        alpha, contact=alpha.stranger, company=alpha.other_company, subject="Printer smells"
    )

    assert found(alpha.contact, "printer") == [case.number]
    assert found(alpha.company_admin, "printer") == [colleagues.number, case.number]
    assert found(alpha.stranger, "printer") == [strangers.number]
    assert found(alpha.stranger, "TW-1") == []
    assert found(alpha.agent, "printer") == [3, 2, 1]


def test_security_case_is_found_by_whom_it_concerns_only(case, alpha):
    Case.objects.filter(pk=case.pk).update(is_restricted=True, team=None)

    assert found(alpha.agent_3, "printer") == []
    assert found(alpha.agent_3, "TW-1") == []
    assert found(alpha.lead, "printer") == [1]
    assert found(alpha.contact, "printer") == [1]


def test_cases_that_one_may_not_see_crowd_out_none_that_one_may(case, alpha, monkeypatch):
    monkeypatch.setattr("tickets.search.MOST_FOUND", 1)
    file_case(alpha, subject="Printer leaks secrets")
    Case.objects.filter(subject="Printer leaks secrets").update(is_restricted=True, team=None)

    assert found(alpha.agent_3, "printer") == [1]
    assert found(alpha.lead, "printer") == [2]


def test_contact_finds_the_case_in_which_their_own_goes_on(case, alpha):
    other = file_case(alpha, contact=alpha.colleague, subject="Toner is out")
    merge_cases(case_id=case.pk, into=other.number, by=alpha.lead, at=after(1))

    assert found(alpha.contact, "toner") == [other.number]
    assert found(alpha.colleague, "printer") == []


def test_exact_address_finds_the_cases_of_its_person_first(case, alpha):
    named = f"Write to {alpha.contact.email}, please"
    file_case(alpha, contact=alpha.colleague, subject=named)

    assert found(alpha.agent, alpha.contact.email.upper()) == [case.number, case.number + 1]


def test_other_vendors_words_are_not_there(case, alpha, beta):
    assert found(alpha.agent, "cn-beta-subject") == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.tenant = ''")
        cursor.execute("SELECT count(*) FROM search_cases('printer', true, NULL, NULL, 10)")
        nobody = cursor.fetchone()
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(beta.tenant.pk)])
        cursor.execute("SELECT count(*) FROM search_cases('printer', true, NULL, NULL, 10)")
        theirs = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM search_cases('printer', false, NULL, NULL, 10)")
        as_customer = cursor.fetchone()
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(alpha.tenant.pk)])
        cursor.execute("SELECT count(*) FROM search_cases('printer', true, NULL, NULL, 10)")
        ours = cursor.fetchone()
    assert (nobody, theirs, as_customer, ours) == ((0,), (0,), (0,), (1,))


def test_words_follow_what_is_said_renamed_and_taken_away(case, alpha):
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Pull the plug.", at=after(1))
    add_note(case_id=case.pk, by=alpha.agent, body=f"{INSIDE}.", at=after(2))
    tag = add_tag(case_id=case.pk, name="hot", by=alpha.agent)
    alpha.company.name = "Wombat Works"
    alpha.company.save()

    assert found(alpha.contact, "plug") == [1]
    assert found(alpha.contact, "wombat") == [1]
    assert found(alpha.agent, "cn-alpha-company") == []
    assert found(alpha.agent, "hot wombat plug") == [1]

    rename_tag(tag_id=tag.pk, name="burning", by=alpha.manager)
    assert (found(alpha.agent, "hot"), found(alpha.agent, "burning")) == ([], [1])
    remove_tag(case_id=case.pk, tag_id=tag.pk, by=alpha.agent)
    InternalNote.objects.filter(case=case).delete()
    assert (found(alpha.agent, "burning"), found(alpha.agent, INSIDE)) == ([], [])


def test_words_without_end_are_said_all_the_same(case, alpha):
    flood = " ".join(f"{number:x}zq{number * 7919:x}" for number in range(200_000))

    for round in range(3):
        reply_to_case(
            case_id=case.pk, by=alpha.agent, body=f"{round}{flood}"[:2_000_000], at=after(1)
        )

    assert case.messages.count() == 4
    assert found(alpha.agent, "printer") == [1]


def test_number_comes_first_then_subjects_then_the_newest(metalogix, alpha):
    for subject, body in [("Paper", "x"), ("Fan", "Paper jam 1."), ("Ink", "paper")]:
        file_case(alpha, subject=subject, body=body)

    assert found(alpha.agent, "paper") == [1, 3, 2]
    assert found(alpha.agent, "1") == [1, 2]


def test_agents_find_companies_and_people_as_well(case, alpha):
    told = search(alpha.agent, "cn-alpha-stranger")

    assert [person.name for person in told.people] == ["cn-alpha-stranger"]
    assert [one.name for one in search(alpha.agent, "other cn-alpha").companies] == [
        alpha.other_company.name
    ]
    assert search(alpha.company_admin, "cn-alpha").companies == ()


def test_filing_in_two_vendors_keeps_two_sets_of_words(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            file_case(twin, subject=f"{twin.canary}teapot", at=MONDAY)

    for twin, other in ((alpha, beta), (beta, alpha)):
        with tenant(twin.tenant):
            assert found(twin.agent, "teapot") == [1]
            assert found(twin.agent, other.canary.strip("-")) == []
            assert other.canary not in repr(search(twin.agent, "teapot"))
