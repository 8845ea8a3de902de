"""Erasing people, vendors, and what is kept no longer: nothing of it is left anywhere."""

from datetime import timedelta

import pytest
from django.db import connections

from accounts.changes import keep_person_change
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person, Tenant
from accounts.tenancy import tenant
from entitlements.models import PointsEntry
from mailbox import keeping
from mailbox.models import Mailbox, RawMail
from tests.cases import file_case, reopen_as_agreed
from tests.packs import publish
from tests.tenancy.catalogue import rows as asked
from tests.transfer.moving import taken, uploaded
from tests.transfer.test_moving_out import live, packed
from tests.twins import raise_twin
from tests.uploads import uploaded as attached
from tickets import storage
from tickets.actions.conversation import reply_as_customer, reply_to_case
from tickets.actions.ending import close_case
from tickets.models import Message
from transfer.blanking import ERASED
from transfer.erasing import erase_person
from transfer.erasing_vendor import erase_vendor
from transfer.errors import ErasesOneself, IsAtWork, IsErased, MonthsNeeded, NotConfirmed
from transfer.keepers import keepers
from transfer.models import Erasure, RetentionRun
from transfer.retention import keep_rule, months_before, preview, set_rule
from transfer.storage import export_path, upload_path

TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    " AND a.attname = 'tenant_id' AND NOT a.attisdropped ORDER BY 1"
)


def tables_that_say(words, tenant_id):
    """Name the tables in which any column of any row of a tenant has the words."""
    connection = connections["default"]
    return [
        table
        for (table,) in asked(connection, TABLES)
        if asked(
            connection,
            f'SELECT 1 FROM "{table}" t WHERE tenant_id = %s AND t::text ILIKE %s LIMIT 1',
            tenant_id,
            f"%{words}%",
        )
    ]


@pytest.fixture
def wilma(alpha, entered):
    """Have a contact with an unmistakable name who has said something everywhere."""
    publish(alpha, "metalogix")
    data = (
        b"id,name,email,phone,company\n1,Wilma Canarysky,wilma@canarysky.test,+49 171 5550199,"
        b"cn-alpha-company\n"
    )
    taken(alpha, entered, data, name="people.csv")
    return Person.objects.get(name="Wilma Canarysky")


def talked(alpha, wilma, at):
    case = file_case(
        alpha,
        at=at,
        contact=wilma,
        subject="Canarysky: printer",
        body="I am Wilma Canarysky, call +49 171 5550199. Said-by-her.",
        availability="+49 171 5550199",
    )
    body = "Dear wilma canarysky, we write to WILMA@canarysky.test."
    reply_to_case(case_id=case.pk, by=alpha.agent, body=body, at=at)
    reply_as_customer(case_id=case.pk, by=wilma, body="Said-by-her again.", at=at)
    keep_person_change(wilma, {"phone": "+49 171 5550199"}, by=alpha.manager, at=at)
    return case


@pytest.mark.django_db
@pytest.mark.parametrize("with_texts", [False, True])
def test_nothing_of_an_erased_person_is_left_but_a_number(alpha, entered, wilma, with_texts):
    case = talked(alpha, wilma, entered)
    points = PointsEntry.objects.count()
    assert len(tables_that_say("canarysky", alpha.tenant.pk)) > 4

    erasure = erase_person(
        person_id=wilma.pk,
        with_texts=with_texts,
        confirmed="Wilma Canarysky",
        by=alpha.manager,
        at=entered,
    )

    known = ("canarysky", "5550199")
    assert {word: tables_that_say(word, alpha.tenant.pk) for word in known} == {
        word: [] for word in known
    }
    said = tables_that_say("said-by-her", alpha.tenant.pk)
    assert said == ([] if with_texts else ["tickets_casewords", "tickets_message"])
    wilma.refresh_from_db()
    assert (wilma.name, wilma.is_active, wilma.has_usable_password()) == (
        f"Erased person {wilma.pk}",
        False,
        False,
    )
    assert Message.objects.filter(case=case, author=wilma).count() == 2
    assert PointsEntry.objects.count() == points
    assert erasure.figures["cases"] == 1


