"""The caller's cost and gate, and the acts on a case that are about points and consent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from entitlements.balances import balance_at
from entitlements.models import GateOverride
from entitlements.releases import add_release
from tests.desk.callers import address, words
from tests.desk.conftest import MONDAY, text_of
from tests.points import give_points
from tickets.actions.consenting import give_consent
from tickets.actions.ending import close_case
from tickets.actions.splitting import propose_split
from tickets.models import Case, RemoteConsent, SplitProposal

NOON = "2030-03-04T18:00"


@pytest.fixture
def scalix(open_desk):
    """Open the desk under the Scalix pack; the company has so many points."""

    def with_points(points):
        desk = open_desk("scalix", is_entitled=False)
        with tenant(desk.twin.tenant):
            desk.twin.contract.plan = "basic"
            desk.twin.contract.save(update_fields=["plan"])
            if points:
                give_points(desk.twin.company, points, at=MONDAY)
        return desk

    return with_points


def balance(desk, at=MONDAY):
    with tenant(desk.twin.tenant):
        return balance_at(desk.twin.company, at)


def plain(response):
    return " ".join(text_of(response).replace("<strong>", "").replace("</strong>", "").split())


def caller_page(desk, person=None, **changes):
    return desk.client(person).get(address(desk, **changes))


def open_for_caller(desk, person=None, facts=None, **changes):
    said = words(**changes)
    said.pop("severity")
    return desk.client(person).post(address(desk, **(facts or {})), said)


def cases(desk):
    with tenant(desk.twin.tenant):
        return list(Case.objects.order_by("number"))


def test_sc_03_caller_is_told_the_cost_of_the_call_and_of_the_other_ways(scalix):
    desk = scalix(20)

    page = plain(caller_page(desk))

    assert "It costs 30 points: 10 more are needed, you have 20." in page
    assert "E-mail</p><p>10 points</p>" in page
    assert "10 more points needed" in page


def test_sc_19_call_without_enough_points_is_refused_and_nothing_is_lost(scalix):
    desk = scalix(20)

    refused = open_for_caller(desk)

    assert refused.status_code == 422
    assert "10 more points needed" in text_of(refused)
    assert "Since this morning." in text_of(refused)
    assert cases(desk) == []


def test_sc_02_call_is_charged_as_a_call(scalix):
    desk = scalix(50)

    open_for_caller(desk, points="30")

    assert len(cases(desk)) == 1
    assert balance(desk) == 20


def test_manager_lets_a_call_through_with_a_reason(scalix):
    desk = scalix(20)
    manager = desk.twin.manager

    page = caller_page(desk, manager)
    opened = open_for_caller(
        desk, manager, lets="points_short", let_through="The invoice is on its way."
    )

    assert "let_through" in page.context["form"].fields
    assert opened.status_code == 302
    (case,) = cases(desk)
    with tenant(desk.twin.tenant):
        override = GateOverride.objects.get()
    assert (override.reason, override.case_number) == ("The invoice is on its way.", case.number)
    assert override.granted_by_id == manager.pk
    assert balance(desk) == 20


def test_agent_cannot_let_a_call_through(scalix):
    desk = scalix(20)

    page = caller_page(desk)
    refused = open_for_caller(desk, let_through="Please.")

    assert "let_through" not in page.context["form"].fields
    assert refused.status_code == 422
    assert cases(desk) == []


def test_nothing_dearer_is_opened_than_was_read_out(scalix):
    desk = scalix(50)

    refused = open_for_caller(desk, points="10")
    opened = open_for_caller(desk, points=refused.context["form"]["points"].value())

    assert refused.status_code == 422
    assert "it costs 30 points, more than was shown before" in text_of(refused)
    assert opened.status_code == 302
    assert balance(desk) == 20


def test_points_contract_and_release_stand_on_the_side(scalix):
    desk = scalix(50)
    with tenant(desk.twin.tenant):
        release = add_release(
            product=desk.twin.product,
            version="7.7.0",
            released_on=date(2028, 1, 1),
            support_end="day",
            support_ends_on=date(2030, 3, 4),
        )
    case = desk.file(product=desk.twin.product, release=release)

    page = plain(desk.page(case))

    assert "<dt>Points of this case</dt><dd>10</dd>" in page
    on_hand = f'<dd><a href="/desk/companies/{desk.twin.company.pk}/points/">40<'
    assert f"<dt>Points on hand</dt>{on_hand}" in page
    assert "7.7.0" in page
    assert "supported until 4 Mar 2030" in page
    assert "since 1 Jan 2026, open-ended" in page


def test_dd_32_open_case_outlives_the_support_of_its_release(scalix, set_desk_time):
    desk = scalix(50)
    with tenant(desk.twin.tenant):
        release = add_release(
            product=desk.twin.product,
            version="7.7.0",
            released_on=date(2028, 1, 1),
            support_end="day",
            support_ends_on=date(2030, 3, 4),
        )
    case = desk.file(product=desk.twin.product, release=release)
    set_desk_time(MONDAY + timedelta(days=2))

    page = plain(desk.page(case))
    replied = desk.act(case, "reply", body="We go on.")

    assert "out of support" in page
    assert replied.status_code == 302


def test_sc_21_lead_gives_the_points_back_once(scalix):
    desk = scalix(50)
    case = desk.file(product=desk.twin.product)

    seen = desk.reread(case).last_seq
    first = desk.act(case, "credit", desk.twin.lead, reason="Bug 4711.")
    again = desk.act(case, "credit", desk.twin.lead, reason="Bug 4711.", seen=seen)

    assert (first.status_code, again.status_code) == (302, 302)
    assert balance(desk) == 50
    assert desk.notes(case) == ["Bug 4711."]
    assert "Points given back: a product bug" in text_of(desk.page(case))


def test_credit_is_not_shown_to_agents_or_where_nothing_was_spent(scalix):
    desk = scalix(50)
    case = desk.file(product=desk.twin.product)

    def codes(person):
        panels = desk.page(case, person).context["panels"]
        return [panel.act.code for panel in panels["agree"]]

    assert "credit" not in codes(desk.twin.agent)
    assert "credit" in codes(desk.twin.lead)
    desk.act(case, "credit", desk.twin.lead, reason="Bug.")
    assert "credit" not in codes(desk.twin.lead)


def test_sc_15_agent_declines_with_a_pointer_once(scalix):
    desk = scalix(50)
    case = desk.file(product=desk.twin.product)

    seen = desk.reread(case).last_seq
    page = text_of(desk.asked(case, "decline"))
    first = desk.act(case, "decline", declined="tuning", body="This is tuning.")
    again = desk.act(case, "decline", declined="tuning", body="This is tuning.", seen=seen)

    assert "Onsite teams, partners or Scalix Professional Services do this." in page
    assert (first.status_code, again.status_code) == (302, 302)
    assert desk.reread(case).status == "closed"
    assert desk.said(case)[-1] == ("reply", "This is tuning.")
    assert balance(desk) == 50


def test_sc_13_agent_proposes_a_split_once_and_withdraws_it(scalix):
    desk = scalix(50)
    case = desk.file(product=desk.twin.product)

    seen = desk.reread(case).last_seq
    said = {"subject": "Calendar", "body": "Another problem."}
    first = desk.act(case, "split", **said)
    again = desk.act(case, "split", seen=seen, **said)
    page = text_of(desk.page(case))
    with tenant(desk.twin.tenant):
        drawn = f"split {SplitProposal.objects.get().pk}"
    withdrawn = desk.act(case, "withdraw-split", drawn=drawn)

    assert (first.status_code, again.status_code) == (302, 302)
    assert "Cost as proposed: 10 points." in page
    assert withdrawn.status_code == 302
    with tenant(desk.twin.tenant):
        assert SplitProposal.objects.get().state == "withdrawn"


def test_sc_13_manager_waives_the_cost_of_a_split_once(scalix):
    desk = scalix(50)
    case = desk.file(product=desk.twin.product)
    desk.act(case, "split", subject="Calendar", body="Another problem.")
    with tenant(desk.twin.tenant):
        drawn = f"split {SplitProposal.objects.get().pk}"

    seen = desk.reread(case).last_seq
    said = {"reason": "Ours to find out.", "drawn": drawn}
    first = desk.act(case, "waive-split", desk.twin.manager, **said)
    again = desk.act(case, "waive-split", desk.twin.manager, seen=seen, **said)

    assert (first.status_code, again.status_code) == (302, 302)
    assert [one.origin_kind for one in cases(desk)] == ["", "split"]
    assert balance(desk) == 40
    page = plain(desk.page(case))
    assert "TW-2. The cost was waived." in page


def test_sc_13_proposal_that_was_decided_meanwhile_is_told(scalix):
    desk = scalix(50)
    case = desk.file(product=desk.twin.product)
    with tenant(desk.twin.tenant):
        proposal = propose_split(
            case_id=case.pk, subject="Calendar", body="B.", by=desk.twin.agent, at=MONDAY
        )
    desk.act(case, "withdraw-split", drawn=f"split {proposal.pk}")

    late = desk.act(
        case, "waive-split", desk.twin.manager, reason="Late.", drawn=f"split {proposal.pk}"
    )

    assert late.status_code == 422
    assert len(cases(desk)) == 1


def test_sp_01_desk_logs_a_permission_and_sees_it(desk, case):
    logged = desk.act(case, "consent", scope="Server mail-1", until=NOON)
    page = plain(desk.page(case))

    assert logged.status_code == 302
    assert "Server mail-1" in page
    assert "said by cn-alpha-contact, logged by cn-alpha-agent" in page
    with tenant(desk.twin.tenant):
        consent = RemoteConsent.objects.get()
    # On the clock of Berlin.
    assert consent.until_at == datetime(2030, 3, 4, 17, 0, tzinfo=UTC)


def test_sp_01_permission_of_the_portal_is_seen_and_ends_by_itself(desk, case, set_desk_time):
    with tenant(desk.twin.tenant):
        give_consent(
            case_id=case.pk,
            scope="Server mail-1",
            until_at=MONDAY + timedelta(hours=2),
            by=desk.twin.contact,
            at=MONDAY,
        )

    before = text_of(desk.page(case))
    set_desk_time(MONDAY + timedelta(hours=3))
    after = text_of(desk.page(case))

    assert "Server mail-1" in before
    assert "Server mail-1" not in after
    assert "Not allowed: the customer has given no permission that holds now." in after


def test_sp_01_desk_ends_a_permission_for_the_customer(desk, case):
    desk.act(case, "consent", scope="Server mail-1", until=NOON)
    with tenant(desk.twin.tenant):
        consent = RemoteConsent.objects.get()

    ended = desk.act(case, "withdraw-consent", consent=consent.pk)

    assert ended.status_code == 302
    assert "Remote access no longer allowed" in text_of(desk.page(case))


def test_sc_18_new_case_about_a_closed_one_is_offered_and_linked(scalix, set_desk_time):
    desk = scalix(50)
    case = desk.file(product=desk.twin.product)
    with tenant(desk.twin.tenant):
        close_case(case_id=case.pk, by=desk.twin.contact, at=MONDAY)
    set_desk_time(MONDAY + timedelta(days=100))

    page = desk.page(case)
    facts = {"origin": case.number, "product": desk.twin.product.pk}
    caller = caller_page(desk, **facts)
    open_for_caller(desk, facts=facts, points="30")

    offered = f"{reverse('desk:caller', args=[desk.twin.company.pk])}?contact="
    assert offered in text_of(page)
    assert "A new case about" in text_of(caller)
    _old, new = cases(desk)
    assert (new.origin_id, new.origin_kind) == (case.pk, "follow_up")
    assert "A new case was opened about this one" in text_of(desk.page(case))
