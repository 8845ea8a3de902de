"""Taking notice of an escalation: it stops what repeats. March 2026; Monday is the 2nd."""

from datetime import timedelta

import pytest
from django.core import signing

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from escalation.acknowledging import LINK_LASTS, acknowledge, acknowledge_url
from escalation.models import Notice
from escalation.tick import fire_due
from outbox.letters import MayNotLeave, write_email
from outbox.models import OutboxMessage
from tests.cases import after, file_case
from tests.escalation.ladders import publish_ladder, step
from tickets.actions.conversation import log_agent_call, reply_to_case
from tickets.errors import CaseIsNotOpen

LATE = after(8.5)
WAKE = step("wake", roles='["lead", "manager"]', urgent="true", repeat_seconds=900, repeat_times=4)
TEN_MINUTES = timedelta(minutes=10)


def fired(case):
    return list(
        case.events.filter(kind="step_fired").order_by("seq").values_list("step", flat=True)
    )


@pytest.fixture
def case(ladder, alpha):
    """A case whose breach was told to lead and manager, and is told again."""
    ladder(WAKE)
    case = file_case(alpha, severity="2")
    fire_due([case.pk], at=LATE)
    return case


def test_step_is_repeated_until_somebody_takes_notice(case, alpha):
    for minutes in (14, 15, 30):
        fire_due([case.pk], at=LATE + timedelta(minutes=minutes))

    acknowledge(case_id=case.pk, by=alpha.lead, at=after(9.1))
    fire_due([case.pk], at=after(24))

    assert fired(case) == ["wake", "wake#2", "wake#3"]
    event = case.events.get(kind="acknowledged")
    assert (event.audience, event.by, event.payload) == (
        "desk",
        alpha.lead,
        {"clock": "first_response", "started_seq": 1},
    )
    # For all who were told, of all its times; and nothing of it leaves any more.
    assert set(Notice.objects.values_list("acknowledged_at", flat=True)) == {after(9.1)}
    with pytest.raises(MayNotLeave):
        write_email(OutboxMessage.objects.filter(kind="notices").first(), at=after(9.2))


def test_taking_notice_twice_is_harmless(case, alpha):
    for person in (alpha.lead, alpha.manager):
        acknowledge(case_id=case.pk, by=person, at=after(9))

    assert case.events.filter(kind="acknowledged").count() == 1


def test_notice_meets_no_clock_and_keeps_no_call_out(case, alpha):
    acknowledge(case_id=case.pk, by=alpha.lead, at=after(9))

    assert case.clocks.get(kind="first_response").ended_at is None
    # Paged, called at once, took notice, and only then wrote the call down.
    log_agent_call(
        case_id=case.pk, by=alpha.agent, body="Hi.", at=after(9.2), occurred_at=after(8.8)
    )
    assert case.clocks.get(kind="first_response").ended_at == after(8.8)


def test_customers_take_no_notice_and_closed_cases_need_none(case, alpha):
    with pytest.raises(NotAllowed):
        acknowledge(case_id=case.pk, by=alpha.contact, at=after(9))

    type(case).objects.filter(pk=case.pk).update(status="closed", closed_at=after(9))
    with pytest.raises(CaseIsNotOpen):
        acknowledge(case_id=case.pk, by=alpha.lead, at=after(9))


@pytest.fixture
def told(alpha):
    """Give the address of one notice about a case that is late now."""
    with tenant(alpha.tenant) as at:
        publish_ladder(alpha, WAKE)
        case = file_case(alpha, severity="2")
        fire_due([case.pk], at=at)
        notice = Notice.objects.get(person=alpha.lead)
        return case, acknowledge_url(alpha.lead, "notice", notice.pk)


def path_of(url):
    return "/" + url.split("/", 3)[3]


def events(alpha, case):
    with tenant(alpha.tenant):
        return list(case.events.filter(kind="acknowledged").values_list("by__name", flat=True))


def test_link_works_without_signing_in_and_asks_first(told, alpha, browse):
    case, url = told
    nobody = browse(alpha.tenant)

    asked = nobody.get(path_of(url))
    before = events(alpha, case)
    done, again = (nobody.post(path_of(url)) for _ in range(2))

    assert (asked.status_code, before) == (200, [])
    assert "First response is overdue" in asked.text
    assert alpha.canary not in asked.text.replace(alpha.tenant.name, "")
    assert (done.status_code, again.status_code) == (200, 200)
    assert "Nothing is left to acknowledge" in again.text
    assert events(alpha, case) == [alpha.lead.name]


