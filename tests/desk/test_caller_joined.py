"""A call about a case that is there already, and callers who are put through."""

from accounts.tenancy import tenant
from tests.desk import callers
from tests.desk.conftest import MONDAY, text_of
from tickets.models import Case


def join(desk, case, person=None, **said):
    sent = {"body": "They called.", "occurred_at": "", "transferred_to": "", "seen": ""} | said
    return desk.client(person).post(f"/desk/cases/{case.number}/join-call/", sent)


def test_mx_07_call_is_joined_to_the_case_that_was_filed(desk):
    case = desk.file(severity="1")
    assert case.call_owed

    found = desk.client().get(f"/desk/cases/new/?q={desk.twin.company.name}")
    page = desk.client().get(f"/desk/cases/{case.number}/join-call/")
    logged = join(desk, case, desk.twin.dispatcher)

    assert [one.number for one in found.context["companies"][0].filed] == [case.number]
    assert "This call is owed" in text_of(page)
    assert logged["Location"] == f"/desk/cases/{case.number}/"
    assert not desk.reread(case).call_owed
    with tenant(desk.twin.tenant):
        assert Case.objects.count() == 1
        assert case.events.get(kind="customer_called").payload == {"channel": "phone"}


def test_mx_07_call_joined_twice_is_logged_once(desk):
    case = desk.file(severity="3")
    seen = desk.reread(case).last_seq

    join(desk, case, seen=seen)
    join(desk, case, seen=seen)

    assert desk.said(case)[1:] == [("call", "They called.")]


def test_sc_03_joined_call_costs_nothing_more_and_the_page_says_so(open_desk):
    desk = open_desk("scalix", is_entitled=False)
    with tenant(desk.twin.tenant):
        desk.twin.contract.plan = "gold"
        desk.twin.contract.save(update_fields=["plan"])
    case = desk.file()

    page = desk.client().get(f"/desk/cases/{case.number}/join-call/")

    assert "costs nothing more" in text_of(page)


def test_mx_15_live_transfer_is_a_response_by_whom_took_it(desk):
    opened = callers.open_case(desk, transferred_to=desk.twin.agent_2.pk)

    case = callers.the_case(desk)
    assert opened.status_code == 302
    assert (case.live_transfer, case.owner_id) == (True, desk.twin.agent_2.pk)
    first = desk.page(case).context["scene"].ended_clocks[0]
    assert (first.view.kind, first.view.state) == ("first_response", "met")
    assert f"put through to {desk.twin.agent_2.name}" in text_of(desk.page(case))


def test_mx_11_callers_test_system_is_read_out_before_the_case_opens(desk):
    told = callers.open_case(desk, severity="1", environment="test")
    opened = callers.press_twice(desk, severity="1", environment="test")

    assert "is for production only" in text_of(told)
    assert opened.status_code == 302
    case = callers.the_case(desk)
    assert (case.reported_severity, case.severity, case.opened_at) == ("1", "2", MONDAY)
