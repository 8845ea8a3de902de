"""Watching the watcher: parts that are missing, who is told, and what machines read of it."""

import json

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.db.models.functions import Now

from accounts.pulses import Pulse, claim_alarm, pulses, say
from accounts.tenancy import tenant
from desk.page import unwatched_since
from escalation.tasks import tick
from supportdesk import probes, watchman
from supportdesk.watchman import look_round, make_round
from tests.cases import MONDAY, file_case
from tests.packs import publish
from tickets.actions.holding import hold_answer
from tickets.models import HeldAnswer
from tickets.overdue import overdue_answers

pytestmark = pytest.mark.django_db


def last_seen(name, seconds_ago):
    say(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_pulse SET done_at = done_at - make_interval(secs => %s)"
            " WHERE name = %s",
            [seconds_ago, name],
        )


def test_a_tick_says_that_it_has_been():
    assert pulses() == {"tick": Pulse("tick"), "deliver": Pulse("deliver")}

    tick()

    seen = pulses()["tick"]
    assert (seen.seconds, seen.is_missing) == (0, False)


@pytest.mark.parametrize(
    ("part", "seconds", "is_missing"),
    [("tick", 59, False), ("tick", 62, True), ("deliver", 62, False), ("deliver", 122, True)],
)
def test_part_is_missing_when_it_was_not_seen_for_too_long(part, seconds, is_missing):
    last_seen(part, seconds)

    assert pulses()[part].is_missing is is_missing


def test_desk_says_since_when_nobody_watches(alpha, browse):
    last_seen("tick", 120)
    shown = browse(alpha.tenant, alpha.agent).get("/desk/").content.decode()
    last_seen("tick", 5)
    quiet = browse(alpha.tenant, alpha.agent).get("/desk/").content.decode()

    assert "Clocks are not watched since" in shown
    assert "Clocks are not watched since" not in quiet


def test_unwatched_since_is_desk_time():
    last_seen("tick", 120)

    since = unwatched_since(MONDAY)

    assert 120 <= (MONDAY - since).total_seconds() < 125


def test_operators_are_told_once_that_a_part_is_missing_and_once_that_it_is_back(
    operators, operator
):
    last_seen("deliver", 0)
    last_seen("tick", 300)

    look_round()
    look_round()
    missing = [(letter.to, letter.subject) for letter in mail.outbox]
    say("tick")
    look_round()
    look_round()

    assert missing == [([operator.email], "[supportdesk] tick is missing")]
    assert [letter.subject for letter in mail.outbox[1:]] == ["[supportdesk] tick is back"]


def test_alarm_that_could_not_be_sent_is_tried_again(operators, operator, monkeypatch):
    def refuse(*_letter):
        raise ConnectionRefusedError

    last_seen("deliver", 0)
    last_seen("tick", 300)
    with monkeypatch.context() as broken:
        broken.setattr("supportdesk.watchman.send_mail", refuse)
        look_round()
    look_round()

    assert [letter.subject for letter in mail.outbox] == ["[supportdesk] tick is missing"]


def test_alarm_of_a_process_that_died_over_it_is_sent_by_another(operators, operator):
    last_seen("deliver", 0)
    last_seen("tick", 300)
    claim_alarm("tick")

    look_round()
    at_once = len(mail.outbox)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_pulse SET alarmed_at = alarmed_at - interval '61 seconds'")
    look_round()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_pulse SET alarmed_at = alarmed_at - interval '61 seconds'")
    look_round()

    assert at_once == 0
    assert [letter.subject for letter in mail.outbox] == ["[supportdesk] tick is missing"]


def test_alarm_is_sent_while_no_tenant_is_entered(operators, operator, monkeypatch):
    inside = []

    def look(*_letter):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.tenant', true)")
            inside.append(cursor.fetchone()[0])

    last_seen("deliver", 0)
    last_seen("tick", 300)
    monkeypatch.setattr(watchman, "send_mail", look)
    look_round()

    assert inside == [""]