def test_link_of_a_warning_does_not_silence_the_breach_that_came_since(alpha, browse):
    warn = step("warn", at="before", roles='["lead"]', urgent="true", share_percent=25)
    with tenant(alpha.tenant) as at:
        publish_ladder(alpha, warn, WAKE)
        case = file_case(alpha, severity="2", at=at - timedelta(days=40))
        fire_due([case.pk], at=at)
        warning, breach = Notice.objects.filter(person=alpha.lead).order_by("event__seq")
        url = acknowledge_url(alpha.lead, "notice", warning.pk)

    page = browse(alpha.tenant).post(path_of(url))

    assert page.status_code == 200
    with tenant(alpha.tenant):
        assert fired(case) == ["warn", "wake"]
        open_ones = Notice.objects.filter(acknowledged_at=None, person=alpha.lead)
        assert list(open_ones) == [breach]
        fire_due([case.pk], at=at + TEN_MINUTES * 2)
        assert fired(case) == ["warn", "wake", "wake#2"]
        assert case.events.get(kind="acknowledged").payload["upto"] == warning.event.seq


def test_link_is_worth_nothing_elsewhere_tampered_with_or_old(
    told, alpha, beta, browse, monkeypatch
):
    case, url = told
    path = path_of(url)

    elsewhere = browse(beta.tenant).post(path)
    tampered = browse(alpha.tenant).post(path[:-3] + ("AA/" if path[-3:] != "AA/" else "BB/"))
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + LINK_LASTS.total_seconds() + 1)
    old = browse(alpha.tenant).post(path)

    assert [answer.status_code for answer in (elsewhere, tampered, old)] == [404, 404, 410]
    assert events(alpha, case) == []


def test_link_dies_with_the_case_and_with_its_person(told, alpha, browse):
    case, url = told
    with tenant(alpha.tenant) as at:
        reply_to_case(case_id=case.pk, by=alpha.agent, body="Here.", at=at)

    over = browse(alpha.tenant).post(path_of(url))
    with tenant(alpha.tenant):
        type(alpha.lead).objects.filter(pk=alpha.lead.pk).update(is_active=False)
    gone = browse(alpha.tenant).post(path_of(url))

    assert "Nothing is left to acknowledge" in over.text
    assert (gone.status_code, events(alpha, case)) == (404, [])


def test_desk_lists_what_waits_for_me_and_takes_one_or_all(told, alpha, browse):
    case, _url = told
    with tenant(alpha.tenant) as at:
        others = [file_case(alpha, severity="2") for _ in range(2)]
        fire_due([other.pk for other in others], at=at)
    lead, agent = (browse(alpha.tenant, person) for person in (alpha.lead, alpha.agent))

    assert "Nothing waits for you" in agent.get("/desk/acknowledge/").text
    listed = lead.get("/desk/acknowledge/").text
    lead.post("/desk/acknowledge/", {"case": case.number})
    left = lead.get("/desk/acknowledge/").text
    lead.post("/desk/acknowledge/")

    assert [f"TW-{one.number}" in listed for one in (case, *others)] == [True] * 3
    assert [f"TW-{one.number} " in left for one in (case, *others)] == [False, True, True]
    assert [events(alpha, one) for one in (case, *others)] == [[alpha.lead.name]] * 3
    page = lead.get(f"/desk/cases/{case.number}/").text
    assert "Escalation acknowledged" in page


def test_page_of_the_desk_takes_notice_of_what_it_showed_only(told, alpha, browse):
    case, _url = told
    lead = browse(alpha.tenant, alpha.lead)
    seen = lead.get("/desk/acknowledge/").context["seen"]
    with tenant(alpha.tenant) as at:
        later = file_case(alpha, severity="2")
        fire_due([later.pk], at=at)

    lead.post("/desk/acknowledge/", {"seen": seen})

    assert [events(alpha, one) for one in (case, later)] == [[alpha.lead.name], []]
