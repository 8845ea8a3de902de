"""The sections that say things in words: names, addresses, texts, readings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sla.forms.entries import (
    Choice,
    Date,
    Line,
    Lines,
    Order,
    Paragraph,
    ShortName,
    Tick,
    Ticks,
    ZoneChoice,
)
from sla.forms.section_parts import NAME, QUEUE_KEYS, SOURCE, Block, Section, answered, parts_of

TEXTS = {
    "general": Section(
        _("The policy itself"),
        _("What it is called, whose clock it follows, and in which order the desk works."),
        (
            Block(
                "",
                "one",
                (
                    Line("name", _("name"), needed=True),
                    Paragraph("summary", _("summary"), _("Two sentences for the public page.")),
                    Date("policy_date", _("date that the document bears")),
                    ZoneChoice(
                        "time_zone",
                        _("time zone"),
                        _("The vendor's; also used where a customer's is not known."),
                    ),
                    Line(
                        "case_prefix",
                        _("before case numbers"),
                        _("Capitals and digits, at most 10."),
                        needed=True,
                    ),
                    Order(
                        "queue_order",
                        _("order of the queue"),
                        _("By what open cases are sorted for the desk."),
                        choices=QUEUE_KEYS.items(),
                    ),
                ),
            ),
        ),
        ("name", "summary", "policy_date", "time_zone", "case_prefix", "queue_order"),
    ),
    "phones": Section(
        _("Phone numbers"),
        _("Numbers to call, and when somebody answers. That is not when cases are worked on."),
        (
            Block(
                "phones",
                "rows",
                (
                    Line("number", _("number"), needed=True, kind="tel"),
                    Line("label", _("for what"), needed=True),
                    Choice("hours", pgettext_lazy("phone", "answered"), choices=answered),
                    Ticks(
                        "regions",
                        _("only for"),
                        _("None: for everybody."),
                        choices=parts_of("region"),
                    ),
                ),
                row=_("number"),
            ),
        ),
        ("phones",),
    ),
    "contact": Section(
        _("Addresses"),
        _("Where customers reach the vendor but by phone."),
        (
            Block(
                "contact",
                "one",
                (
                    Line("support_email", _("support by mail"), kind="email"),
                    Line("portal", _("address of the portal"), kind="url"),
                    Line("renewal_email", _("for renewals"), kind="email"),
                    Line("sales_email", _("for sales"), kind="email"),
                    Line("website", _("web site"), kind="url"),
                ),
            ),
        ),
        ("contact",),
    ),
    "page": Section(
        _("Texts of the public page"),
        _("What the public page says in words, beside what it shows of the rules."),
        (
            Block(
                "page",
                "one",
                (
                    Lines("covered", _("what support is for"), _("One thing on each line.")),
                    Paragraph("effort", _("what can be expected")),
                    Paragraph("conduct", _("how people treat each other")),
                    Paragraph("customer", _("what is asked of customers")),
                    Paragraph("escalation", _("how to escalate")),
                    Paragraph("eula", _("which text goes first")),
                    Line("eula_url", _("address of the licence agreement"), kind="url"),
                ),
            ),
        ),
        ("texts",),
    ),
    "declined": Section(
        _("What support declines"),
        _("Work that is not part of support, and where to turn instead."),
        (
            Block(
                "declined",
                "rows",
                (ShortName(), NAME, Paragraph("pointer", _("where to turn instead")), SOURCE),
                row=_("kind of work"),
            ),
        ),
        ("declined",),
    ),
    "readings": Section(
        _("Readings of the text"),
        _("Where the vendor's text can be read in two ways: which one was taken."),
        (
            Block(
                "readings",
                "rows",
                (
                    ShortName(),
                    Line("says", _("it says"), needed=True),
                    Line("against", _("and elsewhere"), needed=True),
                    Line("taken", _("taken as"), needed=True),
                    Lines("sources", _("sources"), _("One clause on each line.")),
                    Tick("settled", _("settled with the vendor")),
                ),
                row=_("reading"),
            ),
        ),
        ("readings",),
    ),
}
