"""Moving in from files: looked through first, then taken over, silently and once."""

import pytest

from accounts.actions import add_company
from accounts.models import Company, Person
from entitlements.models import Contract, PointsEntry
from outbox.models import OutboxMessage
from tests.packs import publish
from tests.transfer.moving import archive, faults, lines, taken, uploaded
from tickets.models import Case, Message
from transfer.models import ImportedRow, ImportLine

pytestmark = pytest.mark.django_db

COMPANIES = "id,name,time_zone,country,domains\n1,Initech,Europe/Berlin,de,initech.example\n"
PEOPLE = "ID;Name;E-Mail;Company\n7;Peter;peter@initech.example;1\n"
CONTRACTS = "id,company,plan,starts_on\n9,1,standard,2025-01-01\n"
CASES = (
    "id,number,contact,subject,status,severity,opened_at\n"
    "40,777,7,Printer,solved,2,2025-03-03 10:00\n"
)
MESSAGES = (
    "case,at,kind,author,body,files\n"
    '40,2025-03-03 10:00,customer,7,"On fire,\nagain.",\n'
    "40,2025-03-03 11:00,note,agent@desk.test,Sigh.,\n"
    "40,2025-03-03 12:00,reply,agent@desk.test,Put it out.,how.txt\n"
)


def everything():
    return archive(
        companies_csv=COMPANIES,
        people_csv=PEOPLE.replace("E-Mail", "email"),
        contracts_csv=CONTRACTS,
        cases_csv=CASES,
        messages_csv=MESSAGES,
        files__how_txt="Water.",
    )


@pytest.fixture
def desk(alpha, entered):
    publish(alpha, "metalogix")
    return entered


def test_everything_comes_in_silently_and_only_once(alpha, desk):
    sent, entries = OutboxMessage.objects.count(), PointsEntry.objects.count()

    run = taken(alpha, desk, everything())

    assert faults(run) == []
    assert run.figures["taken"] == {
        kind: {"new": 1} for kind in ("company", "person", "contract", "case")
    }
    case = Case.objects.get(number=777)
    assert (case.company.name, case.contact.name, case.status) == ("Initech", "Peter", "resolved")
    assert case.company.domains.get().domain == "initech.example"
    assert list(case.messages.order_by("pk").values_list("kind", "author__email", "body")) == [
        ("customer", "peter@initech.example", "On fire,\nagain."),
        ("solution", "agent@desk.test", "Put it out."),
    ]
    assert case.notes.get().author == alpha.agent
    assert case.attachments.get().name == "how.txt"
    assert Contract.objects.get(company=case.company).plan == "standard"
    assert (OutboxMessage.objects.count(), PointsEntry.objects.count()) == (sent, entries)
    assert not ImportLine.objects.exists()

    again = uploaded(alpha, desk, everything())

    assert again.figures["rows"] | {"entry": None} == {
        "entry": None,
        **{kind: {"same": 1} for kind in ("company", "person", "contract", "case")},
    }
    assert Case.objects.filter(subject="Printer").count() == 1


def test_what_has_changed_at_its_source_is_brought_up_to_date(alpha, desk):
    taken(alpha, desk, everything())
    changed = archive(
        companies_csv=COMPANIES.replace("Initech,Europe/Berlin", "Initech,Europe/Paris"),
        people_csv=PEOPLE.replace("E-Mail", "email").replace("Peter;", "Peter G.;"),
        cases_csv=CASES.replace("Printer", "Plotter"),
        messages_csv=MESSAGES,
        files__how_txt="Water.",
    )

    run = taken(alpha, desk, changed)

    assert run.figures["taken"] == {"company": {"changed": 1}, "person": {"changed": 1}}
    assert Company.objects.get(name="Initech").time_zone == "Europe/Paris"
    assert Person.objects.get(email="peter@initech.example").name == "Peter G."
    assert ("cases.csv", 2, "", "changed_case") in faults(run, warnings=True)
    assert Case.objects.get(number=777).subject == "Printer"


