import logging

import pytest
from django.core import mail
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.errors import NotFound
from accounts.tenancy import current_tenant_id, tenant
from outbox.delivery import deliver_due
from outbox.registry import Rendered, register
from tests.outbox.conftest import let_pass, now_as_stored, render_notice, state_of


def change(twin, person, **facts):
    with tenant(twin.tenant):
        type(person).objects.filter(pk=person.pk).update(**facts)


def test_due_message_is_written_and_sent(alpha, queue):
    row = queue(alpha, alpha.contact)

    tally = deliver_due()

    stored = now_as_stored(alpha, row)
    assert tally == {"sent": 1}
    assert [(sent.to, sent.subject, sent.body) for sent in mail.outbox] == [
        (["contact@acme.test"], "Notice 7", "Dear cn-alpha-contact.")
    ]
    assert (stored.state, stored.why, stored.attempts, stored.claimed_until) == (
        "sent",
        "",
        1,
        None,
    )
    with tenant(alpha.tenant) as at:
        assert stored.sent_at == at


def test_each_tenant_gets_its_own_mail(alpha, beta, queue):
    queue(alpha, alpha.contact)
    queue(beta, beta.contact)

    deliver_due()

    assert sorted((sent.extra_headers["From"], sent.body) for sent in mail.outbox) == [
        ("cn-alpha-vendor <support@localhost>", "Dear cn-alpha-contact."),
        ("cn-beta-vendor <support@localhost>", "Dear cn-beta-contact."),
    ]


def test_person_deactivated_after_queueing_gets_nothing(alpha, queue):
    row = queue(alpha, alpha.contact)
    change(alpha, alpha.contact, is_active=False)

    deliver_due()

    assert mail.outbox == []
    assert state_of(alpha, row) == ("skipped", "The recipient is no longer active.")


def test_address_is_the_one_at_sending(alpha, queue):
    queue(alpha, alpha.contact)
    change(alpha, alpha.contact, email="moved@acme.test")

    deliver_due()

    assert [sent.to for sent in mail.outbox] == [["moved@acme.test"]]


def test_person_without_address_gets_nothing(alpha, queue):
    row = queue(alpha, alpha.caller)

    deliver_due()

    assert state_of(alpha, row) == ("skipped", "The recipient has no e-mail address.")


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: x@y.test", "two@a.test,three@a.test"])
def test_address_that_cannot_be_right_gets_nothing(alpha, queue, address):
    row = queue(alpha, alpha.contact)
    change(alpha, alpha.contact, email=address)

    deliver_due()

    assert mail.outbox == []
    assert state_of(alpha, row) == ("skipped", "The recipient's e-mail address cannot be right.")


def test_message_without_recipient_goes_nowhere(alpha, queue):
    row = queue(alpha, None)

    deliver_due()

    assert state_of(alpha, row) == ("skipped", "The message has no recipient.")


def test_unknown_kind_is_skipped(alpha, queue):
    row = queue(alpha, alpha.contact, kind="riddle")

    deliver_due()

    assert state_of(alpha, row) == ("skipped", "Nothing knows how to write “riddle”.")


def test_right_is_asked_when_the_message_leaves(alpha, queue):
    allowed = {alpha.contact.pk, alpha.agent.pk}
    register("secret", may_receive=lambda who, refs: who.pk in allowed, render=render_notice)
    lost = queue(alpha, alpha.contact, kind="secret")
    kept = queue(alpha, alpha.agent, kind="secret")
    allowed.remove(alpha.contact.pk)

    tally = deliver_due()

    assert tally == {"sent": 1, "skipped": 1}
    assert state_of(alpha, lost) == ("skipped", "The recipient may not have this message.")
    assert state_of(alpha, kept) == ("sent", "")
    assert [sent.to for sent in mail.outbox] == [["agent@desk.test"]]


def refuse_as_not_found(person, refs):
    raise NotFound


@pytest.mark.parametrize(
    ("may_receive", "why"),
    [
        (lambda person, refs: _("The case was merged."), "The case was merged."),
        (lambda person, refs: "one\nline", "one line"),
        (lambda person, refs: None, "The recipient may not have this message."),
        (lambda person, refs: 1, "The recipient may not have this message."),
        (refuse_as_not_found, "There is nothing here, or it is not yours to see."),
    ],
)
def test_only_true_is_a_right(alpha, queue, may_receive, why):
    register("odd", may_receive=may_receive, render=render_notice)
    row = queue(alpha, alpha.contact, kind="odd")

    deliver_due()

    assert mail.outbox == []
    assert state_of(alpha, row) == ("skipped", why)


def test_kind_is_asked_in_the_tenant_and_language_of_the_recipient(alpha, queue, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    asked = []

    def note(person, refs):
        asked.append((current_tenant_id(), translation.get_language(), person.pk, refs))
        return True

    def render(person, refs):
        note(person, refs)
        return Rendered(subject="s", body="b")

    register("noting", may_receive=note, render=render)
    change(alpha, alpha.contact, language="de")
    queue(alpha, alpha.contact, kind="noting")

    deliver_due()

    assert asked == [(alpha.tenant.pk, "de", alpha.contact.pk, {"case": 7})] * 2
    assert translation.get_language() == "en"


def test_faulty_kind_stops_nobody_and_is_tried_again(alpha, queue, caplog):
    broken = {"is": True}

    def render(person, refs):
        if broken["is"]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")  # spoils the transaction that it happens in
        return render_notice(person, refs)

    register("faulty", may_receive=lambda person, refs: True, render=render)
    bad = queue(alpha, alpha.contact, kind="faulty", urgent=True)
    good = queue(alpha, alpha.agent)

    with caplog.at_level(logging.ERROR):
        deliver_due()

    why = "It could not be written: a fault of the desk, see its log."
    assert state_of(alpha, bad) == ("queued", why)
    assert state_of(alpha, good) == ("sent", "")
    assert f"message {bad.pk} cannot be written" in caplog.text

    broken["is"] = False
    let_pass(alpha, seconds=30)
    deliver_due()

    assert state_of(alpha, bad) == ("sent", "")


def test_kind_is_registered_once():
    with pytest.raises(ValueError, match="registered already"):
        register("notice", may_receive=lambda person, refs: True, render=render_notice)


def test_urgent_messages_go_first_then_the_oldest(alpha, queue):
    queue(alpha, alpha.contact)
    queue(alpha, alpha.agent)
    queue(alpha, alpha.lead, urgent=True)

    deliver_due()

    assert [sent.to[0] for sent in mail.outbox] == [
        "lead@desk.test",
        "contact@acme.test",
        "agent@desk.test",
    ]
