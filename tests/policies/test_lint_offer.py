"""The linter on what is sold: each thing that it finds, and nothing where all is well."""

from datetime import date

import pytest

from sla.engine.document import parse_document
from sla.engine.lint import ERROR, NOTICE, WARNING, Finding, lint
from sla.findings import told
from tests.policies.tidy import TIDY, TODAY

# Two plans of a family, two editions, points, packs, and all that comes with them.
SOLD = """
[[plans]]
code = "silver"
name = "Silver"
family = "Premium"
editions = ["pro"]
requires = ["updates"]
included_points = 100

[[plans]]
code = "best"
name = "Best"
family = "Premium"
editions = ["pro"]
requires = ["updates"]
included_points = 200

[[editions]]
code = "pro"
name = "Professional"

[[editions]]
code = "free"
name = "Free"

[[subscriptions]]
code = "updates"
name = "Updates"
editions = ["pro"]

[[prices]]
when = { channel = ["email"] }
points = 10

[[prices]]
when = { channel = ["phone"] }
points = 30

[[packs]]
code = "small"
name = "Small"
points = 50

[[benefits]]
code = "training"
name = "Training"
kind = "seats"
plans = { silver = 1, best = 2 }

[[benefits]]
code = "health"
name = "Health check"
kind = "deliveries"
plans = { silver = 1, best = 12 }

[[benefits]]
code = "users"
name = "Light users"
kind = "unlock"
plans = { silver = 1, best = 1 }
editions = { pro = 5, free = 1 }

[[topics]]
code = "releases"
name = "New releases"
about = "releases"
subscriptions = ["updates"]

[[supported_releases]]
unit = "release"
back = 1

[licence]
required = true

[notices]
licence_days = [30]

[[targets]]
clock = "first_response"
when = { plan = ["silver", "best"], severity = ["1"] }
target = { kind = "elapsed", minutes = 30 }
source = "A-5"

[[targets]]
clock = "first_response"
when = { plan = ["silver", "best"], severity = ["2"] }
target = { kind = "elapsed", hours = 1 }
source = "A-6"
"""


def selling(*replacements: tuple[str, str]) -> str:
    """Give the tidy policy that sells all this, with each text, which must be there, replaced."""
    text = TIDY + SOLD
    for before, after in replacements:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def found(*replacements: tuple[str, str], on: date = TODAY) -> tuple[Finding, ...]:
    return lint(parse_document(selling(*replacements), "acme.toml"), on)


def at(path: str, code: str, severity: str = WARNING, /, **params: object) -> Finding:
    return Finding(code, path, params, severity)


def test_nothing_is_found_where_all_is_well() -> None:
    assert found() == ()


PHONE_PRICE = '[[prices]]\nwhen = { channel = ["phone"] }\npoints = 30\n'
EMAIL_PRICE = '[[prices]]\nwhen = { channel = ["email"] }\npoints = 10\n'
PACK = '[[packs]]\ncode = "small"\nname = "Small"\npoints = 50\n'
RULE = 'unit = "release"\nback = 1\n'
PRO = 'name = "Updates"\neditions = ["pro"]\n'


@pytest.mark.parametrize(
    ("replacements", "expected"),
    [
        (
            [(EMAIL_PRICE, "")],
            [at("channels[1]", "channel_without_price", axis="channel", code="email")],
        ),
        # Free of charge, and said so.
        ([(EMAIL_PRICE, EMAIL_PRICE.replace("10", "0"))], []),
        # A price that more exact ones leave no case, and one for what cannot be filed.
        ([(PACK, f"{PACK}\n[[prices]]\npoints = 5\n")], [at("prices[2]", "rule_for_nobody")]),
        (
            [
                ('name = "Phone"\n', 'name = "Phone"\nplans = ["tin", "gold", "best"]\n'),
                (
                    PACK,
                    f"{PACK}\n[[prices]]\n"
                    'when = { plan = ["silver"], channel = ["phone"] }\npoints = 5\n',
                ),
            ],
            [at("prices[2]", "rule_for_nobody")],
        ),
        ([(PACK, "")], [at("packs", "points_without_pack")]),
        ([("points = 50", "points = 20")], [at("packs", "pack_too_small", points=20, price=30)]),
        (
            [(EMAIL_PRICE, ""), (PHONE_PRICE, "")],
            [
                at("plans[2].included_points", "included_without_price", points=100),
                at("plans[3].included_points", "included_without_price", points=200),
                at("packs", "packs_without_price"),
            ],
        ),
        (
            [(RULE, f'when = {{ plan = ["tin", "gold", "best"] }}\n{RULE}')],
            [at("supported_releases", "releases_uncovered", cases={"plan": ("silver",)})],
        ),
        ([("licence_days = [30]", "")], [at("notices", "licence_without_notices")]),
    ],
)  # fmt: skip
def test_prices_releases_and_licences(
    replacements: list[tuple[str, str]], expected: list[Finding]
) -> None:
    assert found(*replacements) == tuple(expected)


