"""The sections about what is sold: plans, subscriptions, prices, packs, benefits."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sla.engine.policy import Policy
from sla.forms.entries import Choice, Line, Paragraph, ShortName, Tick, Ticks, When
from sla.forms.offer_entries import Figures, Whole
from sla.forms.section_parts import NAME, SOURCE, Block, Section, Words, parts_of
from sla.forms.spans import SpanEntry
from sla.offer_words import BENEFIT_KINDS, INCLUDED_LIFE, LIMIT_SPANS, ON_LAPSE


def subscriptions_of(policy: Policy) -> Iterable[tuple[str, Words]]:
    return [(one.code, one.name) for one in policy.subscriptions]


def _plans_or_none(policy: Policy) -> Iterable[tuple[str, Words]]:
    return [("", pgettext_lazy("plan", "none")), *((plan.code, plan.name) for plan in policy.plans)]


DESCRIPTION = Paragraph("description", _("description"), _("Customers read it."))
NOTE = Line("note", pgettext_lazy("for customers", "note"), _("Customers read it beside the rule."))
FOR_CASES = When("when", _("for which cases"), _("None: for all. The more exact one counts."))
FOR_EDITIONS = Ticks(
    "editions", _("only for the editions"), _("None: for all."), choices=parts_of("edition")
)

OFFER = {
    "plans": Section(
        _("Plans"),
        _("The levels of support that are sold, from the cheapest to the dearest."),
        (
            Block(
                "plans",
                "rows",
                (
                    ShortName(),
                    NAME,
                    Paragraph("description", _("description")),
                    Tick("default", _("what a company has that bought no other")),
                    Line(
                        "family",
                        _("family"),
                        _("Plans with the same family are levels of one thing."),
                    ),
                    FOR_EDITIONS,
                    Ticks(
                        "requires",
                        _("only with the subscriptions"),
                        _("Without them it cannot be had."),
                        choices=subscriptions_of,
                    ),
                    Choice(
                        "on_lapse",
                        _("when a subscription that it needs has ended"),
                        choices=ON_LAPSE.items(),
                        default="keep",
                    ),
                    Choice(
                        "lapses_to",
                        _("what counts instead"),
                        _("Only where another plan counts then."),
                        choices=_plans_or_none,
                    ),
                    Whole("included_points", _("points that come with each term")),
                    Whole("case_limit", _("at most so many cases"), _("None: no limit."), low=1),
                    Choice(
                        "case_limit_per",
                        _("the limit is for each"),
                        choices=LIMIT_SPANS.items(),
                        default="term",
                    ),
                ),
                "plan",
                _("plan"),
            ),
        ),
        ("plans",),
    ),
    "subscriptions": Section(
        _("Subscriptions"),
        _("What is sold beside the plans. A plan may need one, and news may come with one."),
        (
            Block(
                "subscriptions",
                "rows",
                (
                    ShortName(),
                    NAME,
                    DESCRIPTION,
                    FOR_EDITIONS,
                    Tick("per_user", _("sold for a number of users")),
                    SOURCE,
                ),
                "subscription",
                _("subscription"),
            ),
        ),
        ("subscriptions",),
    ),
    "prices": Section(
        _("Prices"),
        _("What it costs to open a case, in points. A case that no price is for costs nothing."),
        (
            Block(
                "prices",
                "rows",
                (Whole("points", _("points"), needed=True), FOR_CASES, NOTE, SOURCE),
                row=_("price"),
            ),
        ),
        ("prices",),
    ),
    "packs": Section(
        _("Packs of points"),
        _("Points are sold in these packs. They are paid for elsewhere."),
        (
            Block(
                "packs",
                "rows",
                (ShortName(), NAME, Whole("points", _("points"), low=1, needed=True), NOTE),
                "pack",
                _("pack"),
            ),
        ),
        ("packs",),
    ),
    "grants": Section(
        _("Points that are given"),
        _("Points that a new customer gets with the first purchase."),
        (
            Block(
                "grants",
                "rows",
                (
                    ShortName(),
                    NAME,
                    Whole(
                        "points",
                        _("points"),
                        _("None: it is asked how many when they are given."),
                        low=1,
                    ),
                    FOR_EDITIONS,
                    SOURCE,
                ),
                "grant",
                _("gift"),
            ),
        ),
        ("grants",),
    ),
    "points": Section(
        _("Points"),
        _("How long points can be used, and when they come back."),
        (
            Block(
                "points",
                "one",
                (
                    SpanEntry("life", _("for how long"), _("Without a number: for ever.")),
                    Choice(
                        "included",
                        _("those that come with a plan can be used"),
                        choices=INCLUDED_LIFE.items(),
                        default="term",
                    ),
                    Tick("bug_credit", _("they come back when a case proves to be a bug")),
                    Tick("money_refund", _("or as money, if the customer likes that better")),
                    Tick(
                        "declined_refund",
                        _("they come back when support declines a case before work on it"),
                    ),
                    SpanEntry(
                        "grace",
                        _("for how long those can be used that come back after they have expired"),
                        _("Without a number: 90 days, to the end of the last one."),
                    ),
                    SOURCE,
                ),
            ),
        ),
        ("points",),
    ),
    "benefits": Section(
        _("Benefits"),
        _("What plans bring beside cases: places in training, assessments, things unlocked."),
        (
            Block(
                "benefits",
                "rows",
                (
                    ShortName(),
                    NAME,
                    DESCRIPTION,
                    Choice(
                        "kind", _("how it is given"), choices=BENEFIT_KINDS.items(), default="seats"
                    ),
                    Figures(
                        "plans",
                        _("how much of it each plan has"),
                        _("A number for each term; 1 for a plan that has it without limit."),
                        axis="plan",
                    ),
                    Figures(
                        "editions",
                        _("what the other plans have of it, by edition"),
                        _("Where some plans have it without limit: the ratio for the others."),
                        axis="edition",
                    ),
                    SOURCE,
                ),
                "benefit",
                _("benefit"),
            ),
        ),
        ("benefits",),
    ),
}
