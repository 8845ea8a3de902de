"""The command line of operators: what it does, says, refuses, and with which exit status."""

import io
import json
import os
import stat
import zipfile

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Person, Tenant
from accounts.tenancy import tenant
from entitlements.ledger import add_points
from jobs.models import Job
from supportdesk.management.commands import tenant as vendors
from tests.packs import publish
from tests.twins import raise_twin

pytestmark = pytest.mark.django_db

NEW = {
    "name": "New Desk",
    "time_zone": "Europe/Berlin",
    "case_prefix": "ND",
    "manager_name": "Mia",
    "manager_email": "mia@new.test",
}


def told(*args, **options):
    """Run a command; give what it wrote."""
    out = io.StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


def refused(*args, **options):
    """Run a command that is refused, as JSON; give its exit status and its answer."""
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(*args, stdout=out, json=True, **options)
    return ended.value.code, json.loads(out.getvalue())["error"]


@pytest.mark.parametrize("args", [["tenant"], *(["tenant", act] for act in vendors.ACTS)])
def test_help_is_given_for_each_act(args, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command(*args, "--help")

    assert ended.value.code == 0
    assert "--help" in capsys.readouterr().out


def test_vendor_is_made_once_and_its_manager_invited():
    answer = json.loads(told("tenant", "create", "new-desk", json=True, **NEW))

    assert answer["vendor"] == "new-desk"
    assert answer["invited"] == "mia@new.test"
    vendor = Tenant.objects.get(slug="new-desk")
    with tenant(vendor):
        assert Person.objects.get().email == "mia@new.test"
    status, code = refused("tenant", "create", "new-desk", **NEW)
    assert (status, code != "") == (1, True)
    with pytest.raises(CommandError):
        told("tenant", "create", "New Desk!", **NEW)
    assert Tenant.objects.filter(name="New Desk").count() == 1


def test_vendor_is_packed_into_a_file_that_only_its_owner_reads(alpha, tmp_path):
    publish(alpha, "metalogix")
    file = tmp_path / "alpha.zip"
    # What else has failed of this vendor is none of this command's business.
    with tenant(alpha.tenant) as at:
        ended = {"state": "failed", "why": "Broken.", "requested_at": at, "finished_at": at}
        Job.objects.create(tenant=alpha.tenant, kind="import_read", params={}, **ended)

    before = os.umask(0)
    try:
        answer = json.loads(told("tenant", "export", "alpha", output=file, json=True))
    finally:
        os.umask(before)

    assert answer["bytes"] == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
    assert refused("tenant", "export", "alpha", output=file) == (1, "no_place")
    assert refused("tenant", "export", "nobody", output=tmp_path / "b") == (1, "no_such_vendor")
    with pytest.raises(CommandError, match="no vendor nobody"):
        told("tenant", "export", "nobody", output=tmp_path / "b")


def test_upload_is_looked_through_and_with_a_word_taken_over(alpha, tmp_path):
    publish(alpha, "metalogix")
    file = tmp_path / "companies.csv"
    file.write_text("id,name\n1,Initech\n2,\n")
    act = ("tenant", "import", "alpha")
    facts = {"source": "old", "by": "manager@desk.test"}

    looked = json.loads(told(*act, file, json=True, **facts))
    taken = json.loads(told(*act, file, "--confirm", json=True, **facts))

    assert (looked["state"], looked["rows"]) == ("checked", {"company": {"faulty": 1, "new": 1}})
    assert (looked["faults"], len(looked["first"])) == (1, 1)
    assert (taken["state"], taken["taken"]) == ("done", {"company": {"new": 1}})
    assert refused(*act, tmp_path / "x", **facts) == (1, "no_such_file")
    assert refused(*act, file, source="old", by="nobody@desk.test") == (1, "no_such_person")
    assert refused(*act, file, source="old", by="agent@desk.test") == (1, "not_allowed")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_vendor_is_erased_once_its_address_is_said_twice():
    raise_twin("gone")

    assert refused("tenant", "erase", "gone", confirm="alpha") == (1, "not_confirmed")
    answer = json.loads(told("tenant", "erase", "gone", confirm="gone", json=True))

    assert (answer["vendor"], answer["rows"] > 10) == ("gone", True)
    assert not Tenant.objects.filter(slug="gone").exists()
    assert refused("tenant", "erase", "gone", confirm="gone") == (1, "not_found")


def test_statement_of_points_is_written_as_table_and_as_json(alpha):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant) as at:
        facts = {"source": "purchase", "reason_key": "order-1", "reference": "=1+1"}
        add_points(company=alpha.company, points=7, by=None, at=at, expires_at=None, **facts)
        year = at.year
    company = alpha.company.name

    answer = json.loads(told("points", "statement", "alpha", company, json=True))
    assert [
        (one["entry"], one["kind"], one["points"], one["balance"]) for one in answer["entries"]
    ] == [(1, "purchase", 7, 7)]
    assert answer["balance"] == 7
    table = told("points", "statement", "alpha", company, year=year)
    assert "order-1" in table
    assert "'=1+1" in table
    assert told("points", "statement", "alpha", company, year=year - 5).count("\n") == 1
    for args, code in (
        (("nobody", company), "no_such_vendor"),
        (("alpha", "Nobody"), "no_such_company"),
    ):
        assert refused("points", "statement", *args) == (1, code)
        with pytest.raises(CommandError, match=code):
            told("points", "statement", *args)
    assert refused("points", "statement", "alpha", company, year=0) == (1, "no_year")