@pytest.mark.django_db
def test_who_was_erased_does_not_come_back_by_a_second_import(alpha, entered, wilma):
    facts = {"with_texts": False, "confirmed": wilma.name, "by": alpha.manager, "at": entered}
    erase_person(person_id=wilma.pk, **facts)
    people = Person.objects.count()
    data = b"id,name,email,company\n1,Wilma C.,wilma@canarysky.test,cn-alpha-company\n"

    run = uploaded(alpha, entered, data, name="people.csv")

    assert run.figures["rows"] == {"person": {"same": 1}}
    assert Person.objects.count() == people
    with pytest.raises(IsErased):
        erase_person(person_id=wilma.pk, **facts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "by", "confirmed", "refusal"),
    [
        ("contact", "lead", "cn-alpha-contact", NotAllowed),
        ("contact", "manager", "somebody", NotConfirmed),
        ("manager", "manager", "cn-alpha-manager", ErasesOneself),
        ("agent", "manager", "cn-alpha-agent", IsAtWork),
    ],
)
def test_erasing_is_refused(alpha, entered, who, by, confirmed, refusal):
    with pytest.raises(refusal):
        erase_person(
            person_id=getattr(alpha, who).pk,
            with_texts=True,
            confirmed=confirmed,
            by=getattr(alpha, by),
            at=entered,
        )

    assert not Erasure.objects.exists()


@pytest.mark.django_db
def test_person_of_another_vendor_cannot_be_erased(alpha, beta, entered):
    with pytest.raises(NotFound):
        erase_person(
            person_id=beta.contact.pk,
            with_texts=True,
            confirmed=beta.contact.name,
            by=alpha.manager,
            at=entered,
        )


@pytest.mark.django_db
def test_what_is_closed_long_enough_says_nothing_any_more(alpha, entered):
    publish(alpha, "metalogix")
    old = close_case(case_id=live(alpha, entered).pk, by=alpha.agent, at=entered)
    other = file_case(alpha, at=entered, subject="Open", body="Stays.")
    later = entered + timedelta(days=95)
    rule = {"texts_months": 3, "files_months": 3}

    assert preview(3, 3, entered).cases == 0
    assert preview(3, 3, entered).next_cases == 0
    seen = preview(3, 3, later)
    assert (seen.cases, seen.files, seen.examples) == (1, 1, (old,))
    with pytest.raises(NotConfirmed):
        set_rule(**rule, confirmed="", by=alpha.manager, at=entered)
    with pytest.raises(MonthsNeeded):
        set_rule(texts_months=0, files_months=None, confirmed="erase", by=alpha.manager, at=entered)
    set_rule(**rule, confirmed="erase", by=alpha.manager, at=entered)

    keep_rule(entered)
    assert not RetentionRun.objects.exists()
    keep_rule(later)
    keep_rule(later)

    old.refresh_from_db()
    assert (old.subject, set(old.messages.values_list("body", flat=True))) == (
        str(ERASED),
        {str(ERASED)},
    )
    assert old.attachments.get().state == "deleted"
    assert RetentionRun.objects.get().figures["cases"] == 1
    assert tables_that_say("on fire", alpha.tenant.pk) == []
    assert Message.objects.get(case=other).body == "Stays."
    assert old.events.count() > 5


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-05-01", 240, "2006-05-01"),
    ],
)
def test_months_are_those_of_the_calendar(at, day, months, before):
    at = at.fromisoformat(f"{day}T09:00:00+00:00")

    assert months_before(at, months).date().isoformat() == before


