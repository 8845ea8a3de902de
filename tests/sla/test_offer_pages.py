"""What is sold, edited in the admin without JavaScript, and published."""

import pytest
from django.contrib.admin.models import LogEntry

from accounts.tenancy import desk_now, tenant
from sla.checklist import checklist
from sla.documents import policy_of, read_rows
from sla.engine.document import canonical_text, parse_document
from sla.models import PolicyVersion
from sla.queries import current_policy, working_copy
from tests.packs import publish
from tests.sla.everything import EVERYTHING
from tests.sla.pages import in_alpha, published, text_of, url
from tests.sla.section_pages import forms_of
from tests.sla.test_section_pages import section, send

SOLD = (
    "plans",
    "subscriptions",
    "prices",
    "packs",
    "grants",
    "points",
    "benefits",
    "topics",
    "supported_releases",
    "licence",
    "notices",
    "registration",
)


@pytest.fixture
def seller(browse, alpha, beta):
    """The manager of alpha, which follows Scalix, as beta does."""
    publish(alpha, "scalix")
    publish(beta, "scalix")
    return browse(alpha.tenant, alpha.manager)


def saved():
    return policy_of(read_rows(working_copy()))


def last_entry(alpha):
    return in_alpha(alpha, lambda: LogEntry.objects.latest("id").get_change_message())


@pytest.mark.parametrize("name", SOLD)
def test_page_sent_back_as_it_came_leaves_nothing_to_publish(seller, name):
    answer = send(seller, name, {})

    assert answer.status_code == 302, text_of(answer)
    assert "there is nothing to publish" in text_of(seller.get(url("policydraft_publish")))


@pytest.mark.parametrize(
    ("name", "changes", "field", "fault"),
    [
        ("plans", {"plans-3-on_lapse": "downgrade"}, "plans-3-lapses_to",
         "Say which plan counts then."),
        ("plans", {"plans-3-lapses_to": "basic"}, "plans-3-lapses_to",
         "Nothing counts instead where the plan is kept"),
        ("plans", {"plans-3-on_lapse": "downgrade", "plans-3-lapses_to": "gold"},
         "plans-3-lapses_to", "“gold” needs a subscription as well"),
        ("plans", {"plans-3-case_limit": "0"}, "plans-3-case_limit", "greater than or equal to 1"),
        ("plans", {"plans-3-DELETE": "on"}, "plans-3-",
         "“bronze” cannot go: benefit 1, plans still names it."),
        ("subscriptions", {"subscriptions-0-DELETE": "on"}, "subscriptions-0-",
         "“software_subscription” cannot go: plan 4, what it needs still names it."),
        ("prices", {"prices-0-points": ""}, "prices-0-points", "This field is required."),
        ("prices", {"prices-1-when-channel": "email"}, "prices-1-",
         "price 1 says something else for the same cases"),
        ("prices", {"prices-0-points": "many"}, "prices-0-points", "Enter a whole number."),
        ("packs", {"packs-3-code": "pack_50", "packs-3-name": "A", "packs-3-points": "5"},
         "packs-3-code", "“pack_50” is there twice."),
        ("packs", {"packs-0-points": "0"}, "packs-0-points", "greater than or equal to 1"),
        ("grants", {"grants-0-points": "-5"}, "grants-0-points", "greater than or equal to 1"),
        ("points", {"points-grace-amount": "500", "points-grace-unit": "years"},
         "points-grace-amount", "500 has to lie between 1 and 100."),
        ("benefits", {"benefits-1-plans-gold": "1000001"}, "benefits-1-plans-gold",
         "less than or equal to 1000000"),
        ("topics", {"topics-0-name": ""}, "topics-0-name", "This field is required."),
        ("supported_releases", {"supported_releases-0-back": "101"}, "supported_releases-0-back",
         "101 has to lie between 0 and 100."),
        ("licence", {"licence-grace_days": "9999"}, "licence-grace_days",
         "9999 has to lie between 0 and 3650."),
        ("notices", {"notices-points_days": "30, 30"}, "notices-points_days",
         "“30” is there twice."),
        ("notices", {"notices-licence_days": "soon"}, "notices-licence_days",
         "Write days like 3, 6."),
    ],
)  # fmt: skip
def test_fault_is_told_at_its_field(seller, alpha, name, changes, field, fault):
    before = in_alpha(alpha, saved)

    answer = send(seller, name, changes)

    errors = {
        form.add_prefix("" if key == "__all__" else key): " ".join(told)
        for form in forms_of(answer.context["form_page"])
        for key, told in form.errors.items()
    }
    assert answer.status_code == 200
    assert fault in errors.get(field, errors)
    assert fault in text_of(answer)
    assert in_alpha(alpha, saved) == before


