from escalation.tick import fire_due
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import after, file_case
from tickets.actions.conversation import add_note, reply_to_case
from tickets.actions.triage import change_severity


def letter(kind, person):
    row = OutboxMessage.objects.get(kind=kind, recipient=person)
    return registered(kind).render(person, row.refs)


def test_changed_level_is_told_with_both_promises_and_the_reason(metalogix, alpha):
    case = file_case(alpha, severity="4")
    alpha.contract.plan = "premium"

    change_severity(
        case_id=case.pk, severity="1", by=alpha.agent, reason="cn-alpha-why", at=after(1)
    )

    told = letter("level_changed", alpha.contact).body
    assert "cn-alpha-why" in told
    assert "Until now we had promised an answer by Mon 2 Mar 2026, 18:00 CET." in told
    assert "The answer was due by Mon 2 Mar 2026, 12:00 CET, and is late." in told
    assert "202-609-9100" in told


def test_filing_is_told_with_number_and_promise(metalogix, alpha):
    file_case(alpha, severity="3")

    told = letter("case_filed", alpha.contact)

    assert told.subject == "[TW-1] we have your case: cn-alpha-subject"
    assert "The answer was due by Mon 2 Mar 2026, 18:00 CET, and is late." in told.body
    assert "http://alpha.localhost:8000/cases/1/" in told.body


def test_notice_is_not_for_who_may_no_longer_see_the_case(metalogix, alpha):
    case = file_case(alpha)
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Hello.", at=after(1))
    refs = OutboxMessage.objects.get(kind="agent_replied").refs

    may = registered("agent_replied").may_receive

    assert may(alpha.contact, refs) is True
    assert may(alpha.stranger, refs) is False


def test_internal_entry_is_never_mailed_to_a_customer(metalogix, alpha):
    case = file_case(alpha)
    add_note(case_id=case.pk, by=alpha.agent, body="cn-alpha-secret", at=after(1))
    refs = {"case": case.pk, "event": case.events.get(kind="note_added").pk}

    assert registered("agent_replied").may_receive(alpha.contact, refs) is False
    assert registered("handed_over").may_receive(alpha.contact, refs) is False
    assert registered("handed_over").may_receive(alpha.agent, refs) is True


def test_notices_of_the_desk_are_never_mailed_to_a_customer(metalogix, alpha):
    case = file_case(alpha)
    fire_due([case.pk], at=after(9))
    message = OutboxMessage.objects.filter(kind="notices").first()

    for kind in ("notices", "notices_paged"):
        may = registered(kind).may_receive
        assert may(alpha.contact, message.refs) is False
        assert may(message.recipient, message.refs) is True
