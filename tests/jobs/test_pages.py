"""Watching and cancelling long work in the admin, without JavaScript."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import tenant
from jobs.actions import cancel_job, start_job
from jobs.models import Job
from jobs.working import work_due
from tests.jobs.kinds import KIND, SECRET, WITH_PAGE
from tests.jobs.test_jobs import work_one

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(browse, alpha):
    return browse(alpha.tenant, alpha.manager)


@pytest.fixture
def start(alpha):
    def started(kind=KIND, *, sizes=(2, 3), after=None, **params):
        with tenant(alpha.tenant) as at:
            not_before = at + after if after else None
            params = {"sizes": list(sizes), **params}
            by = None if kind == SECRET else alpha.manager
            return start_job(kind=kind, params=params, by=by, at=at, not_before=not_before)

    return started


def page_of(job):
    return reverse("admin:jobs_job_page", args=[job.pk])


def text_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def test_running_work_shows_its_progress_and_looks_again(manager, alpha, start):
    job = start()
    work_one(alpha, job)
    work_one(alpha, job)

    page = manager.get(page_of(job))

    assert page["Refresh"] == "2"
    assert '<progress class="job-progress" aria-label="Progress" value="2" max="5">' in (
        page.content.decode()
    )
    assert "Number the sites" in text_of(page)
    assert "Running 2 of 5, 40 %" in text_of(page)
    assert f"Ordered by {alpha.manager.name}" in text_of(page)


def test_work_that_waits_says_when_it_begins_and_looks_again_seldom(manager, start):
    soon, later = start(), start(after=timedelta(days=2))

    assert "It begins within seconds." in text_of(manager.get(page_of(soon)))
    page = manager.get(page_of(later))
    assert (page["Refresh"], "It begins " in text_of(page)) == ("30", True)
    assert "in 1 d 23 h" in text_of(page) or "in 2 d" in text_of(page)


def test_work_that_is_done_leads_to_its_result_and_is_at_rest(manager, start):
    plain, with_page = start(), start(WITH_PAGE)

    assert "See the result" not in text_of(manager.get(page_of(with_page)))
    work_due()
    plain_page, page = manager.get(page_of(plain)), manager.get(page_of(with_page))

    assert ("Refresh" in page, "Cancel this work" in text_of(page)) == (False, False)
    assert '<a class="job-result" href="/desk/">' in page.content.decode()
    assert "5 items are done" in text_of(page)
    assert "See the result" not in text_of(plain_page)


def test_work_that_failed_says_why(manager, start):
    job = start(refused=1)
    work_due()

    page = text_of(manager.get(page_of(job)))

    assert "Failed Item 1 cannot be done. It ended after 3 of 5." in page


def test_cancel_stops_it_and_is_in_the_log(manager, alpha, start):
    job = start()
    work_one(alpha, job)
    work_one(alpha, job)

    page = manager.post(reverse("admin:jobs_job_cancel", args=[job.pk]), follow=True)

    assert page.redirect_chain == [(page_of(job), 302)]
    assert "Cancelled. What was done stays done." in text_of(page)
    assert "It was cancelled after 2 of 5. What was done stays done." in text_of(page)
    with tenant(alpha.tenant):
        assert Job.objects.get(pk=job.pk).state == "cancelled"
        assert LogEntry.objects.get().change_message == "Cancelled"


def test_cancel_of_what_has_ended_is_refused_in_words(manager, alpha, start):
    job = start()
    with tenant(alpha.tenant) as at:
        cancel_job(job_id=job.pk, by=alpha.manager, at=at)

    page = manager.post(reverse("admin:jobs_job_cancel", args=[job.pk]), follow=True)

    assert "This work has already ended: there is nothing to cancel." in text_of(page)


def test_cancel_is_no_link(manager, start):
    assert manager.get(reverse("admin:jobs_job_cancel", args=[start().pk])).status_code == 405


def test_list_shows_what_the_manager_may_see(manager, alpha, start):
    job, secret = start(), start(SECRET)
    work_one(alpha, job)
    work_one(alpha, job)

    page = manager.get(reverse("admin:jobs_job_changelist"))

    assert "Running, 40 %" in text_of(page)
    assert "For operators" not in text_of(page)
    assert manager.get(page_of(secret)).status_code == 404


@pytest.mark.parametrize("is_demo", [True, False])
def test_page_says_in_a_demonstration_whose_clock_its_times_are_on(
    manager, start, settings, is_demo
):
    settings.DEMO = is_demo

    page = manager.get(page_of(start())).content.decode()

    assert ("These times are on the desk's clock." in unescape(page)) == is_demo


def test_list_asks_as_often_for_fifty_as_for_one(manager, start):
    start()
    counts = [statements_of_the_list(manager)]
    for _job in range(49):
        start()

    counts.append(statements_of_the_list(manager))

    assert counts[0] == counts[1]


def statements_of_the_list(manager):
    with CaptureQueriesContext(connection) as asked:
        page = manager.get(reverse("admin:jobs_job_changelist"))
    assert page.status_code == 200
    return len(asked)
