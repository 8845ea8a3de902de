from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from accounts.zones import moment_text
from tickets.templatetags.desk_time import distance_text

AT = datetime(2026, 3, 3, 9, 50, tzinfo=UTC)  # a Tuesday


def render(words, **facts):
    """Render a template of one line at AT, with ~ for each no-break space."""
    template = Template("{% load desk_time %}" + words)
    context = Context({**facts, "request": SimpleNamespace(at=AT)})
    return template.render(context).replace("\N{NO-BREAK SPACE}", "~")


def test_moment_names_the_zone_and_how_far_it_is_and_breaks_between_them_only():
    due_at = datetime(2026, 3, 3, 13, 0, tzinfo=UTC)

    assert render("{% moment due 'Europe/Berlin' %}", due=due_at) == (
        '<time datetime="2026-03-03T13:00:00+00:00">Tue~3~Mar~2026, 14:00~CET</time>'
        "~· in~3~h~10~min"
    )


@pytest.mark.parametrize(
    ("hour", "text"),
    [(23, "the~end~of~Tue~10~Mar~2026~CET"), (22, "Tue~10~Mar~2026, 23:00~CET")],
)
def test_midnight_ends_the_day_before(hour, text):
    until = datetime(2026, 3, 10, hour, 0, tzinfo=UTC)

    written = render("{% last_moment until 'Europe/Berlin' %}", until=until)

    assert f">{text}</time>~· in~7~days" in written


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        (
            "Tue 3 Mar 07:00 to Tue 3 Mar 12:20: 1 h 59 min count (open Tue 07:00-21:00 UTC).",
            "Tue~3~Mar~07:00~to Tue~3~Mar~12:20: 1~h~59~min count "
            '(open Tue~<span class="together">07:00-21:00</span>~UTC).',
        ),
        (
            "2-3 business days",
            '<span class="together">2-3</span> business days',
        ),
        ("<b> & MX-16", "&lt;b&gt; &amp; MX-16"),
        (
            "Di, 3.3. 07:00 bis Di, 3.3. 12:20: 1 h 59 min zählen (geöffnet Mo-Fr 07:00-21:00).",
            "Di,~3.3.~07:00~bis Di,~3.3.~12:20: 1~h~59~min zählen "
            '(geöffnet <span class="together">Mo-Fr</span> '
            '<span class="together">07:00-21:00</span>).',
        ),
        ("bis Di, 3. März 2026, 14:00 CET", "bis Di,~3.~März~2026, 14:00~CET"),
    ],
)
def test_what_belongs_together_is_not_broken(sentence, written):
    assert render("{{ sentence|together }}", sentence=sentence) == written


def test_long_length_is_told_roughly():
    assert render("{% rough 103673383 %}") == "1199~days"


def test_moment_writes_nothing_for_none():
    template = Template("{% load desk_time %}[{% moment due 'UTC' %}{% distance due %}]")

    written = template.render(Context({"due": None, "request": SimpleNamespace(at=AT)}))

    assert written == "[]"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("America/New_York", "Tue 3 Mar 2026, 04:50 EST"),
        ("Asia/Kolkata", "Tue 3 Mar 2026, 15:20 IST"),
        ("America/Sao_Paulo", "Tue 3 Mar 2026, 06:50 UTC-03"),
        ("Pacific/Auckland", "Tue 3 Mar 2026, 22:50 NZDT"),
    ],
)
def test_moment_is_written_on_the_wall_clock_of_the_zone(zone, text):
    assert moment_text(AT, zone) == text


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=-59), "now"),
        (timedelta(minutes=1), "in 1 min"),
        (timedelta(hours=3, minutes=10, seconds=59), "in 3 h 10 min"),
        (timedelta(hours=-2), "2 h ago"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(days=2, hours=4, minutes=59), "in 2 days 4 h"),
        (timedelta(days=-12, hours=-5), "12 days ago"),
    ],
)
def test_distance_is_told_in_its_two_largest_units(ahead, text):
    assert distance_text(AT + ahead, AT) == text


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(days=1), "in 1 Tag"),
        (timedelta(days=2, hours=4), "in 2 Tagen 4 h"),
        (timedelta(days=-2), "vor 2 Tagen"),
        (timedelta(hours=-3, minutes=-10), "vor 3 h 10 min"),
    ],
)
def test_german_bends_a_length_after_in_and_ago(ahead, text):
    with translation.override("de"):
        assert distance_text(AT + ahead, AT) == text


def test_german_length_that_stands_alone_is_not_bent():
    with translation.override("de"):
        assert render("{% rough 172800 %}") == "2~Tage"
