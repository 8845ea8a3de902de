"""Tags and saved views."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed
from tests.cases import MONDAY, file_case
from tickets.actions.tagging import add_tag, delete_tag, rename_tag
from tickets.filters import Address, narrowed_by, read_filters
from tickets.models import CaseTag, SavedView, Tag
from tickets.queue import queue
from tickets.tags import tag_name
from tickets.teamwork_errors import NoSuchTag, TitleTaken, TooManyTags, TooManyViews
from tickets.views import MOST_VIEWS, move_view, save_view, views_for


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="2")


def tags():
    pairs = CaseTag.objects.order_by("case", "tag__name").values_list("case__number", "tag__name")
    return list(pairs)


def view_of(by, name, view="open", *, is_shared=False, **filters):
    address = Address(view, filters)
    return save_view(name=name, address=address, is_shared=is_shared, by=by, at=MONDAY)


@pytest.mark.parametrize(
    ("text", "name"),
    [("#Printer", "printer"), ("  a   B ", "a b"), ("a,b", "a b"), ("Straße", "strasse")],
)
def test_tag_is_written_in_one_way(text, name):
    assert tag_name(text) == name


def test_tag_is_put_on_once_and_made_where_it_is_first_used(case, alpha):
    for text in ("#Hot", "hot ", "Cold"):
        add_tag(case_id=case.pk, name=text, by=alpha.account_manager)

    assert tags() == [(1, "cold"), (1, "hot")]
    for wrong in ("", "#", "!?", "x" * 41):
        with pytest.raises(NoSuchTag):
            add_tag(case_id=case.pk, name=wrong, by=alpha.agent)
    with pytest.raises(NotAllowed):
        add_tag(case_id=case.pk, name="hot", by=alpha.contact)


def test_case_has_no_end_of_tags(case, alpha):
    with pytest.raises(TooManyTags):
        for number in range(21):
            add_tag(case_id=case.pk, name=f"tag {number}", by=alpha.agent)


def test_tag_renamed_to_one_that_there_is_becomes_one_with_it(case, alpha):
    other = file_case(alpha)
    hot = add_tag(case_id=case.pk, name="hot", by=alpha.agent)
    warm = add_tag(case_id=case.pk, name="warm", by=alpha.agent)
    add_tag(case_id=other.pk, name="hot", by=alpha.agent)

    assert rename_tag(tag_id=hot.pk, name="Warm", by=alpha.manager) == warm
    assert tags() == [(1, "warm"), (2, "warm")]

    rename_tag(tag_id=warm.pk, name="tepid", by=alpha.manager)
    assert tags() == [(1, "tepid"), (2, "tepid")]
    with pytest.raises(NotAllowed):
        delete_tag(tag_id=warm.pk, by=alpha.lead)
    delete_tag(tag_id=warm.pk, by=alpha.manager)
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ({"tag": ["hot"], "view": ["x"], "zzz": ["1"]}, {"tag": "hot"}),
        ({"owner": ["none"], "team": ["12"]}, {"owner": "none", "team": "12"}),
        ({"owner": ["1 or 1", "me"], "team": ["١٢", "me"], "product": ["9" * 20]}, {"owner": "me"}),
        ({"severity": ["1,2", "2"], "severity_is": ["not"]}, {"not_severity": "1,2"}),
        (
            {"not_owner": ["none,7"], "tier": ["4"], "text": [" a  b\0 "]},
            {"not_owner": "none,7", "text": "a b"},
        ),
        (
            {"status": ["open", "gone"], "not_status": ["waiting"]},
            {"status": "open", "not_status": "waiting"},
        ),
    ],
)
def test_only_sound_filters_are_read(asked, read):
    assert read_filters(asked) == read


def statements(do):
    with CaptureQueriesContext(connection) as asked:
        do()
    return len(asked)


def test_queue_is_narrowed_and_views_are_counted_in_one_statement(case, alpha):
    other = file_case(alpha, severity="4")
    add_tag(case_id=case.pk, name="hot", by=alpha.agent)
    view_of(alpha.agent, "Hot", tag="hot")
    for_one = statements(lambda: views_for(alpha.agent, MONDAY))
    view_of(alpha.lead, "Calm", is_shared=True, severity="4", owner="none")
    view_of(alpha.lead, "All", view="all", is_shared=True)

    counted = views_for(alpha.agent, MONDAY)

    assert statements(lambda: views_for(alpha.agent, MONDAY)) == for_one
    assert {one.view.name: one.count for one in counted} == {"Hot": 1, "Calm": 1, "All": 2}
    calm = queue(alpha.agent, "open", MONDAY).filter(narrowed_by({"severity": "4"}, alpha.agent))
    assert list(calm) == [other]
    assert {one.view.name for one in views_for(alpha.manager, MONDAY)} == {"Calm", "All"}


def test_views_are_moved_named_once_shared_by_leads_and_not_without_end(metalogix, alpha):
    first, second = (view_of(alpha.lead, name, is_shared=True) for name in ("A", "B"))

    move_view(view_id=second.pk, up=True, by=alpha.manager)

    names = SavedView.objects.order_by("position").values_list("name", flat=True)
    assert list(names) == ["B", "A"]
    with pytest.raises(NotAllowed):
        move_view(view_id=first.pk, up=True, by=alpha.agent)
    with pytest.raises(NotAllowed):
        view_of(alpha.agent, "C", is_shared=True)
    with pytest.raises(TitleTaken):
        view_of(alpha.lead, "A", is_shared=True)
    with pytest.raises(TooManyViews):
        for number in range(MOST_VIEWS):
            view_of(alpha.lead, f"V{number}")
