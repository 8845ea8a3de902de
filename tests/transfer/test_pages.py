"""The admin's pages of moving in and out, and of erasing, as a manager uses them."""

import io

import pytest
from django.urls import reverse

from accounts.models import Person
from accounts.tenancy import tenant
from tests.packs import publish
from tests.transfer.moving import worked
from tests.transfer.test_moving_out import packed
from transfer.models import ExportRun, ImportRun, RetentionRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(browse, alpha):
    publish(alpha, "metalogix")
    return browse(alpha.tenant, alpha.manager)


def upload(manager, text, name="cases.csv", **changes):
    file = io.BytesIO(text.encode())
    file.name = name
    said = {"file": file, "format": "csv", "source": "Old desk"} | changes
    return manager.post(reverse("admin:imports"), said)


def worked_off(alpha):
    with tenant(alpha.tenant):
        return worked(ImportRun.objects.latest("pk"))


def test_manager_uploads_says_what_words_mean_and_takes_over(manager, alpha):
    head = "id,contact,subject,status,opened_at\n"
    text = head + "1,contact@acme.test,S,parked,2025-01-01\n2,x@y.z,T,,x\n"
    answer = upload(manager, text)
    run = worked_off(alpha)
    assert answer["Location"] == reverse("admin:import_run", args=[run.pk])
    assert run.source == "old-desk"

    page = manager.get(answer["Location"]).content.decode()
    assert ">added<" in page
    assert "is no moment" in page
    assert "parked" in page
    table = b"".join(manager.get(reverse("admin:import_faults", args=[run.pk])).streaming_content)
    assert table.decode().count("\n") == 4

    again = reverse("admin:import_again", args=[run.pk])
    manager.post(again, {"status-0": "closed", "severity-0": "no code"})
    assert worked_off(alpha).maps == {"status": {"parked": "closed"}}
    manager.post(reverse("admin:import_confirm", args=[run.pk]))
    worked_off(alpha)

    page = manager.get(answer["Location"]).content.decode()
    assert reverse("admin:replay_ask") in page
    with tenant(alpha.tenant):
        assert alpha.contact.contact_cases.get(subject="S").status == "closed"
        job = ImportRun.objects.get().job_id
    assert manager.get(reverse("admin:jobs_job_page", args=[job])).status_code == 200


def test_upload_that_is_no_archive_is_refused_on_its_form(manager):
    answer = upload(manager, "no archive", name="a.zip")

    assert "cannot be opened" in answer.content.decode()


def test_templates_can_be_filled_in_and_uploaded(manager, alpha):
    template = manager.get(reverse("admin:import_template", args=["company"])).content.decode()
    upload(manager, template, name="companies.csv")

    assert worked_off(alpha).figures["rows"] == {"company": {"new": 1}}


def test_packed_export_is_downloaded_by_pressing(manager, alpha):
    with tenant(alpha.tenant) as at:
        run = packed(alpha, at)
    page = manager.get(reverse("admin:exports")).content.decode()
    assert reverse("admin:export_file", args=[run.pk]) in page

    answer = manager.post(reverse("admin:export_file", args=[run.pk]))

    assert answer["Content-Type"] == "application/zip"
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert manager.post(reverse("admin:exports")).status_code == 302
    with tenant(alpha.tenant):
        assert ExportRun.objects.count() == 2


def test_rule_is_looked_at_before_it_is_kept(manager, alpha):
    page = manager.post(reverse("admin:retention"), {"texts_months": "6", "look": ""})
    assert "What it would erase now" in page.content.decode()
    page = manager.post(reverse("admin:retention"), {"texts_months": "6", "keep": ""})
    assert "Type “erase” to confirm" in page.content.decode()

    manager.post(reverse("admin:retention"), {"texts_months": "6", "confirm": "erase", "keep": ""})

    with tenant(alpha.tenant):
        assert RetentionRule.objects.get().texts_months == 6


def test_person_is_erased_once_their_name_is_typed(manager, alpha):
    page = reverse("admin:erase_person", args=[alpha.contact.pk])
    assert "Erase cn-alpha-contact" in manager.get(page).content.decode()
    assert manager.post(page, {"with_texts": "yes", "confirm": "no"}).status_code == 200

    answer = manager.post(page, {"with_texts": "yes", "confirm": alpha.contact.name})

    assert answer.status_code == 302
    with tenant(alpha.tenant):
        assert Person.objects.get(pk=alpha.contact.pk).email == ""
    assert "erased already" in manager.get(page).content.decode()