def test_round_outlives_whatever_goes_wrong(monkeypatch, caplog):
    def fail():
        raise KeyError("what only a newer release has")

    monkeypatch.setattr(watchman, "look_round", fail)
    monkeypatch.setattr(connection, "close", lambda: None)

    make_round()

    assert "the watchman could not do his round" in caplog.text


def test_part_that_only_a_newer_release_has_is_watched_too(client):
    last_seen("polish", 179)
    last_seen("wash", 182)

    assert (pulses()["polish"].is_missing, pulses()["wash"].is_missing) == (False, True)
    assert client.get("/healthz").json()["missing"] == ["deliver", "tick", "wash"]


def test_alarm_goes_where_settings_say(operators, settings):
    settings.ALARM_ADDRESSES = ["ops@vendor.test"]

    look_round()

    assert {letter.to[0] for letter in mail.outbox} == {"ops@vendor.test"}


def test_probes_answer_for_any_host_and_without_a_session(client):
    ready = client.get("/readyz", headers={"host": "10.1.2.3"})
    nobody = client.get("/healthz", headers={"host": "10.1.2.3"})
    for part in ("tick", "deliver"):
        say(part)
    well = client.get("/healthz", headers={"host": "10.1.2.3"})

    assert (ready.status_code, ready.content) == (200, b"ok\n")
    assert (nobody.status_code, json.loads(nobody.content)["missing"]) == (503, ["deliver", "tick"])
    assert (well.status_code, json.loads(well.content)["missing"]) == (200, [])
    assert not client.cookies
    assert well["Cache-Control"] == "no-store"


def test_probes_say_when_the_database_is_gone(client, monkeypatch):
    def gone(_request):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(probes, "readyz", gone)

    assert client.get("/readyz").status_code == 503


def test_metrics_are_for_who_has_the_token(alpha, client, settings):
    settings.METRICS_TOKEN = "only-for-prometheus"  # noqa: S105
    last_seen("tick", 300)
    stranger = client.get("/metrics", headers={"authorization": "Bearer guess"})
    told = client.get("/metrics", headers={"authorization": "Bearer only-for-prometheus"})
    settings.METRICS_TOKEN = ""
    closed = client.get("/metrics", headers={"authorization": "Bearer "})

    lines = told.content.decode().splitlines()
    assert (stranger.status_code, closed.status_code) == (404, 404)
    assert 'supportdesk_part_missing{part="tick"} 1.0' in lines
    assert "supportdesk_due_cases 0.0" in lines
    assert "supportdesk_outbox_waiting 0.0" in lines
    assert alpha.tenant.slug not in told.content.decode()


def test_answer_that_was_not_sent_in_its_time_is_counted(
    alpha, operators, operator, browse, client, settings
):
    settings.METRICS_TOKEN = "only-for-prometheus"  # noqa: S105
    settings.UNDO_SEND_SECONDS = 10
    publish(alpha, "metalogix")
    with tenant(alpha.tenant) as at:
        case = file_case(alpha, at=MONDAY)
        hold_answer(
            case_id=case.pk,
            act="reply",
            typed={"body": "Hello."},
            words={"body": "Hello."},
            seen=case.last_seq,
            by=alpha.agent,
            at=at,
        )
        in_time = overdue_answers()
        HeldAnswer.objects.update(send_at=Now())

    told = client.get("/metrics", headers={"authorization": "Bearer only-for-prometheus"})
    page = browse(operators, operator).get("/health/").content.decode()

    assert in_time == 0
    assert "supportdesk_overdue_answers 1.0" in told.content.decode().splitlines()
    assert "Answers that should have been sent</dt><dd>1</dd>" in page


def test_health_page_shows_every_part(operators, operator, browse):
    last_seen("tick", 300)
    page = browse(operators, operator).get("/health/").content.decode()

    assert "missing" in page
    assert "At work" in page