def test_dearer_call_is_saved_for_this_vendor_and_told_in_words(seller, alpha, beta):
    send(seller, "prices", {"prices-1-points": "40"})

    with tenant(beta.tenant):
        theirs = saved().prices[1].points
    assert (in_alpha(alpha, saved).prices[1].points, theirs) == (40, 30)
    assert last_entry(alpha) == "Prices: Price by Phone: 30 points → 40 points"


def test_price_is_added_for_some_cases_only(seller, alpha):
    sent = {
        "prices-2-points": "0",
        "prices-2-when-case_type": "feature_request",
        "prices-2-when-channel": "email",
        "prices-2-note": "Wishes cost nothing.",
    }

    send(seller, "prices", sent)

    new = in_alpha(alpha, saved).prices[2]
    assert (new.when, new.points, new.note) == (
        {"case_type": ("feature_request",), "channel": ("email",)}, 0, "Wishes cost nothing.",
    )  # fmt: skip
    assert "Feature request, E-mail: free of charge" in text_of(seller.get(section("prices")))


def test_benefit_is_a_number_for_each_plan_by_name(seller, alpha):
    page = text_of(seller.get(section("benefits")))
    send(seller, "benefits", {"benefits-1-plans-basic": "1", "benefits-1-plans-gold": ""})

    assert "How much of it each plan has" in page
    assert "Gold Premium Support" in page
    assert dict(in_alpha(alpha, saved).benefits[1].plans) == {
        "basic": 1, "bronze": 1, "silver": 2, "platinum": 6,
    }  # fmt: skip
    assert last_entry(alpha) == (
        "Benefits: Benefits, Places in technical training, Basic Technical Support: none → 1 in "
        "each term; Benefits, Places in technical training, Gold Premium Support: 4 in each term "
        "→ none"
    )


def test_sp_12_manager_chooses_what_becomes_of_a_plan_whose_subscription_has_ended(seller, alpha):
    send(seller, "plans", {"plans-3-on_lapse": "downgrade", "plans-3-lapses_to": "basic"})

    plan = in_alpha(alpha, saved).plan("bronze")
    assert (plan.on_lapse, plan.lapses_to) == ("downgrade", "basic")


@pytest.mark.parametrize("name", SOLD)
def test_pages_name_things_and_show_no_codes(seller, name):
    text = text_of(seller.get(section(name)))

    for code in ("software_subscription", "basic_annual", "small_business", "first_purchase"):
        assert code not in text
    assert "{" not in text


def test_all_that_is_sold_is_published_through_the_pages(seller, alpha):
    send(seller, "prices", {"prices-1-points": "40"})
    send(seller, "licence", {"licence-required": "on", "licence-grace_days": "14"})
    send(seller, "notices", {"notices-licence_days": "30"})

    compared = text_of(seller.get(url("policydraft_publish")))
    published(seller)

    assert "Price by Phone 30 points 40 points" in compared
    assert "Licences, days of grace after a licence has ended 0 14" in compared
    with tenant(alpha.tenant):
        policy = current_policy(desk_now()).policy
        text = PolicyVersion.objects.latest("number").document
    assert (policy.prices[1].points, policy.licence.grace_days) == (40, 14)
    assert canonical_text(parse_document(text)) == text


def test_overview_says_what_is_sold_in_words(seller):
    said = text_of(seller.get(url("policydraft_changelist")))

    for line in (
        "What is sold",
        "Prices Edit Prices By E-mail: 10 points; by Phone: 30 points",
        "Packs of points Edit Packs of points 50 points, 110 points, 180 points",
        "Who may file, and who is told",
        "Supported releases Edit Supported releases The current major release and the two before",
        "Licences Edit Licences None is needed to open a case.",
        "Support of a release: 90 and 30 days before; contracts: 90 and 30 days before",
    ):
        assert line in said


def test_checklist_asks_for_what_points_and_licences_need(alpha):
    whole = parse_document(EVERYTHING)
    packs = EVERYTHING[EVERYTHING.index("[[packs]]") : EVERYTHING.index("[[grants]]")]
    without = parse_document(
        EVERYTHING.replace(packs, "")
        .replace('life = { years = 1, rule = "end_of_day" }\n', "")
        .replace("licence_days = [30]\n", "")
    )

    with tenant(alpha.tenant):
        asked = [item.text for item in checklist(without).open_items]
        done = [item.text for item in checklist(whole).done_items]

    wanted = [
        "Packs in which points are sold",
        "How long points can be used",
        "How long before its end people are told of a licence",
    ]
    assert [one for one in asked if one in wanted] == wanted
    assert [one for one in done if one in wanted] == wanted
    assert "Prices of cases in points" in done
