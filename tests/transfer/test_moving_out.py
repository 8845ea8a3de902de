"""Moving out: everything is in the file, nothing secret is, and another vendor can take it over."""

import json
import re
import zipfile

import pytest
from django.apps import apps

from accounts.errors import NotAllowed
from accounts.models import Change, Company, Person
from accounts.tenancy import tenant
from accounts.walls import TenantModel
from entitlements.models import Contract
from jobs.models import Job
from jobs.working import work_job
from tests.cases import file_case
from tests.packs import publish
from tests.transfer import moving
from tests.transfer.moving import FAR, faults, taken
from tests.uploads import uploaded
from tickets.actions.conversation import add_note, ask_customer, reply_as_customer, reply_to_case
from tickets.actions.ending import resolve_case
from tickets.actions.renaming import rename_case
from tickets.models import Case
from transfer import tables
from transfer.errors import ExportIsGone
from transfer.exporting import KEPT_FOR, download_export, drop_expired, order_export
from transfer.models import ExportRun
from transfer.storage import export_path

pytestmark = pytest.mark.django_db

SECRET_NAMES = re.compile("secret|password|token|digest|sealed|hash")


def packed(twin, at):
    run = order_export(by=twin.manager, at=at)
    for job in Job.objects.filter(state=Job.State.WAITING, kind="export"):
        work_job(twin.tenant.pk, job.pk, until=FAR)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.why
    return ExportRun.objects.get(pk=run.pk)


def live(twin, at):
    """Let there be a case with everything on it."""
    case = file_case(twin, at=at, subject="Printer", body="On fire.")
    reply_to_case(case_id=case.pk, by=twin.agent, body="Where?", at=at)
    ask_customer(case_id=case.pk, by=twin.agent, question="Which one?", at=at)
    reply_as_customer(case_id=case.pk, by=twin.contact, body="That one.", at=at)
    add_note(case_id=case.pk, by=twin.agent_2, body="Sigh.", at=at)
    uploaded(twin.agent, case, "reply", b"Water.", name="how to.txt", at=at)
    reply_to_case(case_id=case.pk, by=twin.agent, body="Read this.", at=at)
    rename_case(case_id=case.pk, subject="Printer on fire", by=twin.agent, at=at)
    return resolve_case(case_id=case.pk, by=twin.agent, solution="Water it.", at=at)


def test_every_table_is_exported_or_left_out_for_a_reason():
    ours = {model._meta.label for model in apps.get_models() if issubclass(model, TenantModel)}

    assert len(set(tables.EXPORTED)) == len(tables.EXPORTED)
    assert set(tables.EXPORTED) | set(tables.LEFT_OUT) == ours
    assert set(tables.EXPORTED) & set(tables.LEFT_OUT) == set()


def test_every_column_that_sounds_like_a_secret_is_left_out_or_listed():
    suspicious = {
        (model._meta.label, field.name)
        for model in tables.exported()
        for field in model._meta.concrete_fields
        if SECRET_NAMES.search(field.name) and field.column not in tables.columns_left_out(model)
    }

    assert suspicious == tables.NO_SECRETS


def test_export_has_everything_of_this_vendor_and_nothing_of_another(alpha, beta, entered):
    publish(alpha, "metalogix")
    case = live(alpha, entered)
    run = packed(alpha, entered)

    path = export_path(alpha.tenant.pk, run.key)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    manifest = json.loads(texts["manifest.json"])
    people = [json.loads(line) for line in texts["tables/accounts.Person.jsonl"].splitlines()]
    whole = "".join(texts.values())
    assert len(people) == Person.objects.count()
    assert not {"password", "email_key", "sign_outs", "tenant_id"} & people[0].keys()
    assert manifest["files"]["tables/accounts.Person.jsonl"]["rows"] == len(people)
    assert manifest["files"]["tables/tickets.Case.jsonl"]["rows"] == 1
    assert beta.canary not in whole
    assert [texts[name] for name in texts if name.startswith("files/")] == ["Water."]
    assert set(texts) == {*manifest["files"], "manifest.json"}
    assert run.expires_at == entered + KEPT_FOR
    assert case.subject in texts["spreadsheets/cases.csv"]


def test_export_is_had_by_managers_for_a_day_and_each_time_is_kept(alpha, entered):
    run = packed(alpha, entered)

    path = download_export(run_id=run.pk, by=alpha.manager, at=entered)
    assert path.is_file()
    assert Change.objects.filter(model="transfer.exportrun", by=alpha.manager).count() == 1
    with pytest.raises(NotAllowed):
        download_export(run_id=run.pk, by=alpha.lead, at=entered)
    with pytest.raises(ExportIsGone):
        download_export(run_id=run.pk, by=alpha.manager, at=entered + KEPT_FOR)
    assert drop_expired(entered) == 0
    assert drop_expired(entered + KEPT_FOR) == 1


def looks(case):
    """Tell a case as people see it."""
    said = [
        (one.kind, one.author.name, one.body, one.written_at)
        for one in case.messages.select_related("author").order_by("pk")
    ]
    return {
        "case": (case.number, case.uuid, case.subject, case.status, case.severity, case.channel),
        "whose": (case.company.name, case.contact.name, case.product.code, case.opened_at),
        "said": said,
        "noted": list(case.notes.values_list("author__name", "body")),
        "files": list(case.attachments.values_list("name", "size_bytes", "is_internal")),
    }


def test_what_was_moved_out_looks_the_same_where_it_is_moved_in(alpha, beta, db):
    with tenant(alpha.tenant) as at:
        publish(alpha, "metalogix")
        before = looks(live(alpha, at))
        companies = set(Company.objects.values_list("name", "time_zone", "country"))
        contracts = set(Contract.objects.values_list("company__name", "plan", "starts_on"))
        run = packed(alpha, at)
        data = export_path(alpha.tenant.pk, run.key).read_bytes()
    publish(beta, "metalogix")
    with tenant(beta.tenant) as at:
        moved = taken(beta, at, data, name="export.zip", format="export", source="supportdesk")

        # The twins' people have the same addresses: who is here already is used as they are.
        case = Case.objects.get(number=before["case"][0])
        after = looks(case)
        assert faults(moved) == []
        assert after["case"] == before["case"]
        assert after["files"] == before["files"]
        assert [one[2] for one in after["said"]] == [one[2] for one in before["said"]]
        assert companies <= set(Company.objects.values_list("name", "time_zone", "country"))
        assert contracts <= set(Contract.objects.values_list("company__name", "plan", "starts_on"))
        again = taken_again(beta, at, data)
        assert again == {"same"}


def taken_again(twin, at, data):
    run = moving.uploaded(twin, at, data, name="export.zip", format="export", source="supportdesk")
    return {verdict for kind in run.figures["rows"].values() for verdict in kind}