BEST = {"axis": "plan", "code": "best", "than": "silver"}
NOT_OPEN = {"subscription": "updates", "cases": {"edition": ("pro",)}}


@pytest.mark.parametrize(
    ("replacements", "expected"),
    [
        (
            [("included_points = 200", "included_points = 50")],
            [
                at("plans[3].included_points", "dearer_fewer_points", **BEST, points=50,
                   than_points=100),
            ],
        ),
        # Other families are other things.
        (
            [
                ("included_points = 200", "included_points = 50"),
                ('name = "Best"\nfamily = "Premium"', 'name = "Best"'),
            ],
            [],
        ),
        (
            [("silver = 1, best = 2 }", "silver = 3, best = 2 }")],
            [at("benefits[0].plans", "dearer_brings_less", **BEST, name="Training", number=2,
                than_number=3)],
        ),
        (
            [("best = 12", "best = 5")],
            [at("benefits[1].plans", "deliveries_uneven", NOTICE, axis="plan", code="best",
                name="Health check", number=5)],
        ),
        (
            [("editions = { pro = 5, free = 1 }\n", "")],
            [at("benefits[2].editions", "limit_not_said", NOTICE, name="Light users")],
        ),
        (
            [(PRO, PRO.replace("pro", "free"))],
            [
                at("plans[2].requires", "subscription_not_open", ERROR, **NOT_OPEN),
                at("plans[3].requires", "subscription_not_open", ERROR, **NOT_OPEN),
            ],
        ),
        (
            [(PACK, f'{PACK}\n[[subscriptions]]\ncode = "more"\nname = "More"\n')],
            [at("subscriptions[1]", "subscription_not_used", NOTICE)],
        ),
        (
            [
                (PRO, PRO.replace("pro", "free")),
                ('subscriptions = ["updates"]\n', 'plans = ["silver", "best"]\n'),
            ],
            [
                at("plans[2].requires", "subscription_not_open", ERROR, **NOT_OPEN),
                at("plans[3].requires", "subscription_not_open", ERROR, **NOT_OPEN),
                at("topics[0].plans", "topic_for_nobody", name="New releases"),
            ],
        ),
    ],
)  # fmt: skip
def test_plans_and_what_comes_with_them(
    replacements: list[tuple[str, str]], expected: list[Finding]
) -> None:
    assert found(*replacements) == tuple(expected)


@pytest.mark.parametrize(
    ("replacement", "sentence", "advice"),
    [
        (
            (EMAIL_PRICE, ""),
            "A case by E-mail costs nothing, while others cost points.",
            "Give it a price; 0 points says that it is meant to be free of charge.",
        ),
        (
            ("included_points = 200", "included_points = 50"),
            "Best costs more than Silver and brings less: 50 points against 100 points. Plans are "
            "listed from the cheapest.",
            "Give it more points, or put the plans in order.",
        ),
        (
            (PRO, PRO.replace("pro", "free")),
            "This plan needs “Updates”, which is not open to: Professional.",
            "Open the subscription to these editions, or close the plan to them.",
        ),
        (
            (RULE, f'when = {{ plan = ["tin", "gold", "best"] }}\n{RULE}'),
            "No rule says which releases are supported for: Silver.",
            "Add a rule for any case; more exact ones go first.",
        ),
        (
            ("points = 50", "points = 20"),
            "No pack is enough for the dearest case: the largest has 20 points, the case costs "
            "30 points.",
            "Add a larger pack, or lower the price.",
        ),
    ],
)
def test_finding_is_told_in_names(replacement: tuple[str, str], sentence: str, advice: str) -> None:
    policy = parse_document(selling(replacement))

    said = told(lint(policy, TODAY)[0], policy)

    assert (said.text, said.advice) == (sentence, advice)
