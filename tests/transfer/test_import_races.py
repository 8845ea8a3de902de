"""An import beside others at work: two workers on one, and customers who file cases meanwhile."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connections

from accounts.errors import DomainError
from accounts.models import Company, Person
from accounts.tenancy import tenant
from entitlements.models import Contract
from jobs.actions import cancel_job
from jobs.models import Job
from jobs.working import _step, work_due
from tests.cases import file_case
from tests.packs import publish
from tests.transfer.moving import archive
from tests.transfer.test_importing import entry, past
from tickets.actions.importing import import_case
from tickets.models import Case, Message
from transfer import import_taking, importing
from transfer.errors import NotNow
from transfer.models import ImportedRow, ImportFault, ImportRun
from transfer.writing import write

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 60


def at_once(*works):
    """Run the works in threads of their own, each on its own connection."""

    def run(work):
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, work) for work in works]]


def upload():
    """Have cases of people of companies, in several parts of each kind.

    The first people are of the last companies, which another worker is at just then.
    """
    numbers = range(NUMBER)
    return archive(
        companies_csv="id,name\n" + "".join(f"c{n},Company {n}\n" for n in numbers),
        people_csv="id,name,email,company\n"
        + "".join(f"p{n},Person {n},p{n}@c{n}.test,c{NUMBER - 1 - n}\n" for n in numbers),
        contracts_csv="id,company,plan,starts_on\n"
        + "".join(f"k{n},c{n},standard,2025-12-01\n" for n in numbers),
        cases_csv="id,number,contact,subject,status,tags,opened_at\n"
        + "".join(f"t{n},{100 + n},p{n},Case {n},closed,moved,2025-01-01\n" for n in numbers),
        messages_csv="case,at,body\n" + "".join(f"t{n},2025-01-01,Words {n}\n" for n in numbers),
    )


@pytest.fixture
def run(alpha, monkeypatch):
    """Have an import that was confirmed, with parts so small that workers meet."""
    monkeypatch.setattr(import_taking, "TAKEN_AT_ONCE", 10)
    monkeypatch.setattr(import_taking, "CASES_AT_ONCE", 5)
    monkeypatch.setattr(import_taking, "write", slowly)
    publish(alpha, "metalogix")
    with tenant(alpha.tenant) as at:
        facts = {"name": "upload.zip", "source": "old", "format": "csv", "by": alpha.manager}
        run = importing.begin_import(blocks=[upload()], at=at, **facts)
    work_due(60)
    with tenant(alpha.tenant) as at:
        return importing.confirm_import(run_id=run.pk, by=alpha.manager, at=at)


def slowly(planning, planned):
    """Write as ever, and the companies so slowly that others come to their people."""
    if planned.line.kind == "company":
        time.sleep(0.02)
    return write(planning, planned)


def work_until_it_is_over(twin, run):
    def work():
        deadline = time.monotonic() + 50
        while time.monotonic() < deadline:
            done = _step(twin.tenant.pk, run.job_id)
            with tenant(twin.tenant):
                if not Job.objects.get(pk=run.job_id).is_active:
                    return done.failed
            time.sleep(0.005)
        raise AssertionError("the import did not end")

    return work


def outcome(twin):
    with tenant(twin.tenant):
        run = ImportRun.objects.get()
        return (
            run.state,
            run.figures["taken"],
            ImportFault.objects.filter(is_warning=False).count(),
            sorted(Case.objects.values_list("number", flat=True)),
            Company.objects.filter(name__startswith="Company ").count(),
            Person.objects.filter(name__startswith="Person ").count(),
            Contract.objects.filter(company__name__startswith="Company ").count(),
            Message.objects.count(),
            ImportedRow.objects.count(),
        )


WHOLE = (
    "done",
    {kind: {"new": NUMBER} for kind in ("company", "person", "contract", "case")},
    0,
    list(range(100, 100 + NUMBER)),
    *(NUMBER, NUMBER, NUMBER, NUMBER, 4 * NUMBER),
)


def test_workers_that_share_an_import_take_each_row_over_once(alpha, run):
    at_once(*[work_until_it_is_over(alpha, run)] * 3)

    assert outcome(alpha) == WHOLE


def test_rows_are_refused_before_what_they_refer_to_and_lost_without_that(alpha, run, monkeypatch):
    _step(alpha.tenant.pk, run.job_id)  # divides
    with tenant(alpha.tenant) as at:
        job = Job.objects.get(pk=run.job_id)
        params = job.parts.filter(params__kind="person").order_by("number").first().params
        with pytest.raises(DomainError):
            import_taking.work_taking(job, params, at)

        # Whoever does not wait finds no company for these people, and leaves them out for good.
        monkeypatch.setattr(import_taking, "_wait_for_earlier", lambda job, params: None)
        assert import_taking.work_taking(job, params, at) == {"person": {"faulty": 10}}


def test_import_that_is_confirmed_twice_at_once_is_taken_over_once(alpha, run):
    with tenant(alpha.tenant) as at:
        cancel_job(job_id=run.job_id, by=alpha.manager, at=at)

    def confirm():
        try:
            with tenant(alpha.tenant) as at:
                return importing.confirm_import(run_id=run.pk, by=alpha.manager, at=at).job_id
        except DomainError as refusal:
            return type(refusal)

    first, second = sorted(at_once(confirm, confirm), key=str)

    assert second is NotNow
    with tenant(alpha.tenant):
        jobs = Job.objects.filter(kind="import_take").exclude(state="cancelled")
        assert list(jobs.values_list("pk", flat=True)) == [first]


def test_case_that_is_filed_meanwhile_keeps_its_number_and_the_import_goes_on(alpha):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant) as at:
        first = file_case(alpha, at=at).number
    filed, taken = Event(), []

    def customer():
        with tenant(alpha.tenant) as at:
            number = file_case(alpha, at=at).number
            filed.set()
            assert somebody_waits_for_a_lock()
        return number

    def importer():
        assert filed.wait(timeout=10)
        with tenant(alpha.tenant) as at:
            one = past(alpha, entry("customer", 0, alpha.contact), number=first + 1)
            taken.append(import_case(one, at=at).case.number)

    number, _nothing = at_once(customer, importer)

    assert (number, taken) == (first + 1, [first + 2])


def somebody_waits_for_a_lock():
    """Look at the server's list of locks until one is waited for, for ten seconds at most."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False
