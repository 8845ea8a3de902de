"""What is sold, compared in words, and whose terms change with it."""

import pytest

from sla.comparison import differences
from sla.engine.document import parse_document
from sla.promises import plans_affected, promised_changes
from tests.packs import POLICIES
from tests.sla.everything import EVERYTHING

SCALIX = (POLICIES / "scalix.toml").read_text()
DATADYNAMICS = (POLICIES / "datadynamics.toml").read_text()
BY_PHONE = 'when = { channel = ["phone"] }\npoints = 30\n'
PREMIUM = {"bronze", "silver", "gold", "platinum"}
BASIC = {"points", "basic", "basic_annual", ""}


def changed(text, *replacements):
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after, 1)
    return text


def said(text, *replacements):
    found = differences(parse_document(text), parse_document(changed(text, *replacements)))
    return [str(one) for one in found]


def affected(text, *replacements):
    return plans_affected(parse_document(text), parse_document(changed(text, *replacements)))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            "included_points = 1500",
            "included_points = 1600",
            "Plans, C, included points: 1,500 → 1,600",
        ),
        (
            'requires = ["updates"]\non_lapse = "downgrade"\nlapses_to = "a"\n',
            "",
            "Plans, C, subscriptions that it needs: Updates → none",
        ),
        ("case_limit = 20\n", "", "Plans, C, limit of cases: 20 → no limit"),
        (
            'case_limit_per = "month"',
            'case_limit_per = "term"',
            "Plans, C, the limit is for each: month → term",
        ),
        (
            'on_lapse = "downgrade"\nlapses_to = "a"\n',
            "",
            "Plans, C, when a subscription that it needs has ended: another plan counts → the plan "
            "is kept to its end",
        ),
        ('lapses_to = "a"', 'lapses_to = "b"', "Plans, C, what counts instead: A → B"),
        ('family = "Best"', 'family = "Top"', "Plans, C, family: Best → Top"),
        (
            "per_user = true",
            "per_user = false",
            "Subscriptions, Updates, sold for a number of users: yes → no",
        ),
        ("points = 10\n", "points = 15\n", "Price by E-mail: 10 points → 15 points"),
        ("points = 10\n", "points = 0\n", "Price by E-mail: 10 points → free of charge"),
        ("points = 20\n", "points = 25\n", "Price for any case: 20 points → 25 points"),
        (
            "points = 5\n",
            "points = 4\n",
            "Price for A or C, E-mail, anvil: 5 points → 4 points",
        ),
        ("[[prices]]\npoints = 20\n\n", "", "Price for any case, no longer: 20 points"),
        (
            'note = "By form as well."',
            'note = "Or by form."',
            "Price by E-mail, note: By form as well. → Or by form.",
        ),
        ("points = 50\n", "points = 60\n", "Packs of points, Small, points: 50 → 60"),
        (
            "points = 30\n",
            "",
            "Points that are given, Welcome, points: 30 → asked for when they are granted",
        ),
        (
            "a = 2, c = 4",
            "a = 2, b = 1",
            "Benefits, Training, C: 4 in each term → none",
        ),
        (
            "a = 2, c = 4",
            "a = 2, b = 1",
            "Benefits, Training, B: none → 1 in each term",
        ),
        (
            'kind = "seats"\nplans = { a = 2, c = 4 }',
            'kind = "deliveries"\nplans = { a = 2, c = 4 }',
            "Benefits, Training, C: 4 in each term → every three months",
        ),
        (
            "editions = { pro = 5 }",
            "editions = { pro = 6 }",
            "Benefits, Light users, for each, with Professional: 5 → 6",
        ),
        ('plans = ["c"]\nsubscr', "subscr", "News, Tips, for whom: C or Updates → Updates"),
        (
            "opt_out = true",
            "opt_out = false",
            "News, Tips, sent unless somebody says no: yes → no",
        ),
        (
            'unit = "major"\nback = 2',
            'unit = "release"\nback = 1',
            "Supported releases, C: the current major release and the two before it → the current "
            "release and the one before it",
        ),
        (
            "back = 0",
            "back = 1",
            "Supported releases: the current release only → the current release and the one "
            "before it",
        ),
        (
            "required = true",
            "required = false",
            "Licences, a verified licence is needed: yes → no",
        ),
        (
            "grace_days = 14",
            "grace_days = 7",
            "Licences, days of grace after a licence has ended: 14 → 7",
        ),
        (
            "support_end_days = [90, 30]",
            "support_end_days = [60]",
            "Notices before something ends, before the support of a release ends: 90 and 30 days "
            "before → 60 days before",
        ),
        ("low_points = 20\n", "", "Notices before something ends, told that points run out at: "
         "20 → never"),
        (
            "open = true",
            "open = false",
            "New accounts, people may ask for one themselves: yes → no",
        ),
        (
            'included = "life"',
            'included = "term"',
            "Points, how long included ones are good for: as long as bought ones → to the end of "
            "their term",
        ),
        (
            "bug_credit = true",
            "bug_credit = false",
            "Points, they come back when a case proves to be a bug: yes → no",
        ),
    ],
)  # fmt: skip
def test_change_of_what_is_sold_is_said_in_words(before, after, sentence):
    found = said(EVERYTHING, (before, after))

    assert sentence in found
    assert not [one for one in found if one.endswith(": changed")]