def contents(slugs):
    """Read every row of these vendors, as text."""
    ids = tuple(Tenant.objects.filter(slug__in=slugs).values_list("pk", flat=True))
    owner = connections["owner"]
    read = 'SELECT t::text FROM "{}" t WHERE tenant_id = ANY(%s) ORDER BY 1'
    return {table: asked(owner, read.format(table), list(ids)) for (table,) in asked(owner, TABLES)}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_erased_vendor_leaves_nothing_and_the_others_as_they_were(alpha, beta):
    gone = raise_twin("gone")
    publish(gone, "metalogix")
    with tenant(gone.tenant) as at:
        case = live(gone, at)
        key = case.attachments.get().uuid
        case = close_case(case_id=case.pk, by=gone.agent, at=at)
        reopen_as_agreed(case, gone, at=at)
    before = contents(["alpha", "beta"])
    path = storage.path_of(gone.tenant.pk, key)
    assert path.is_file()
    with pytest.raises(NotConfirmed):
        erase_vendor(slug="gone", confirmed="beta")

    erased = erase_vendor(slug="gone", confirmed="gone")

    assert erased.rows["tickets_case"] == 1
    assert erased.files == 1
    assert not path.exists()
    assert not Tenant.objects.filter(slug="gone").exists()
    left = [
        table
        for (table,) in asked(connections["owner"], TABLES)
        if asked(
            connections["owner"],
            f'SELECT 1 FROM "{table}" WHERE tenant_id = %s LIMIT 1',
            gone.tenant.pk,
        )
    ]
    assert left == []
    assert contents(["alpha", "beta"]) == before
    with pytest.raises(NotFound):
        erase_vendor(slug="gone", confirmed="gone")


@pytest.mark.django_db
def test_mail_of_an_erased_person_is_forgotten_and_moves_out_before(
    alpha, entered, wilma, django_capture_on_commit_callbacks
):
    box = Mailbox.objects.create(tenant=alpha.tenant, code="support")
    mail = RawMail.objects.create(
        tenant=alpha.tenant,
        mailbox=box,
        source="file",
        sha256="0" * 64,
        size_bytes=5,
        received_at=entered,
        sender="wilma@canarysky.test",
        subject="From Wilma",
        parsed={"text": "said-by-her"},
        person=wilma,
    )
    keeping.write(alpha.tenant.pk, mail.uuid, b"canarysky")
    path = keeping.path_of(alpha.tenant.pk, mail.uuid)
    assert [place for one in keepers().values() for _name, place in one.files(alpha.tenant.pk)] == [
        path
    ]

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(
            person_id=wilma.pk,
            with_texts=False,
            confirmed=wilma.name,
            by=alpha.manager,
            at=entered,
        )

    assert not path.exists()
    assert tables_that_say("said-by-her", alpha.tenant.pk) == []
    assert tables_that_say("canarysky", alpha.tenant.pk) == []


@pytest.mark.django_db
def test_nothing_of_an_erased_person_waits_in_uploads_exports_or_names_of_files(
    alpha, entered, wilma, django_capture_on_commit_callbacks
):
    case = file_case(alpha, at=entered, contact=wilma)
    attached(wilma, case, "reply", b"Ink.", name="Wilma Canarysky.txt", at=entered)
    reply_as_customer(case_id=case.pk, by=wilma, body="See the file.", at=entered)
    rows = b"id,name,email\n8,Wilma Canarysky,wilma@canarysky.test\n9,B,no canarysky\n"
    waits = uploaded(alpha, entered, rows, name="people.csv", source="other")
    taken(alpha, entered, b"id,name,email\n8,A,wilma@canarysky\n9,Bo,\n", name="people.csv")
    run = packed(alpha, entered)
    paths = (upload_path(alpha.tenant.pk, waits.key), export_path(alpha.tenant.pk, run.key))
    assert [path.is_file() for path in paths] == [True, True]

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(
            person_id=wilma.pk,
            with_texts=False,
            confirmed=wilma.name,
            by=alpha.manager,
            at=entered,
        )

    assert tables_that_say("canarysky", alpha.tenant.pk) == []
    assert [path.exists() for path in paths] == [False, False]
    assert case.attachments.get().name == "[erased].txt"
