"""The sections about who may file and who is told: releases, licences, news, accounts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sla.forms.entries import Choice, Days, Line, ShortName, Tick, Ticks
from sla.forms.offer_entries import Whole
from sla.forms.section_offer import DESCRIPTION, FOR_CASES, NOTE, subscriptions_of
from sla.forms.section_parts import NAME, SOURCE, Block, Section, Words, parts_of
from sla.offer_words import RELEASE_UNITS, TOPICS_ABOUT


def _days(key: str, label: Words) -> Days:
    return Days(key, label, _("So many days before, with commas: 90, 30. None: never."))


GATES = {
    "supported_releases": Section(
        _("Supported releases"),
        _(
            "For which releases a case can be opened. A date that is said at a release goes before "
            "these rules; what no rule is for is supported."
        ),
        (
            Block(
                "supported_releases",
                "rows",
                (
                    Choice(
                        "unit", _("counted in"), choices=RELEASE_UNITS.items(), default="release"
                    ),
                    Whole(
                        "back",
                        _("how many before the current one"),
                        _("0: the current one only."),
                        needed=True,
                    ),
                    FOR_CASES,
                    NOTE,
                    SOURCE,
                ),
                row=_("rule"),
            ),
        ),
        ("supported_releases",),
    ),
    "licence": Section(
        _("Licences"),
        _("Whether a case can be opened only with a licence that was verified and has not ended."),
        (
            Block(
                "licence",
                "one",
                (
                    Tick("required", _("a verified licence is needed")),
                    Whole("grace_days", _("days of grace after it has ended"), _("None: none.")),
                    SOURCE,
                ),
            ),
        ),
        ("licence",),
    ),
    "topics": Section(
        _("News"),
        _("What contacts may choose to be told of by mail."),
        (
            Block(
                "topics",
                "rows",
                (
                    ShortName(),
                    NAME,
                    DESCRIPTION,
                    Choice(
                        "about", _("what it tells of"), choices=TOPICS_ABOUT.items(), default="news"
                    ),
                    Tick("opt_out", _("sent unless somebody says no; else to who asks for it")),
                    Tick("by_product", _("chosen product by product")),
                    Ticks(
                        "plans",
                        _("only with the plans"),
                        _("None here and below: anybody."),
                        choices=parts_of("plan"),
                    ),
                    Ticks(
                        "subscriptions",
                        _("or with the subscriptions"),
                        choices=subscriptions_of,
                    ),
                    SOURCE,
                ),
                "topic",
                _("news"),
            ),
        ),
        ("topics",),
    ),
    "notices": Section(
        _("Notices before something ends"),
        _("How long ahead people are told, once for each number of days."),
        (
            Block(
                "notices",
                "one",
                (
                    _days("support_end_days", _("before the support of a release ends")),
                    _days("licence_days", _("before a licence ends")),
                    _days("contract_days", _("before a contract ends")),
                    _days("points_days", _("before points expire")),
                    _days("delivery_days", _("before something is due to a customer")),
                    Whole(
                        "low_points",
                        _("told that points run out when so many are left"),
                        _("None: never."),
                    ),
                ),
            ),
        ),
        ("notices",),
    ),
    "registration": Section(
        _("New accounts"),
        _("Whether people who have no account may ask for one on the sign-in page."),
        (
            Block(
                "registration",
                "one",
                (
                    Tick("open", _("people may ask for an account themselves")),
                    Line(
                        "note",
                        pgettext_lazy("for customers", "note"),
                        _("Stands on the page where they ask."),
                    ),
                    SOURCE,
                ),
            ),
        ),
        ("registration",),
    ),
}
