"""Reopening where the policy wants somebody of the desk to look first (SC-18, decision 0017)."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from sla.actions import load_document
from tests.cases import MONDAY, after, file_case
from tests.packs import LONG_AGO, pack_for
from tests.tickets.agreements import entries, mail
from tests.uploads import uploaded
from tickets.actions.ending import close_case, decide_reopening, reopen_case
from tickets.counting import queue_counts
from tickets.errors import NothingSaid
from tickets.files import files_of
from tickets.life_errors import NoReopeningWaits
from tickets.models import Case, ReopenRequest
from tickets.queue import queue


@pytest.fixture
def closed(alpha):
    """A closed case of Scalix, whose policy wants a look before it is open again."""
    text = pack_for(alpha.tenant.slug, "scalix")
    if "approval = true" not in text:
        text = text.replace("[reopen]\n", "[reopen]\napproval = true\n")
    with tenant(alpha.tenant):
        load_document(text=text, by=None, at=LONG_AGO)
        type(alpha.contract).objects.filter(company=alpha.company).update(plan="basic")
        case = file_case(alpha, product=alpha.product)
        close_case(case_id=case.pk, by=alpha.contact, at=after(1))
        yield case


def ask(case, alpha, body="It is back.", at=None):
    return reopen_case(
        case_id=case.pk, by=alpha.contact, body=body, at=at or after(2), same_problem=True
    )


def to_decide(alpha, at):
    listed = list(queue(alpha.manager, "to_decide", at))
    return listed, queue_counts(alpha.manager, at)["to_decide"]


def test_sc_18_wish_to_reopen_waits_with_its_words(closed, alpha):
    ask(closed, alpha)
    ask(closed, alpha, "And again.", at=after(3))

    assert Case.objects.get().status == "closed"
    assert ReopenRequest.objects.get().state == "waiting"
    assert list(closed.messages.order_by("pk").values_list("body", flat=True))[-2:] == [
        "It is back.",
        "And again.",
    ]
    told = OutboxMessage.objects.filter(kind="reopen_asked")
    assert told.exists()
    assert not any(row.recipient.is_customer for row in told)


def test_sc_18_wish_to_reopen_stands_in_to_decide_until_it_is(closed, alpha):
    file_case(alpha, product=alpha.product)
    seen = [to_decide(alpha, after(2))]

    ask(closed, alpha)
    seen.append(to_decide(alpha, after(2)))
    decide_reopening(
        case_id=closed.pk, approve=False, by=alpha.agent, body="Another server.", at=after(3)
    )
    seen.append(to_decide(alpha, after(3)))

    assert seen == [([], 0), ([closed], 1), ([], 0)]


def test_sc_18_files_go_with_the_wish_to_reopen(closed, alpha, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    row = uploaded(alpha.contact, closed, "answer", at=after(2))

    ask(closed, alpha)

    row.refresh_from_db()
    assert (row.event.kind, row.is_internal, row.draft) == ("reopen_asked", False, "")
    assert [shown.attachment for shown in files_of(closed, alpha.agent)] == [row]


def test_sc_18_approved_however_late_it_is_open_and_costs_nothing(closed, alpha):
    ask(closed, alpha)

    with pytest.raises(NotAllowed):
        decide_reopening(case_id=closed.pk, approve=True, by=alpha.contact, at=after(4))
    at = MONDAY + timedelta(days=120)
    decide_reopening(case_id=closed.pk, approve=True, by=alpha.agent, at=at)

    stored = Case.objects.get()
    assert (stored.status, stored.first_closed_at) == ("open", after(1))
    assert stored.next_due_at is not None
    assert ReopenRequest.objects.get().state == "approved"
    with pytest.raises(NoReopeningWaits):
        decide_reopening(case_id=closed.pk, approve=True, by=alpha.agent, at=at)


def test_sc_18_another_problem_stays_closed_and_says_why(closed, alpha):
    ask(closed, alpha)

    with pytest.raises(NothingSaid):
        decide_reopening(case_id=closed.pk, approve=False, by=alpha.agent, body=" ", at=after(3))
    decide_reopening(
        case_id=closed.pk, approve=False, by=alpha.agent, body="Another server.", at=after(4)
    )

    recipient, _subject, body = mail("reopen_declined")
    assert (Case.objects.get().status, recipient) == ("closed", alpha.contact)
    assert "Another server." in body
    assert "what it costs is shown before" in body
    assert entries(closed)[-2:] == ["reopen_asked", "reopen_declined"]


def test_sc_18_desk_reopens_without_asking_itself(closed, alpha):
    ask(closed, alpha)

    reopen_case(case_id=closed.pk, by=alpha.agent, body="Indeed.", at=after(3))

    assert (Case.objects.get().status, ReopenRequest.objects.get().state) == ("open", "approved")
