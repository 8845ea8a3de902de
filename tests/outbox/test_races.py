import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMessage
from django.db import connection

from accounts.tenancy import tenant
from outbox.claims import (
    LEASE_SECONDS,
    begin_sending,
    claim_messages,
    finish,
    give_back,
    put_off,
)
from outbox.delivery import deliver_due
from outbox.models import OutboxMessage
from outbox.outcomes import SENT, Outcome, Verdict
from supportdesk.local import embedded
from tests.outbox import smtp_server
from tests.outbox.conftest import let_pass, now_as_stored, state_of

# Real connections, for a lock that only one connection sees is none.
pytestmark = pytest.mark.django_db(transaction=True)

REPOSITORY = Path(__file__).resolve().parents[2]
CONTACT = "contact@acme.test"


def side_by_side(*works: Callable[[], object]) -> None:
    """Run each in a thread with a database connection of its own; raise what any of them raised."""
    faults = []

    def run(work):
        try:
            work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def claim(twin, most=50):
    return claim_messages(tenant_id=twin.tenant.pk, most=most)


def test_two_that_claim_nothing_send_twice(alpha, queue, mail_server):
    """The control: this server and these threads do show a missing claim."""
    row = queue(alpha, alpha.contact)
    together = threading.Barrier(2)

    def deliver_unclaimed():
        with tenant(alpha.tenant):
            due = list(OutboxMessage.objects.filter(state="queued"))
        together.wait()
        for message in due:
            headers = {"Message-ID": message.message_id}
            EmailMessage("s", "b", "us@desk.example", [CONTACT], headers=headers).send()

    side_by_side(deliver_unclaimed, deliver_unclaimed)

    assert [letter["Message-ID"] for letter in mail_server.taken] == [row.message_id] * 2


def test_two_deliverers_send_each_message_once(alpha, beta, queue, mail_server):
    rows = [
        queue(twin, twin.contact, dedupe_key=f"n{number}")
        for number in range(40)
        for twin in (alpha, beta)
    ]
    together = threading.Barrier(3)

    def deliver():
        together.wait()
        deliver_due()

    side_by_side(deliver, deliver, deliver)

    sent = Counter(letter["Message-ID"] for letter in mail_server.taken)
    assert sent == {row.message_id: 1 for row in rows}
    assert deliver_due() == {}


def test_claim_neither_waits_for_nor_takes_what_another_has_locked(alpha, queue):
    rows = [queue(alpha, who) for who in (alpha.contact, alpha.agent, alpha.lead)]
    locked, done = threading.Event(), threading.Event()
    claimed = []

    def lock_two():
        with tenant(alpha.tenant):
            ids = [row.pk for row in rows[:2]]
            list(OutboxMessage.objects.select_for_update(no_key=True).filter(pk__in=ids))
            locked.set()
            assert done.wait(30)

    def claim_the_rest():
        assert locked.wait(30)
        claimed.extend(claim(alpha))
        done.set()

    side_by_side(lock_two, claim_the_rest)

    assert [one.message_id for one in claimed] == [rows[2].pk]


def test_claimed_message_is_not_claimed_again_before_its_lease_lapses(alpha, queue):
    row = queue(alpha, alpha.contact)

    assert [one.message_id for one in claim(alpha)] == [row.pk]
    assert claim(alpha) == []
    let_pass(alpha, seconds=LEASE_SECONDS - 10)
    assert claim(alpha) == []
    let_pass(alpha, seconds=10)
    assert [one.message_id for one in claim(alpha)] == [row.pk]


def test_one_tenants_deliverer_claims_nothing_of_another(alpha, beta, queue):
    queue(beta, beta.contact)

    assert claim(alpha) == []


def test_who_lost_a_claim_does_not_begin(alpha, queue, mail_server):
    row = queue(alpha, alpha.contact)
    (lost,) = claim(alpha)
    let_pass(alpha, seconds=LEASE_SECONDS)

    assert begin_sending(lost).state is None
    (taken_over,) = claim(alpha)
    assert begin_sending(lost).email is None
    assert begin_sending(taken_over).email is not None

    assert state_of(alpha, row) == ("sending", "")


def test_who_lost_a_claim_gives_nothing_back(alpha, queue):
    row = queue(alpha, alpha.contact)
    lost = claim(alpha)
    let_pass(alpha, seconds=LEASE_SECONDS)
    claim(alpha)
    before = now_as_stored(alpha, row)

    give_back(lost)
    put_off(lost, why="gone")

    after = now_as_stored(alpha, row)
    assert (after.claimed_until, after.due_at, after.why) == (
        before.claimed_until,
        before.due_at,
        "",
    )


