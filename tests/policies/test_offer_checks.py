"""What a document may say of what is sold: prices as rules, plans with their conditions."""

from itertools import permutations

import pytest

from sla.engine.document import Fault, canonical_text, parse_document
from sla.engine.offer import DEFAULT_GRACE, Notices, Points
from sla.engine.parts import Facts
from sla.engine.span import Span
from tests.policies.documents import DOCUMENT, changed, faults

EDITIONS = """
[[editions]]
code = "home"
name = "Home"

[[editions]]
code = "work"
name = "Work"
"""
SUBSCRIPTION = """
[[subscriptions]]
code = "updates"
name = "Updates"
"""
GOLD = 'code = "gold"\nname = "Gold"\n'
Row = tuple[str, str]


def prices(*rows: Row) -> str:
    """Give the document with prices: (condition, points)."""
    return DOCUMENT + "".join(
        f"\n[[prices]]\nwhen = {{ {when} }}\npoints = {points}\n" for when, points in rows
    )


def gold(*lines: str, more: str = EDITIONS + SUBSCRIPTION) -> str:
    """Give the document with these lines said of the plan gold."""
    return changed((GOLD, GOLD + "\n".join(lines) + "\n")) + more


PRICES = (
    ("", "1"),
    ('channel = ["phone"]', "30"),
    ('plan = ["gold"], channel = ["phone"]', "5"),
)


@pytest.mark.parametrize("order", list(permutations(PRICES)))
def test_the_price_that_names_most_axes_counts_in_any_order(order: tuple[Row, ...]) -> None:
    policy = parse_document(prices(*order))

    found = [
        policy.price(Facts(plan=plan, channel=channel)).points
        for plan, channel in (("tin", "email"), ("tin", "phone"), ("gold", "phone"))
    ]

    assert found == [1, 30, 5]


def test_without_a_matching_price_a_case_costs_nothing() -> None:
    policy = parse_document(prices(('channel = ["phone"]', "30")))

    assert policy.price(Facts(channel="email")) is None
    assert policy.has_points
    assert not parse_document(prices(("", "0"))).has_points
    assert not parse_document(DOCUMENT).has_points


def test_two_prices_for_one_case_are_a_fault_until_a_third_settles_it() -> None:
    rows = [('plan = ["gold"]', "5"), ('channel = ["phone"]', "30")]
    settled = [*rows, ('plan = ["gold"], channel = ["phone"]', "20")]

    found = faults(prices(*rows))

    assert [(fault.path, fault.code, fault.params) for fault in found] == [
        (
            "prices[1].when",
            "ambiguous",
            {"other": "prices[0]", "facts": {"plan": ("gold",), "channel": ("phone",)}},
        )
    ]
    assert faults(prices(*settled)) == ()


def test_two_release_rules_for_one_case_are_a_fault() -> None:
    rule = '\n[[supported_releases]]\nunit = "release"\nback = 1\n'

    found = faults(DOCUMENT + rule + rule)

    assert [(fault.path, fault.code) for fault in found] == [
        ("supported_releases[1].when", "ambiguous")
    ]


UNKNOWN = [
    (prices(('plan = ["silver"]', "5")), "prices[0].when.plan", "plan", "silver"),
    (gold('editions = ["lab"]'), "plans[0].editions", "edition", "lab"),
    (gold('requires = ["news"]'), "plans[0].requires", "subscription", "news"),
    (
        gold('on_lapse = "downgrade"', 'lapses_to = "gold"'),
        "plans[0].lapses_to",
        "plan",
        "gold",
    ),
    (
        DOCUMENT + '\n[[grants]]\ncode = "first"\nname = "First"\neditions = ["lab"]\n',
        "grants[0].editions",
        "edition",
        "lab",
    ),
    (
        DOCUMENT
        + '\n[[benefits]]\ncode = "a"\nname = "A"\nkind = "seats"\nplans = { silver = 2 }\n',
        "benefits[0].plans",
        "plan",
        "silver",
    ),
    (
        DOCUMENT
        + '\n[[topics]]\ncode = "news"\nname = "News"\nabout = "news"\nsubscriptions = ["news"]\n',
        "topics[0].subscriptions",
        "subscription",
        "news",
    ),
    (
        DOCUMENT + SUBSCRIPTION + 'editions = ["lab"]\n',
        "subscriptions[0].editions",
        "edition",
        "lab",
    ),
]


@pytest.mark.parametrize(("text", "path", "kind", "name"), UNKNOWN)
def test_a_name_of_nothing_is_a_fault_where_it_stands(
    text: str, path: str, kind: str, name: str
) -> None:
    found = faults(text)

    assert [(fault.path, fault.code, fault.params["kind"]) for fault in found] == [
        (path, "unknown_code", kind)
    ]
    assert found[0].params["name"] == name


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['on_lapse = "downgrade"'], ("plans[0].lapses_to", "missing_key")),
        (['lapses_to = "tin"'], ("plans[0].lapses_to", "not_of_this_kind")),
    ],
)
def test_a_plan_says_what_it_lapses_to_and_when(lines: list[str], expected: Row) -> None:
    assert [(fault.path, fault.code) for fault in faults(gold(*lines))] == [expected]


def test_a_plan_does_not_lapse_to_one_that_may_lapse_itself() -> None:
    text = gold('requires = ["updates"]', 'on_lapse = "downgrade"', 'lapses_to = "tin"')
    text = text.replace('name = "Tin"\n', 'name = "Tin"\nrequires = ["updates"]\n')

    found: tuple[Fault, ...] = faults(text)

    assert [(fault.path, fault.code, fault.params) for fault in found] == [
        ("plans[0].lapses_to", "lapses_to_lapsing", {"plan": "tin"})
    ]


def test_a_document_silent_on_what_is_sold_sells_nothing() -> None:
    policy = parse_document(DOCUMENT)

    sold = (policy.subscriptions, policy.prices, policy.packs, policy.grants, policy.benefits)
    assert sold == ((), (), (), (), ())
    assert (policy.topics, policy.supported_releases) == ((), ())
    assert (policy.notices, policy.points) == (Notices(), Points())
    assert not policy.licence.required
    assert not policy.registration.open
    assert policy.plans[0].case_limit is None


def test_points_that_come_back_late_live_for_ninety_days_unless_said_otherwise() -> None:
    text = DOCUMENT + '\n[points]\ngrace = { days = 10, rule = "end_of_day" }\n'

    assert parse_document(DOCUMENT).points.grace_life == DEFAULT_GRACE
    assert parse_document(text).points.grace_life == Span(10, "days", "end_of_day", "customer")


def test_all_that_is_sold_survives_the_canonical_text() -> None:
    text = gold(
        'family = "Metals"',
        'editions = ["work"]',
        'requires = ["updates"]',
        'on_lapse = "downgrade"',
        'lapses_to = "tin"',
        "included_points = 0",
        "case_limit = 3",
        'case_limit_per = "month"',
        more=EDITIONS
        + SUBSCRIPTION
        + """
[[prices]]
when = { channel = ["phone"] }
points = 0

[[benefits]]
code = "users"
name = "Users"
kind = "unlock"
plans = { gold = 1 }
editions = { home = 5, work = 10 }

[licence]
required = true
grace_days = 14

[notices]
low_points = 0
contract_days = [90, 30]
""",
    )

    policy = parse_document(text)
    again = parse_document(canonical_text(policy))

    assert again == policy
    assert (again.plans[0].included_points, again.notices.low_points) == (0, 0)
    assert again.benefits[0].editions == (("home", 5), ("work", 10))
    assert (again.benefits[0].number("gold"), again.benefits[0].number("tin")) == (1, 0)
