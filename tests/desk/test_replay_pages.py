"""Replay in the admin: a manager asks, watches, and reads whom a change would have affected."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.spreadsheet import plain_cell
from accounts.tenancy import tenant
from desk.policy.replay_forms import days_text, spans
from desk.policy.replay_words import levels_told
from jobs.models import Job
from jobs.working import work_due
from sla.actions import save_targets
from sla.engine.document import parse_document
from sla.models import PolicyVersion, PolicyWithdrawal
from tests.desk.conftest import MONDAY, text_of
from tests.packs import pack_for
from tests.sla.working import revision, with_hours
from tickets.actions.conversation import reply_to_case
from tickets.models import ReplayFlip
from tickets.replay import start_replay

FORM = {"span": "days_30", "under": "working_copy", "plan": ""}
NOW = MONDAY + timedelta(days=10)


@pytest.fixture
def managing(desk, set_desk_time):
    """Have two cases answered after six hours, and four instead of eight in the working copy."""
    for hours in (6, 2):
        case = desk.file(severity="2", subject=f"=Answered after {hours}")
        with tenant(desk.twin.tenant):
            at = MONDAY + timedelta(hours=hours)
            reply_to_case(case_id=case.pk, body="Done.", by=desk.twin.agent, at=at)
    with tenant(desk.twin.tenant) as at:
        targets = with_hours("MX-20", 4)
        save_targets(by=desk.twin.manager, at=at, revision=revision(), targets=targets)
    set_desk_time(NOW)
    return desk.client(desk.twin.manager)


def replayed(managing, **changes):
    """Order a replay on the page and let a worker do it."""
    page = managing.post(reverse("admin:replay_ask"), FORM | changes)
    assert page.status_code == 302, text_of(page)
    work_due(5)
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def page_of(client, name, *arguments, **query):
    return client.get(reverse(f"admin:replay_{name}", args=arguments), query)


def first_flip(desk):
    with tenant(desk.twin.tenant):
        return ReplayFlip.objects.get()


def test_replay_is_ordered_watched_and_read(managing):
    job = replayed(managing)

    watched = text_of(managing.get(reverse("admin:jobs_job_page", args=[job])))
    report = text_of(page_of(managing, "report", job))

    assert reverse("admin:replay_report", args=[job]) in watched
    assert (
        "Of 2 cases opened from 13 February to 14 March 2030, "
        "1 promise would be late instead of kept, 0 kept instead of late." in report
    )
    assert "Standard: 1 late instead of kept, 0 kept instead of late" in report
    assert "Monday: 1 late instead of kept" in report


def test_report_counts_what_is_only_due_at_another_time(managing):
    report = text_of(page_of(managing, "report", replayed(managing)))

    assert "1 more promise would be due at another time, with the same verdict." in report
    assert "1 late instead of kept, 0 kept instead of late; 1 only due at another time" in report


def test_replay_is_read_while_no_version_stands(managing, desk):
    job = replayed(managing)
    flip = first_flip(desk).pk
    with tenant(desk.twin.tenant) as at:
        PolicyWithdrawal.objects.create(
            tenant=desk.twin.tenant,
            version=PolicyVersion.objects.get(),
            withdrawn_at=at,
            withdrawn_by=desk.twin.manager,
            reason="Wrong.",
        )

    pages = [page_of(managing, "report", job), page_of(managing, "flips", job)]
    pages.append(page_of(managing, "flip", job, flip))

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Standard" in text_of(pages[1])
    assert b"Standard" in b"".join(page_of(managing, "table", job).streaming_content)


def test_report_says_which_text_was_replayed(managing, desk):
    job = replayed(managing)
    with tenant(desk.twin.tenant):
        digest = Job.objects.get(pk=job).params["checksum"]

    assert f"the working copy as it was then (checksum {digest[:12]}" in text_of(
        page_of(managing, "report", job)
    )


def test_report_counts_the_steps_that_would_have_fired(managing):
    report = text_of(page_of(managing, "report", replayed(managing)))

    assert "First response: it is late (notice)" in report


def test_replay_under_a_published_version_changes_nothing(managing):
    job = replayed(managing, under="1")

    assert "0 promises would be late instead of kept" in text_of(page_of(managing, "report", job))
    assert "None: no verdict would be another one." in text_of(page_of(managing, "flips", job))


def test_unfinished_replay_leads_to_its_progress(managing, desk):
    with tenant(desk.twin.tenant) as at:
        job = start_replay(since=MONDAY, until=NOW, by=desk.twin.manager, at=at)

    for name in ("report", "flips"):
        page = page_of(managing, name, job.pk)
        assert page.url == reverse("admin:jobs_job_page", args=[job.pk])
    assert page_of(managing, "table", job.pk).status_code == 404


def test_priority_is_named_so_beside_a_severity():
    flip = ReplayFlip(plan="", severity="2", priority="high")
    policy = parse_document(pack_for("datadynamics", "datadynamics"))

    assert list(levels_told(flip, [policy])) == ["Severity Level 2 - High", "priority High"]


def test_flips_name_the_case_and_both_due_times(managing):
    listed = text_of(page_of(managing, "flips", replayed(managing)))

    assert "TW-1 =Answered after 6" in listed
    assert "kept → late" in listed
    # 10:00 in Paris and eight, or four, hours.
    assert "Mon 4 Mar 2030, 18:00 CET" in listed
    assert "Mon 4 Mar 2030, 14:00 CET" in listed


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"direction": "to_late"}, 1),
        ({"direction": "to_kept"}, 0),
        ({"severity": "2", "plan": "standard"}, 1),
        ({"severity": "3"}, 0),
        ({"direction": "no-such-way"}, 0),
        ({"after": "no-such-key"}, 1),
        ({"after": "9" * 5_000}, 1),
        ({"after": f"1-{'9' * 5_000}"}, 1),
        ({"after": f"{'9' * 19}-1"}, 1),
        ({"plan": "\0"}, 0),
        ({"plan": "s" * 5_000}, 0),
    ],
)
def test_flips_are_narrowed(managing, query, count):
    listed = text_of(page_of(managing, "flips", replayed(managing), **query))

    assert listed.count("Answered after 6") == count


def test_flips_come_page_after_page(managing, desk, monkeypatch):
    job = replayed(managing)
    with tenant(desk.twin.tenant):
        flip = ReplayFlip.objects.get()
        for _copy in range(4):
            flip.pk = None
            flip.save()
        keys = list(ReplayFlip.objects.order_by("pk").values_list("pk", flat=True))
    monkeypatch.setattr("tickets.replay_reading.FLIPS_A_PAGE", 2)

    seen, after = [], ""
    while len(seen) < 9:
        page = page_of(managing, "flips", job, after=after)
        seen.extend(row.flip.pk for row in page.context["rows"])
        after = page.context["following"].partition("after=")[2]
        if not after:
            break

    assert seen == keys


def test_both_receipts_stand_side_by_side(managing, desk):
    job = replayed(managing)

    page = text_of(page_of(managing, "flip", job, first_flip(desk).pk))

    assert "As it was" in page
    assert "As it would have been" in page
    assert "8 business hours" in page
    assert "4 business hours" in page


def test_receipts_of_a_text_that_changed_since_are_of_the_one_replayed(managing, desk):
    job = replayed(managing)
    with tenant(desk.twin.tenant) as at:
        targets = with_hours("MX-20", 30)
        save_targets(by=desk.twin.manager, at=at, revision=revision(), targets=targets)

    page = text_of(page_of(managing, "flip", job, first_flip(desk).pk))

    assert "4 business hours" in page
    assert "30 business hours" not in page


def test_file_has_every_flip_and_no_formula(managing):
    job = replayed(managing)

    answer = page_of(managing, "table", job)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    (line,) = csv.DictReader(text.splitlines())
    assert (line["Case"], line["Subject"]) == ("TW-1", "'=Answered after 6")
    assert (line["Plan"], line["Plan code"]) == ("Standard", "standard")
    assert (line["Severity"], line["Severity code"]) == ("Severity Level 2 (High)", "2")
    assert (line["Priority"], line["Priority code"]) == ("", "")
    assert line["Opened"] == "2030-03-04 10:00:00+01:00"
    assert (line["Then"], line["Would be"]) == ("kept", "late")
    assert line["Due then"] == "2030-03-04 18:00:00+01:00"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_cell_is_no_formula(cell, written):
    assert plain_cell(cell) == written


def test_own_days_are_asked_for_and_checked(managing):
    ask = reverse("admin:replay_ask")
    dates = FORM | {"span": "dates"}

    assert "Which day?" in text_of(managing.post(ask, dates))
    turned = dates | {"first": "2030-03-05", "last": "2030-03-04"}
    assert "This is before the first day." in text_of(managing.post(ask, turned))
    job = replayed(managing, span="dates", first="2030-03-04", last="2030-03-04")
    assert "Of 2 cases opened from 4 March to 4 March 2030" in text_of(
        page_of(managing, "report", job)
    )


def test_spans_are_whole_days_and_the_quarter_is_the_last_whole_one():
    assert spans(date(2026, 11, 22)) == {
        "days_30": (date(2026, 10, 24), date(2026, 11, 22)),
        "quarter": (date(2026, 7, 1), date(2026, 9, 30)),
        "year": (date(2025, 11, 23), date(2026, 11, 22)),
    }
    assert spans(date(2026, 1, 31))["quarter"] == (date(2025, 10, 1), date(2025, 12, 31))
    assert days_text(date(2025, 10, 1), date(2026, 1, 2)) == "1 October 2025 to 2 January 2026"


def test_other_vendors_replay_is_not_there(managing, desk, beta, browse):
    job = replayed(managing)
    flip = first_flip(desk).pk
    stranger = browse(beta.tenant, beta.manager)

    assert page_of(stranger, "report", job).status_code == 404
    assert page_of(stranger, "flips", job).status_code == 404
    assert page_of(stranger, "flip", job, flip).status_code == 404
    assert page_of(stranger, "table", job).status_code == 404


def test_flip_of_another_replay_is_not_found(managing, desk):
    replayed(managing)
    flip = first_flip(desk).pk
    other = replayed(managing, under="1")

    assert page_of(managing, "flip", other, flip).status_code == 404


def test_desk_has_no_replay(managing, desk):
    assert page_of(desk.client(desk.twin.lead), "ask").status_code == 404


def test_days_are_those_of_the_vendor(managing, desk):
    # The first moment of 4 March in Paris.
    job = replayed(managing, span="dates", first="2030-03-04", last="2030-03-04")

    with tenant(desk.twin.tenant):
        params = Job.objects.get(pk=job).params
    assert params["from"] == int(datetime(2030, 3, 3, 23, tzinfo=UTC).timestamp())
    assert params["to"] - params["from"] == 86_400


def test_receipt_of_the_working_copy_names_no_version(managing, desk):
    job = replayed(managing)

    page = text_of(page_of(managing, "flip", job, first_flip(desk).pk))

    assert "The working copy, which is not published" in page
    assert "Version 0" not in page


def test_policy_leads_to_the_replay(managing):
    page = text_of(managing.get(reverse("admin:sla_policydraft_changelist")))

    assert reverse("admin:replay_ask") in page
