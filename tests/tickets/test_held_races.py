"""Send against undo, and two who send: exactly one wins. Real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.db.models.functions import Now

from accounts.tenancy import tenant
from tests.cases import MONDAY, file_case
from tests.packs import publish
from tickets.actions.holding import hold_answer, take_back
from tickets.held_answers import Sent, send_held_answers
from tickets.models import ActDraft, HeldAnswer
from tickets.teamwork_errors import TooLateToUndo

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


def at_once(*jobs):
    """Run the jobs in threads of their own, each on its own connection, all at one moment."""
    together = Barrier(len(jobs))

    def run(job):
        try:
            together.wait(timeout=10)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, job) for job in jobs]]


@pytest.fixture
def held(alpha, settings):
    """Answers of one agent to several cases, pressed so long ago that they are due."""
    settings.UNDO_SEND_SECONDS = 10
    publish(alpha, "metalogix")
    with tenant(alpha.tenant) as at:
        for _round in range(ROUNDS):
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
        assert HeldAnswer.objects.count() == ROUNDS
    assert send_held_answers() == Sent()  # none is due yet
    with tenant(alpha.tenant):
        HeldAnswer.objects.update(send_at=Now())
        return list(HeldAnswer.objects.order_by("pk"))


def test_two_workers_send_each_answer_once(held, alpha):
    done = at_once(send_held_answers, send_held_answers)

    assert sum(done, Sent()) == Sent(sent=ROUNDS)
    with tenant(alpha.tenant):
        said = [answer.case.messages.filter(kind="reply").count() for answer in held]
    assert said == [1] * ROUNDS


def test_of_send_and_undo_exactly_one_wins(held, alpha):
    def undo():
        undone = []
        for answer in held:
            try:
                with tenant(alpha.tenant) as at:
                    take_back(held_id=answer.pk, by=alpha.agent, at=at)
                undone.append(answer.pk)
            except TooLateToUndo:
                pass
        return undone

    sent, undone = at_once(send_held_answers, undo)

    send_held_answers()
    with tenant(alpha.tenant):
        said = {a.pk for a in held if a.case.messages.filter(kind="reply").exists()}
        drafts = {a.pk for a in held if ActDraft.objects.filter(case=a.case).exists()}
    assert sent.sent == len(said)
    assert drafts == set(undone)
    assert said | drafts == {answer.pk for answer in held}
    assert not said & drafts
