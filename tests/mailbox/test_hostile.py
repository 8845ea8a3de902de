"""The whole corpus through the door and the flow: none lost, none said as somebody else."""

import pytest

from accounts.actions import add_person
from accounts.tenancy import tenant
from mailbox import keeping, reading
from mailbox.addresses import mailbox_of
from mailbox.models import RawMail
from mailbox.parsing import run_parser
from mailbox.receiving import Came, keep_mail
from outbox.models import OutboxMessage
from tests.cases import file_case
from tests.mailbox.corpus import hostile_mails
from tests.mailbox.making import VICTIM
from tests.mailbox.post import OURS
from tickets.models import Case, InternalNote, Message

MAILS = list(hostile_mails())
SAFE = [one for one in MAILS if not one.claims.killer]
# What begins with a blank becomes part of the header before it. Half: each of them opens a case.
WITH_PROOF = [one for one in SAFE if one.raw[:1] not in b" \t"][::2]


@pytest.fixture
def victim(desk):
    """A contact of acme has the address from which most of the corpus claims to be."""
    with tenant(desk.tenant):
        return add_person(
            name="cn-alpha-victim", email=VICTIM, role="contact", company=desk.company
        )


def each_its_own(raw, number):
    """Give a mail a Message-ID of its own: most of the corpus share one, and would count once."""
    return raw.replace(b"<m1@corp.example>", b"<m%d@corp.example>" % number)


def take_in(twin, mails, *, prefix=None):
    """Keep mails as a server would hand them over, and read them all; `prefix` is its header."""
    with tenant(twin.tenant):
        box = mailbox_of("support")
        raws = [
            one.raw if prefix is None else prefix + each_its_own(one.raw, number)
            for number, one in enumerate(mails)
        ]
        keys = [keep_mail(box, Came(raw, "listener")).pk for raw in raws]
    while reading.tenants_to_read():
        reading.read_due()
    with tenant(twin.tenant):
        rows = {row.pk: row for row in RawMail.objects.select_related("person", "event")}
    return [rows[key] for key in keys]


def test_nobody_is_taken_for_anybody_without_proof(desk, victim):
    with tenant(desk.tenant) as at:
        case = file_case(desk, at=at)
        before = (Message.objects.count(), OutboxMessage.objects.count())

    rows = take_in(desk, SAFE)

    assert len(rows) == len(SAFE) >= 300
    assert {row.state for row in rows} <= {"held", "quarantined", "refused", "ignored"}
    assert all(row.why for row in rows)
    assert not any(row.is_trusted or row.answered for row in rows)
    for row, one in zip(rows, SAFE, strict=True):
        assert keeping.read(row.tenant_id, row.uuid) == one.raw
        if one.claims.code:
            assert (row.state, row.why) == ("quarantined", one.claims.code), one.name
        elif one.claims.sender is None:
            assert row.sender == "" and row.person is None, one.name
    with tenant(desk.tenant):
        assert (Message.objects.count(), OutboxMessage.objects.count()) == before
        assert list(Case.objects.values_list("pk", flat=True)) == [case.pk]


def test_proven_mail_is_only_ever_its_senders_own(desk, victim, monkeypatch):
    # All of it comes from one address within an hour, which a desk would hold after ten cases.
    monkeypatch.setattr("mailbox.opening.CASES_AN_HOUR", len(WITH_PROOF))
    proof = f"Authentication-Results: {OURS}; dmarc=pass header.from=corp.example\r\n".encode()

    rows = take_in(desk, WITH_PROOF, prefix=proof)

    opened = [row for row in rows if row.state in ("opened", "joined")]
    assert len(opened) > 50
    assert {row.person_id for row in opened} == {victim.pk}
    with tenant(desk.tenant):
        assert set(Message.objects.values_list("author", flat=True)) == {victim.pk}
        assert not InternalNote.objects.exists()
        assert set(Case.objects.values_list("contact", flat=True)) == {victim.pk}
        words = "\n".join(Message.objects.values_list("body", flat=True)).lower()
        assert "\0" not in words
    for row, one in zip(rows, WITH_PROOF, strict=True):
        if row in opened:
            assert one.claims.sender == VICTIM and one.claims.auto in ("none", "quiet"), one.name
        elif one.claims.auto != "none" and not one.claims.code:
            unsure = one.claims.auto in ("list", "perhaps") and row.sender == VICTIM
            assert row.state == ("held" if unsure else "ignored"), one.name
        if one.claims.auto != "none":
            assert row.answered == "", one.name


def test_killers_end_in_quarantine_and_the_next_mail_is_read(desk, victim, monkeypatch):
    monkeypatch.setattr(reading, "run_parser", run_parser)
    killers = [one for one in MAILS if one.claims.killer]

    rows = take_in(desk, killers)

    assert killers
    for row, one in zip(rows, killers, strict=True):
        if one.claims.code:
            assert (row.state, row.why) == ("quarantined", one.claims.code), one.name
        assert row.state != "received"


def test_mail_that_the_desk_fails_over_is_tried_three_times_and_set_aside(desk, monkeypatch):
    calls = []

    def fail(*given, **_named):
        calls.append(given)
        raise ZeroDivisionError

    monkeypatch.setattr(reading, "settle", fail)
    monkeypatch.setattr(reading, "RESTS_SECONDS", -1)

    (row,) = take_in(desk, SAFE[:1])

    assert (len(calls), row.state, row.why) == (3, "quarantined", "keeps_failing")
