"""Who hears of what: defaults, choices, what a plan or a subscription brings, and stopping it."""

from datetime import UTC, date, datetime

import pytest

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from entitlements.actions import add_product, sign_contract
from entitlements.holdings import holding_of, policy_at
from entitlements.lines import add_line
from entitlements.models import Contract, TopicChoice
from entitlements.topics import (
    choices_of,
    choose_topics,
    find_topic,
    is_open_to,
    may_have,
    read_stop,
    recipients_of,
    stop_token,
    stop_topic,
    wants,
)
from sla.engine.offer import Topic
from tests.packs import publish

AT = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
IN = Topic("tips", "Tips", "news")
OUT = Topic("ends", "Ends", "support_end", opt_out=True, by_product=True)


@pytest.mark.parametrize(
    ("topic", "choices", "product", "expected"),
    [
        (IN, {}, None, False),
        (OUT, {}, 7, True),
        (IN, {("tips", None): True}, None, True),
        (OUT, {("ends", None): False}, 7, False),
        (OUT, {("ends", 7): False}, 7, False),
        (OUT, {("ends", 7): False}, 8, True),
        # What was said of the product goes before what was said of all.
        (OUT, {("ends", None): False, ("ends", 7): True}, 7, True),
        (OUT, {("tips", None): False}, 7, True),
    ],
)
def test_dd_31_choice_goes_before_the_topics_default(topic, choices, product, expected):
    assert wants(topic, choices, product) is expected


def people(twin, recipients) -> list[str]:
    named = {getattr(twin, name).pk: name for name in ("contact", "colleague", "company_admin")}
    return sorted(named.get(one.person_id, "stranger") for one in recipients)


def test_sc_01_tips_go_to_those_who_asked_for_them(alpha):
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        tips = find_topic(policy_at(AT), "best_practices")
        before = recipients_of([tips], None, AT)
        wish = {("best_practices", None): True}
        choose_topics(person=alpha.contact, by=alpha.contact, wishes=wish)

        assert before == []
        assert people(alpha, recipients_of([tips], None, AT)) == ["contact"]


def test_sp_04_product_notifications_come_with_the_subscription(alpha):
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        topic = find_topic(policy_at(AT), "product_notifications")
        before = recipients_of([topic], alpha.product, AT)
        alpha.contract.edition = "enterprise"
        line = add_line(
            contract=alpha.contract,
            subscription="software_subscription",
            users=50,
            ends_on=date(2026, 12, 31),
        )
        during = recipients_of([topic], alpha.product, AT)
        after = recipients_of([topic], alpha.product, datetime(2027, 1, 2, tzinfo=UTC))

    assert line.users == 50
    assert (before, after) == ([], [])
    assert people(alpha, during) == ["colleague", "company_admin", "contact"]


def test_topic_of_a_plan_is_for_whoever_has_it_for_any_product(alpha):
    publish(alpha, "scalix")
    topic = Topic("tips", "Tips", "news", plans=("gold",))
    with tenant(alpha.tenant):
        Contract.objects.filter(company=alpha.company).delete()
        for product, plan in ((alpha.product, "gold"), (add_product(code="o", name="O"), "basic")):
            Contract.objects.create(
                tenant=alpha.tenant,
                company=alpha.company,
                product=product,
                plan=plan,
                starts_on=date(2026, 1, 1),
            )
        holding = holding_of(alpha.company, policy_at(AT), TODAY)

        assert is_open_to(topic, holding)
        assert holding.plans_for(None) == {"gold", "basic"}


def test_topic_of_a_product_is_for_companies_that_use_it(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        topic = find_topic(policy_at(AT), "releases")
        other = add_product(code="other", name="Other")
        holding = holding_of(alpha.company, policy_at(AT), TODAY)

        assert is_open_to(topic, holding, alpha.product)
        assert not is_open_to(topic, holding, other)
        sign_contract(company=alpha.company, product=other, starts_on=date(2026, 1, 1), at=AT)
        holding = holding_of(alpha.company, policy_at(AT), TODAY)
        assert is_open_to(topic, holding, other)


def test_dd_31_everybody_registered_may_have_the_topics_of_a_vendor_that_names_no_plan(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        Contract.objects.all().delete()
        topic = find_topic(policy_at(AT), "hotfixes")

        found = recipients_of([topic], alpha.product, AT)

    # The caller has no address.
    assert people(alpha, found) == ["colleague", "company_admin", "contact", "stranger"]


def test_each_is_told_once_by_the_first_topic(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        policy = policy_at(AT)
        topics = [find_topic(policy, "releases"), find_topic(policy, "hotfixes")]
        stop_topic(person=alpha.contact, topic="releases")
        found = {one.person_id: one.topic for one in recipients_of(topics, alpha.product, AT)}

    assert found[alpha.contact.pk] == "hotfixes"
    assert found[alpha.colleague.pk] == "releases"
    assert len(found) == 4


def test_people_choose_for_themselves(alpha, entered):
    for who in (alpha.company_admin, alpha.manager, alpha.stranger):
        with pytest.raises(NotAllowed):
            choose_topics(person=alpha.contact, by=who, wishes={("tips", None): True})

    assert not TopicChoice.objects.exists()


def test_dd_31_stopping_a_topic_stops_it_for_every_product(alpha, entered):
    wishes = {("ends", alpha.product.pk): True, ("tips", None): True}
    choose_topics(person=alpha.contact, by=alpha.contact, wishes=wishes)

    for _repeat in range(2):
        stop_topic(person=alpha.contact, topic="ends")

    assert choices_of(alpha.contact) == {("ends", None): False, ("tips", None): True}


def test_address_that_stops_names_whom_and_what_and_is_not_to_be_forged(alpha, beta):
    with tenant(alpha.tenant):
        token = stop_token(alpha.contact, "ends")
        assert read_stop(token) == (alpha.contact, "ends")
        for forged in (token[:-1], token.replace(token[0], "x", 1), "x", ""):
            with pytest.raises(NotFound):
                read_stop(forged)
    with tenant(beta.tenant), pytest.raises(NotFound):
        read_stop(token)


def test_dd_31_it_is_asked_again_when_the_mail_leaves(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        product = alpha.product
        assert may_have(alpha.contact, "releases", product, AT) is True
        assert may_have(alpha.agent, "releases", product, AT) is False
        stop_topic(person=alpha.contact, topic="releases")
        said = may_have(alpha.contact, "releases", product, AT)
        assert said == "The recipient does not want to hear of this topic."
        assert may_have(alpha.contact, "tips", product, AT) == (
            "The policy has no such topic any more."
        )
        other = add_product(code="other", name="Other")
        assert may_have(alpha.colleague, "releases", other, AT) == (
            "The company may not have this topic any more."
        )