def test_name_that_another_company_has_by_now_is_refused_for_its_row_alone(alpha, desk):
    taken(alpha, desk, b"id,name\n1,Initech\n2,Hooli\n", name="companies.csv")
    renamed = uploaded(alpha, desk, b"id,name\n1,Umbrella\n2,Hooli Global\n", name="companies.csv")
    add_company(name="Umbrella")

    run = taken(alpha, desk, b"", run=renamed)

    assert ("companies.csv", 2, "name", "refused") in faults(run)
    assert run.figures["taken"] == {"company": {"faulty": 1, "changed": 1}}
    names = Company.objects.filter(name__in=("Initech", "Hooli", "Umbrella", "Hooli Global"))
    assert sorted(names.values_list("name", flat=True)) == ["Hooli Global", "Initech", "Umbrella"]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("companies.csv", "id,name\n1,\n", ("companies.csv", 2, "name", "empty")),
        ("companies.csv", "name\nA\n", ("companies.csv", 0, "", "columns_missing")),
        ("companies.csv", "id,name,id\n1,A,2\n", ("companies.csv", 0, "", "columns_twice")),
        ("companies.csv", "id,name\n1,A\n1,B\n", ("companies.csv", 3, "id", "twice")),
        ("companies.csv", "id,name\n1,A,x,y\n", ("companies.csv", 2, "", "too_many_cells")),
        (
            "companies.csv",
            "id,name,time_zone\n1,A,Berlin\n",
            ("companies.csv", 2, "time_zone", "unknown_zone"),
        ),
        (
            "companies.csv",
            "id,name,country\n1,A,XX\n",
            ("companies.csv", 2, "country", "unknown_country"),
        ),
        (
            "people.csv",
            "id,name,email,company\n1,A,no address,cn-alpha-company\n",
            ("people.csv", 2, "email", "no_address"),
        ),
        ("people.csv", "id,name,company\n1,A,99\n", ("people.csv", 2, "company", "no_company")),
        ("people.csv", "id,name,role\n1,A,king\n", ("people.csv", 2, "role", "unknown_role")),
        (
            "people.csv",
            "id,name,may_file\n1,A,perhaps\n",
            ("people.csv", 2, "may_file", "no_truth"),
        ),
        (
            "contracts.csv",
            "id,company,starts_on\n1,cn-alpha-company,02.03.2026\n",
            ("contracts.csv", 2, "starts_on", "no_day"),
        ),
        (
            "contracts.csv",
            "id,company,plan,starts_on\n1,cn-alpha-company,gold,2026-01-01\n",
            ("contracts.csv", 2, "plan", "unknown_plan"),
        ),
        (
            "cases.csv",
            "id,contact,subject,opened_at\n1,nobody@x.test,S,2025-01-01\n",
            ("cases.csv", 2, "contact", "no_person"),
        ),
        (
            "cases.csv",
            "id,contact,subject,opened_at\n1,contact@acme.test,S,2999-01-01\n",
            ("cases.csv", 2, "opened_at", "no_moment"),
        ),
        (
            "cases.csv",
            "id,contact,subject,opened_at\n1,contact@acme.test,S,2100-01-01\n",
            ("cases.csv", 2, "opened_at", "in_future"),
        ),
        ("messages.csv", "case,at\n5,2025-01-01\n", ("messages.csv", 2, "case", "no_case")),
        ("what.csv", "id,name\n1,A\n", ("what.csv", 0, "", "file_unknown")),
        ("companies.csv", "", ("companies.csv", 0, "", "columns_missing")),
        ("companies.csv", "id,name\n", ("companies.csv", 0, "", "nothing_inside")),
    ],
)
def test_each_fault_is_told_with_its_place(alpha, desk, name, text, found):
    run = uploaded(alpha, desk, text.encode(), name=name)

    assert faults(run) == [found]
    assert run.state == "checked"


def test_spreadsheets_come_in_any_dress(alpha, desk):
    tables = {
        "utf-16": "id\tname\n1\tMüller\n".encode("utf-16"),
        "latin": "id;name\n2;Größe\n".encode("cp1252"),
        "marked": "\ufeffID, Name \n3,'=1+1\n".encode(),
        "nul": b"id,name\n4,A\0B\n",
    }
    for number, data in enumerate(tables.values()):
        taken(alpha, desk, data, name=f"companies{number}.csv")

    names = ImportedRow.objects.filter(kind="company").values_list("row", flat=True)
    found = Company.objects.filter(pk__in=names).values_list("name", flat=True)
    assert sorted(found) == ["=1+1", "AB", "Größe", "Müller"]


def test_json_lines_come_in_with_their_entries_and_bad_lines_are_told(alpha, desk):
    data = (
        lines(
            {"kind": "company", "id": 1, "name": "Initech\ud800\0"},
            {"kind": "person", "id": 7, "name": "Peter", "company": 1},
            {
                "kind": "case",
                "id": 40,
                "contact": 7,
                "subject": "Printer",
                "opened_at": "2025-03-03T10:00:00Z",
                "entries": [{"at": "2025-03-03T10:00:00Z", "body": "On fire."}],
            },
            {"kind": "nothing"},
        )
        + b"\n[1]\n{broken\n"
        + b"[" * 100_000
    )

    run = taken(alpha, desk, data, name="move.jsonl", format="lines")

    assert [(line, code) for _file, line, _column, code in faults(run)] == [
        (4, "kind_unknown"),
        (5, "json_faulty"),
        (6, "json_faulty"),
        (7, "json_faulty"),
    ]
    assert Message.objects.get(case__subject="Printer").body == "On fire."


def test_nothing_of_another_vendor_is_found_or_touched(alpha, beta, desk):
    run = uploaded(
        alpha,
        desk,
        b"id,contact,subject,opened_at\n1,%d,S,2025-01-01\n" % beta.contact.pk,
        name="cases.csv",
    )

    assert [code for *_place, code in faults(run)] == ["no_person"]