def test_new_price_and_new_benefit_are_said_with_their_figures():
    rest = EVERYTHING.replace("[[prices]]\npoints = 20\n\n", "")
    whole, without = parse_document(EVERYTHING), parse_document(rest)

    assert [str(one) for one in differences(without, whole)] == [
        "Price for any case, new: 20 points"
    ]
    training = EVERYTHING.partition('[[benefits]]\ncode = "training"')[2].partition("[[")[0]
    gone = said(EVERYTHING, (f'[[benefits]]\ncode = "training"{training}', ""))

    assert gone == ["Benefits, no longer: Training (A: 2 in each term, C: 4 in each term)"]


def test_price_that_is_divided_into_two_rules_is_no_change():
    one = 'when = { plan = ["a", "c"], channel = ["email"], product = ["anvil"] }\npoints = 5\n'
    a, c = one.replace('"a", "c"', '"a"'), one.replace('"a", "c"', '"c"')
    source = 'source = "X-5"\n'
    two = f"{a}{source}\n[[prices]]\n{c}"

    assert said(EVERYTHING, (one, two)) == []
    assert affected(EVERYTHING, (one, two)) == set()


@pytest.mark.parametrize(
    ("text", "before", "after", "plans"),
    [
        # A dearer call is everybody's business.
        (SCALIX, BY_PHONE, BY_PHONE.replace("30", "40"), PREMIUM | BASIC),
        # A price for one plan.
        (
            SCALIX,
            "# SP-07\n",
            '[[prices]]\nwhen = { plan = ["gold"], channel = ["phone"] }\npoints = 20\n\n',
            {"gold"},
        ),
        # What comes with a plan.
        (SCALIX, "included_points = 750", "included_points = 800", {"silver"}),
        (SCALIX, "gold = 4, platinum = 6", "gold = 5, platinum = 6", {"gold"}),
        # Who may file how, and for what.
        (SCALIX, 'name = "E-mail"\n', 'name = "E-mail"\nplans = ["basic"]\n',
         PREMIUM | {"points", "basic_annual"}),
        (SCALIX, 'unit = "major"\nback = 2', 'unit = "major"\nback = 1', PREMIUM | BASIC),
        (DATADYNAMICS, "required = true", "required = true\ngrace_days = 14", {""}),
        (SCALIX, "money_refund = true", "money_refund = false", PREMIUM | BASIC),
        # Words, clauses, news and the vendor's own ways are no terms.
        (SCALIX, 'source = "SC-03"', 'source = "SC-3"', set()),
        (SCALIX, 'name = "50 points"', 'name = "Fifty"', set()),
        (SCALIX, "low_points = 20", "low_points = 40", set()),
        (SCALIX, 'description = "Once a quarter."', 'description = "Monthly."', set()),
        (DATADYNAMICS, "open = true", "open = false", set()),
    ],
)  # fmt: skip
def test_plans_whose_terms_change_are_named(text, before, after, plans):
    assert affected(text, (before, after)) == plans


def test_customer_reads_that_a_call_is_dearer_and_nothing_of_other_plans():
    after = parse_document(
        changed(
            SCALIX,
            (BY_PHONE, BY_PHONE.replace("30", "40")),
            ("included_points = 750", "included_points = 800"),
        )
    )
    before = parse_document(SCALIX)

    def read(plan):
        return [str(one) for one in promised_changes(before, after, plan)]

    assert read("basic") == ["Price by Phone: 30 points → 40 points"]
    assert read("silver") == [
        "Plans, Silver Premium Support, included points: 750 → 800",
        "Price by Phone: 30 points → 40 points",
    ]


def test_customer_reads_the_price_that_counts_for_the_own_plan():
    own = '[[prices]]\nwhen = { plan = ["gold"], channel = ["phone"] }\npoints = 20\n\n'
    before, after = parse_document(SCALIX), parse_document(changed(SCALIX, ("# SP-07\n", own)))

    assert [str(one) for one in promised_changes(before, after, "gold")] == [
        "Price by Phone: 30 points → 20 points"
    ]
    assert promised_changes(before, after, "silver") == ()