def test_who_lost_its_lease_while_sending_may_only_say_sent(alpha, queue, caplog):
    row = queue(alpha, alpha.contact)
    begun = begin_sending(*claim(alpha))
    let_pass(alpha, seconds=LEASE_SECONDS)
    claim(alpha)

    assert finish(begun.claim, Outcome(Verdict.PERMANENT, "Refused for good")) is None
    assert state_of(alpha, row)[0] == "queued"
    assert f"message {row.pk} was taken over" in caplog.text
    assert finish(begun.claim, SENT) == "sent"
    assert finish(begun.claim, SENT) is None

    assert state_of(alpha, row) == ("sent", "")
    let_pass(alpha, seconds=LEASE_SECONDS)
    assert deliver_due() == {}


@contextmanager
def process_of_its_own(mail_server) -> Iterator[subprocess.Popen]:
    database = urlsplit(os.environ.get("DATABASE_URL") or embedded.urls()["DATABASE_URL"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "supportdesk.settings",
        "DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "SECRET_KEY": "for-this-test",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.deliverer"], env=environment, cwd=REPOSITORY
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill_while_it_hangs(mail_server) -> None:
    mail_server.hanging.clear()
    with process_of_its_own(mail_server):
        assert mail_server.hanging.wait(60)


def test_what_a_killed_deliverer_had_is_sent_by_the_next(alpha, queue, mail_server):
    mail_server.behaviours[CONTACT] = [smtp_server.HANG_AFTER_DATA]
    in_doubt = queue(alpha, alpha.contact, urgent=True)
    untouched = queue(alpha, alpha.agent)

    kill_while_it_hangs(mail_server)

    assert state_of(alpha, in_doubt) == ("sending", "")
    assert state_of(alpha, untouched) == ("queued", "")
    assert deliver_due() == {}
    let_pass(alpha, seconds=LEASE_SECONDS)
    assert deliver_due() == {"sent": 2}

    assert Counter(letter["Message-ID"] for letter in mail_server.taken) == {
        in_doubt.message_id: 2,
        untouched.message_id: 1,
    }
    assert [now_as_stored(alpha, row).doubts for row in (in_doubt, untouched)] == [1, 0]


def test_message_that_two_deliverers_died_on_is_shown_to_a_person(alpha, queue, mail_server):
    mail_server.behaviours[CONTACT] = [smtp_server.HANG_AFTER_DATA] * 2
    row = queue(alpha, alpha.contact)

    for _death in range(2):
        kill_while_it_hangs(mail_server)
        let_pass(alpha, seconds=LEASE_SECONDS)
    assert deliver_due() == {}

    assert state_of(alpha, row) == (
        "ambiguous",
        "The deliverer ended before it could say whether the message was sent.",
    )
    assert mail_server.attempts[CONTACT] == 2


def test_nothing_is_lost_and_only_a_doubt_is_doubled(alpha, beta, queue, mail_server):
    """Three deliverers, a server that does everything that servers do, until all is at rest."""
    chance = random.Random(20260302)
    faults = ["421 busy", "451 later", "550 unknown", smtp_server.DROP_AT_RCPT]
    faults += [smtp_server.DROP_AFTER_DATA, smtp_server.LOSE_AFTER_DATA, smtp_server.ACCEPT]
    rows = []
    for twin in (alpha, beta):
        for who in (twin.contact, twin.agent, twin.lead):
            mail_server.behaviours[who.email] += chance.choices(faults, k=40)
            rows += [(twin, queue(twin, who, dedupe_key=f"{who.pk}:{n}")) for n in range(15)]

    for _round in range(12):
        side_by_side(deliver_due, deliver_due, deliver_due)
        let_pass(alpha, seconds=86_400)
        let_pass(beta, seconds=86_400)

    at_rest = {row.message_id: now_as_stored(twin, row) for twin, row in rows}
    copies = Counter(letter["Message-ID"] for letter in mail_server.taken)
    assert {row.state for row in at_rest.values()} <= {"sent", "failed", "ambiguous"}
    assert set(copies) <= set(at_rest)
    for message_id, row in at_rest.items():
        assert copies[message_id] <= 1 + row.doubts
        assert row.doubts <= 2
        assert (row.state == "ambiguous") == (row.doubts > 0 and row.sent_at is None)
        assert copies[message_id] >= (row.state == "sent")
        assert copies[message_id] == 0 or row.state != "failed"
    assert sum(row.attempts for row in at_rest.values()) == sum(mail_server.attempts.values())
