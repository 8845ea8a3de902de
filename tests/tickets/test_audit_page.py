"""The managers' page of the audit: what was found, an audit at once, and rebuilding."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.tenancy import tenant
from tests.tickets.audits import audited
from tests.tickets.retargets import now

pytestmark = pytest.mark.django_db

PAGE = "/admin/tickets/clockdifference/"


def text_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


@pytest.fixture
def manager(browse, alpha):
    return browse(alpha.tenant, alpha.manager)


def test_page_says_that_there_was_no_audit_yet(manager):
    assert "There was no audit yet." in text_of(manager.get(PAGE))


def test_audit_at_once_is_work_to_watch_that_leads_back_here(manager, alpha, spoiled):
    page = manager.post(f"{PAGE}audit/", follow=True)
    assert "Audit of the clocks" in text_of(page)
    (job_page, _status) = page.redirect_chain[-1]

    audited(alpha)

    assert f'class="job-result" href="{PAGE}"' in manager.get(job_page).content.decode()


def test_page_lists_what_differs_in_words_by_case(manager, alpha, spoiled):
    audited(alpha)

    page = text_of(manager.get(PAGE))

    assert "4 clocks of 2 open cases were compared with their timelines." in page
    assert "TW-2 Tier 3 1 Rebuild from the timeline TW-2" in page
    assert "TW-2 First response: counts as late False True with the case" in page
    assert "TW-1" not in page


def test_rebuild_puts_the_case_right_and_is_in_the_log(manager, alpha, spoiled):
    audited(alpha)

    page = manager.post(f"{PAGE}rebuild/2/", follow=True)

    assert "TW-2 now says what its timeline says." in text_of(page)
    assert f"rebuilt by {alpha.manager.name}" in text_of(page)
    assert "Rebuild from the timeline" not in text_of(page)
    with tenant(alpha.tenant):
        assert now(spoiled).tier == 1
        entry = LogEntry.objects.get()
        assert (entry.change_message, entry.object_id) == (
            "Rebuilt from the timeline",
            str(spoiled.pk),
        )


def test_clean_audit_says_so(browse, beta, spoiled):
    audited(beta)

    page = text_of(browse(beta.tenant, beta.manager).get(PAGE))

    assert "No difference" in page
    assert "Rebuild from the timeline" not in page


def test_buttons_are_no_links(manager, spoiled):
    assert (
        manager.get(reverse("admin:tickets_clockdifference_rebuild", args=[2])).status_code == 405
    )
    assert manager.get(f"{PAGE}audit/").status_code == 405


def test_case_that_is_not_there_is_not_rebuilt(manager, spoiled):
    assert manager.post(f"{PAGE}rebuild/987/").status_code == 404
