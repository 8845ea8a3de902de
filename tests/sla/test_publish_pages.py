"""Comparing, publishing and undoing in the admin."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry

from accounts.tenancy import tenant
from sla.models import PolicyVersion
from tests.sla.pages import (
    current_number,
    in_alpha,
    published,
    row_with,
    sent_by,
    text_of,
    url,
    with_amount,
)
from tests.sla.working import numbers, target


def test_saved_target_is_not_promised_before_it_is_published(manager, alpha, faster):
    assert "Saved in the working copy." in text_of(faster)
    assert "The working copy has changes that are not published." in text_of(faster)
    assert in_alpha(alpha, lambda: target("MX-20").amount) == 4 * 3600
    assert current_number(alpha) == 1


def test_changed_target_is_compared_and_published(manager, alpha, beta, faster):
    compared = text_of(manager.get(url("policydraft_publish")))
    answer = published(manager, note="Faster")

    assert "8 business hours, Metalogix portal hours 4 business hours" in compared
    assert "Version 2 is published." in text_of(answer)
    assert (current_number(alpha), current_number(beta)) == (2, 1)
    assert in_alpha(alpha, LogEntry.objects.filter(user=alpha.manager).count) == 2


def test_cells_of_the_comparison_name_their_level_where_there_is_no_room_for_columns(
    manager, faster
):
    page = manager.get(url("policydraft_publish")).content.decode()

    _head, _caption, grid = page.partition("before → after")
    assert '<td role="cell" data-label="Severity Level 2 (High)" class="publish-changed">' in grid


def test_published_version_shows_its_text_and_what_changed(manager, faster):
    published(manager, note="Faster")

    said = text_of(manager.get(url("policyversion_text", 2)))

    assert "8 business hours, Metalogix portal hours 4 business hours" in said
    assert 'vendor = "alpha"' in said
    assert "Faster" in said


def test_version_is_published_from_a_date_of_the_vendors_zone(manager, alpha, faster):
    published(manager, when="later", starts_on="2999-07-01", starts_time="08:30")

    with tenant(alpha.tenant):
        version = PolicyVersion.objects.get(number=2)
    # 08:30 of a summer's day in Paris.
    assert version.effective_at == datetime(2999, 7, 1, 6, 30, tzinfo=UTC)
    assert current_number(alpha) == 1
    page = manager.get(url("policydraft_publish"))
    assert "there is nothing to publish" in text_of(page)
    listed = text_of(manager.get(url("policyversion_changelist")))
    assert "Version 2 Mon 1 Jul 2999, 08:30 CEST" in listed
    assert "Version 1 the beginning" in listed


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"when": "later"}, "From which date?"),
        ({"when": "later", "starts_on": "soon"}, "Enter a valid date."),
        ({"when": "later", "starts_on": "2001-01-01"}, "cannot take effect before"),
        ({"when": "later", "starts_on": "9999-12-31"}, "less than or equal to 9998-12-31"),
        ({"when": "never"}, "Select a valid choice."),
        ({"revision": "1"}, "Somebody else changed or published the working copy"),
        ({"revision": "x"}, "Somebody else changed or published the working copy"),
    ],
)
def test_publishing_that_cannot_be_is_told_why(manager, alpha, faster, changes, fault):
    answer = published(manager, **changes)

    assert fault in text_of(answer)
    assert in_alpha(alpha, numbers) == [1]


def test_nothing_is_published_twice(manager, alpha, faster):
    page = sent_by(manager.get(url("policydraft_publish")))
    manager.post(url("policydraft_publish"), page)

    again = manager.post(url("policydraft_publish"), page)

    assert "there is nothing to publish" in text_of(again)
    assert in_alpha(alpha, numbers) == [1, 2]


def test_version_that_has_not_begun_is_pointed_out(manager, alpha, faster):
    published(manager, when="later", starts_on="2999-07-01")
    page = manager.get(url("policydraft_targets", "first_response"))
    data = sent_by(page) | {f"{row_with(page, 'MX-20')}-amount": "2"}
    manager.post(url("policydraft_targets", "first_response"), data)

    assert "Version 2 is to begin on" in text_of(manager.get(url("policydraft_publish")))


def test_time_that_the_clocks_skip_is_refused_in_words(manager, alpha, faster):
    skipped = published(manager, when="later", starts_on="2999-03-31", starts_time="02:30")

    assert (
        "31 Mar 2999, 02:30 does not exist in Europe/Paris: the clocks are put forward then."
        in text_of(skipped)
    )
    assert in_alpha(alpha, numbers) == [1]


def test_copy_is_compared_with_what_is_in_effect_and_with_what_waits(manager, faster):
    published(manager, when="later", starts_on="2999-07-01")
    waiting = text_of(manager.get(url("policydraft_publish")))
    with_amount(manager, "2")

    said = text_of(manager.get(url("policydraft_publish")))

    in_effect, _heading, waits = said.partition("Compared with version 2, which was published last")
    assert "Version 2 is to begin on Mon 1 Jul 2999, 00:00 CEST." in waiting
    assert "Compared with version 1, which is in effect for customers now" in in_effect
    assert "8 business hours, Metalogix portal hours 2 business hours" in in_effect
    assert "4 business hours, Metalogix portal hours 2 business hours" in waits


def test_version_that_was_replaced_before_it_began_says_so(manager, faster):
    published(manager, when="later", starts_on="2999-07-01")
    with_amount(manager, "2")
    published(manager)
    with_amount(manager, "3")

    listed = text_of(manager.get(url("policyversion_changelist")))
    replaced = text_of(manager.get(url("policyversion_text", 2)))
    after = text_of(manager.get(url("policyversion_text", 3)))
    page = text_of(manager.get(url("policydraft_publish")))

    assert "Version 2 never in effect: replaced by version 3" in listed
    assert "never in effect: replaced by version 3" in replaced
    assert "What changes, compared with version 1" in after
    assert "8 business hours, Metalogix portal hours 2 business hours" in after
    assert "is to begin on" not in page


def test_changes_are_undone(manager, alpha, faster):
    asked = manager.get(url("policydraft_undo"))
    sent = {"revision": str(asked.context["revision"])}

    assert "this is thrown away" in text_of(asked)
    assert "8 business hours, Metalogix portal hours" in text_of(asked)
    assert in_alpha(alpha, lambda: target("MX-20").amount) == 4 * 3600
    answer = manager.post(url("policydraft_undo"), sent, follow=True)

    assert "The working copy says what the version published last says." in text_of(answer)
    assert in_alpha(alpha, lambda: target("MX-20").amount) == 8 * 3600


def test_missing_settings_are_named_before_publishing(manager, alpha, faster):
    page = text_of(manager.get(url("policydraft_publish")))
    overview = text_of(manager.get(url("policydraft_changelist")))

    assert "Required settings that are missing:" in page
    assert "A logo" in page
    assert "Required: A logo" in overview
    assert "required settings are missing" in overview


def test_overview_leads_to_the_page_that_customers_read(manager, alpha):
    page = manager.get(url("policydraft_changelist"))

    assert '<a href="/policy/">As customers read it</a>' in page.content.decode()
