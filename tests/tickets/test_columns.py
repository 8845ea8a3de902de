"""The columns of a case that repeat what its timeline says."""

from tests.cases import MONDAY, after, file_case
from tickets.actions.conversation import add_note, log_customer_call
from tickets.actions.ending import close_case, resolve_case
from tickets.models import Case


def test_closed_case_owes_no_call(metalogix, alpha):
    case = file_case(alpha, severity="1")
    owed = case.call_owed
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    assert (owed, Case.objects.get().call_owed) == (True, False)


def test_public_word_is_remembered(metalogix, alpha):
    case = file_case(alpha, severity="3")
    log_customer_call(
        case_id=case.pk, by=alpha.agent, body="Hi.", at=after(2), occurred_at=after(1)
    )
    called = Case.objects.get().last_public_at
    add_note(case_id=case.pk, by=alpha.agent, body="Odd.", at=after(3))
    noted = Case.objects.get().last_public_at
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(4))

    assert (called, noted, Case.objects.get().last_public_at) == (after(1), after(1), after(4))
    assert case.opened_at == MONDAY
