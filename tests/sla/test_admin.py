"""The pages of the policy in the admin: to whom they are open, and what they show."""

import pytest

from sla.documents import read_rows
from sla.queries import working_copy
from tests.sla.pages import in_alpha, text_of, url
from tests.sla.working import numbers

NOT_MANAGERS = ("contact", "company_admin", "agent", "lead", "dispatcher", "account_manager")

PAGES = [
    ("policydraft_changelist",),
    ("policydraft_targets", "first_response"),
    ("policydraft_grid", "first_response"),
    ("policydraft_section", "general"),
    ("policydraft_section", "phones"),
    ("policydraft_section", "clocks"),
    ("policydraft_section", "ladder"),
    ("policydraft_new_calendar",),
    ("policydraft_calendar", "portal_amer"),
    ("policydraft_calendar", "portal"),
    ("policydraft_publish",),
    ("policydraft_undo",),
    ("policyversion_changelist",),
    ("policyversion_text", 1),
]
POSTS = [("policydraft_remove", "portal_amer")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "-".join(map(str, page)))
def test_every_page_shows_own_things_only(manager, beta, page):
    answer = manager.get(url(*page), follow=True)

    assert answer.status_code == 200
    assert beta.canary not in answer.content.decode()


@pytest.mark.parametrize("role", NOT_MANAGERS)
def test_there_is_nothing_here_for_anybody_else(manager, browse, alpha, role):
    client = browse(alpha.tenant, alpha.person_of(role))

    asked = [client.get(url(*page)) for page in [*PAGES, *POSTS]]
    sent = [client.post(url(*page), {"revision": "2"}) for page in [*PAGES, *POSTS]]

    assert {answer.status_code for answer in [*asked, *sent]} == {404}
    assert in_alpha(alpha, numbers) == [1]


@pytest.mark.parametrize("page", POSTS, ids=lambda page: page[0])
def test_getting_changes_nothing(manager, page):
    assert manager.get(url(*page)).status_code == 405


@pytest.mark.parametrize(
    "page",
    [
        ("policydraft_targets", "waiting_on_customer"),
        ("policydraft_targets", "nonsense"),
        ("policydraft_grid", "waiting_on_customer"),
        ("policydraft_section", "targets"),
        ("policydraft_calendar", "nowhere"),
        ("policyversion_text", 2),
    ],
    ids=lambda page: str(page[1]),
)
def test_what_is_not_there_is_not_found(manager, page):
    assert manager.get(url(*page)).status_code == 404


@pytest.mark.parametrize("page", ["policydraft_changelist", "policydraft_publish"])
def test_without_a_policy_the_pages_say_what_to_do(browse, alpha, page):
    answer = browse(alpha.tenant, alpha.manager).get(url(page))

    assert answer.status_code == 200
    assert "load_policy" in text_of(answer)


def test_overview_tells_the_rules_in_words(manager):
    said = text_of(manager.get(url("policydraft_changelist")))

    assert "First response Edit First response within 2 hours, round the clock; 2 business" in said
    assert "Resolution Edit Resolution Nothing is promised, and this clock" in said
    assert "Europe/Berlin; Monday 08:00-19:00" in said
    assert "what version 1, the one published last, says" in said


@pytest.mark.parametrize("page", PAGES[:-1], ids=lambda page: "-".join(map(str, page)))
def test_pages_show_no_ids_of_rows_and_no_json(high_ids, manager, alpha, page):
    ids = in_alpha(alpha, lambda: [row.pk for row in read_rows(working_copy()).targets])

    shown = manager.get(url(*page)).content.decode()

    assert not any(f'value="{pk}"' in shown or f"/{pk}/" in shown for pk in ids)
    assert "{&quot;" not in shown
