"""A review in one act with product, team and estimate; and wishes for the product."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actions import add_team
from accounts.tenancy import tenant
from entitlements.actions import add_product
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.actions import load_document
from tests.cases import after, file_case
from tests.packs import LONG_AGO, pack_for
from tickets.actions.conversation import ask_customer
from tickets.actions.features import dispose_feature, join_feature, log_feature
from tickets.actions.sorting import Sorting
from tickets.actions.triage import change_severity, triage_case
from tickets.errors import NothingChanges
from tickets.estimates import estimate_of
from tickets.features import features_with_counts
from tickets.level_errors import (
    DispositionNeedsWords,
    EstimateInPast,
    EstimateTooLate,
    EstimateWhileWaiting,
    NotAFeature,
    ReleaseMissing,
)
from tickets.models import Case
from tickets.reading import case_state

# After all desk time that has been: what is mailed is told by the time of the desk.
AHEAD = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="3")


@pytest.fixture
def wishes(alpha):
    """Be inside alpha under a policy whose type “feature request” is a wish for the product."""
    text = pack_for(alpha.tenant.slug, "metalogix")
    if "feature_request = true" not in text:
        text = text.replace(
            'code = "feature_request"', 'code = "feature_request"\nfeature_request = true', 1
        )
    with tenant(alpha.tenant):
        load_document(text=text, by=None, at=LONG_AGO)
        yield


def triage(case, alpha, **sorting):
    return triage_case(case_id=case.pk, by=alpha.lead, at=after(1), sorting=Sorting(**sorting))


def test_mx_23_review_tells_number_promise_and_estimate(case, alpha):
    triage(case, alpha, estimate_at=after(4))

    stored = Case.objects.get()
    assert stored.estimate_at == after(4)
    assert case.events.get(kind="triaged").payload == {"estimate_at": int(after(4).timestamp())}
    state = case_state(stored)
    # What has passed is not to come.
    told = [estimate_of(stored, state, at) for at in (after(2), after(4), after(4.1))]
    assert told == [after(4), after(4), None]
    row = OutboxMessage.objects.get(kind="triaged")
    told = registered("triaged").render(alpha.contact, row.refs)
    assert told.subject.startswith("[TW-1]")
    assert "Support begins about" not in told.body
    assert "The answer was due by Mon 2 Mar 2026, 18:00 CET, and is late." in told.body


def test_mx_23_estimate_is_never_later_than_the_promise(case, alpha):
    with pytest.raises(EstimateTooLate, match="Mon 2 Mar 2026, 18:00 CET"):
        triage(case, alpha, estimate_at=after(8) + timedelta(minutes=1))
    with pytest.raises(EstimateInPast):
        triage(case, alpha, estimate_at=after(0.5))

    assert Case.objects.get().estimate_at is None
    assert case.events.count() == 1


def test_mx_23_estimate_says_nothing_any_more_once_a_sooner_answer_is_promised(alpha, metalogix):
    alpha.contract.plan = "premium"
    alpha.contract.save(update_fields=["plan"])
    case = file_case(alpha, severity="3", channel="phone", by=alpha.agent)
    triage(case, alpha, estimate_at=after(3))

    change_severity(case_id=case.pk, severity="1", by=alpha.agent, reason="so", at=after(1.5))

    case.refresh_from_db()
    assert estimate_of(case, case_state(case), after(2)) is None


def test_mx_23_estimate_that_is_to_come_is_mailed(metalogix, alpha):
    case = file_case(alpha, severity="3", at=AHEAD)

    triage_case(
        case_id=case.pk,
        by=alpha.lead,
        at=AHEAD,
        sorting=Sorting(estimate_at=AHEAD + timedelta(hours=4)),
    )

    row = OutboxMessage.objects.get(kind="triaged")
    body = registered("triaged").render(alpha.contact, row.refs).body
    assert "Support begins about Mon 4 Mar 2030, 14:00 CET." in body


def test_mx_23_nothing_is_estimated_while_the_customer_has_to_answer(case, alpha):
    ask_customer(case_id=case.pk, by=alpha.agent, question="Which?", at=after(0.5))

    with pytest.raises(EstimateWhileWaiting):
        triage(case, alpha, estimate_at=after(4))


def test_review_sets_product_team_and_who_may_see_it(case, alpha):
    other = add_team(name="cn-alpha-other", tier=1)
    product = add_product(code="mover", name="cn-alpha-mover")

    triage(case, alpha, team_id=other.pk, product_id=product.pk, is_restricted=True)

    stored = Case.objects.get()
    assert (stored.team, stored.product, stored.tier, stored.is_restricted) == (
        other,
        product,
        1,
        True,
    )
    assert case.events.get(kind="triaged").payload == {
        "product_id": product.pk,
        "team": other.pk,
    }
    # It was promised for the product of the contract; another one is no fact of the promise.
    assert case_state(stored).facts.product == "product"
    assert case.events.get(kind="restricted").audience == "desk"


def test_review_to_a_team_of_another_tier_is_a_hand_over(case, alpha):
    triage(case, alpha, team_id=alpha.team_2.pk)

    stored = Case.objects.get()
    assert (stored.team, stored.tier, case_state(stored).tier) == (alpha.team_2, 2, 2)
    assert OutboxMessage.objects.get(kind="handed_over").recipient == alpha.agent_2


def test_mx_14_wish_is_logged_with_the_words_of_its_case(wishes, alpha):
    case = file_case(alpha, case_type="feature_request", keep_informed=True)

    feature = log_feature(case_id=case.pk, title="Dark mode", by=alpha.agent, at=after(1))

    case.refresh_from_db()
    assert (case.feature_request, feature.words) == (feature, "cn-alpha-body")
    assert case.events.get(kind="feature_logged").payload == {"feature": feature.pk}
    with pytest.raises(NothingChanges):
        join_feature(case_id=case.pk, feature_id=feature.pk, by=alpha.agent, at=after(2))


def test_sc_14_who_wants_to_hear_is_told_of_each_decision_once(wishes, alpha):
    first = file_case(alpha, case_type="feature_request", keep_informed=True)
    again = file_case(alpha, case_type="feature_request", keep_informed=True)
    other = file_case(alpha, case_type="feature_request", contact=alpha.colleague)
    feature = log_feature(case_id=first.pk, title="Dark mode", by=alpha.agent, at=after(1))
    for case in (again, other):
        join_feature(case_id=case.pk, feature_id=feature.pk, by=alpha.agent, at=after(1))
    decision = {"feature_id": feature.pk, "by": alpha.manager, "at": after(2), "release_id": None}

    with pytest.raises(DispositionNeedsWords):
        dispose_feature(disposition="planned", answer=" ", **decision)
    with pytest.raises(ReleaseMissing):
        dispose_feature(disposition="shipped", answer="There it is.", **decision)
    dispose_feature(disposition="planned", answer="cn-alpha-next", **decision)

    assert [(one.wanted, one.waiting) for one in features_with_counts()] == [(3, 1)]
    row = OutboxMessage.objects.get(kind="feature_decided")
    assert row.recipient == alpha.contact
    told = registered("feature_decided").render(alpha.contact, row.refs).body
    assert "cn-alpha-next" in told
    assert "Planned" in told
    # Everybody else reads it on their case.
    assert other.messages.get(event__kind="feature_decided").body == "cn-alpha-next"


def test_mx_14_case_that_is_no_wish_is_not_logged_as_one(wishes, alpha):
    case = file_case(alpha, case_type="problem")

    with pytest.raises(NotAFeature):
        log_feature(case_id=case.pk, title="Dark mode", by=alpha.agent, at=after(1))
