"""The sections by which cases differ: levels, types, channels, editions, regions, tiers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sla.engine.parts import MAIL_CONFIRM, TIERS
from sla.forms.care_entries import Length, Together
from sla.forms.entries import (
    Choice,
    Countries,
    Paragraph,
    ShortName,
    Tick,
    Ticks,
    TierChoice,
)
from sla.forms.section_parts import (
    CALLS,
    CHECKLIST,
    NAME,
    OFFERED,
    PRESET,
    Block,
    Section,
    Words,
    levels_of,
    parts_of,
    region_names,
)
from sla.offer_words import MAIL_RULE_NAMES
from sla.words import ENVIRONMENT_NAMES


def _levels(axis: str, path: str, row: Words) -> tuple[Block, ...]:
    entries = (
        ShortName(),
        NAME,
        Paragraph("definition", _("definition"), _("Stands beside the choice.")),
        Paragraph(
            "note", pgettext_lazy("for customers", "note"), _("A short line beside the choice.")
        ),
        Choice(
            "call",
            _("when a customer files such a case other than by phone"),
            choices=CALLS.items(),
            default="none",
        ),
        PRESET,
        Tick("customer_may_set", _("customers may choose it"), default=True),
        Tick("availability_required", _("ask who can be reached")),
        Tick("paging", _("somebody is paged"), _("A step of the escalation has to do so.")),
        _instead(axis),
        Tick("feature_request", _("such a case is a wish for the product")),
        Paragraph("fix", _("how it is mended"), _("Customers read it: when they get a fix.")),
    )
    return (Block(path, "rows", entries, axis, row),)


def _instead(axis: str) -> Together:
    """List the fields about which other level counts, or is offered, and when."""
    nothing = levels_of(axis, _("nothing"))
    preset = Choice(
        "sets_priority",
        _("priority that it presets"),
        _("Another one can still be chosen."),
        choices=levels_of("priority", _("none")),
    )
    entries = (
        Ticks(
            "environments",
            _("only for cases in"),
            _("None: wherever they happen."),
            choices=ENVIRONMENT_NAMES.items(),
        ),
        Choice("otherwise", _("what counts elsewhere"), choices=levels_of(axis, _("this one"))),
        Choice("workaround_to", _("offered where a workaround is known"), choices=nothing),
        Choice("unreachable_to", _("offered where nobody can be reached"), choices=nothing),
        *((preset,) if axis == "severity" else ()),
        Ticks(
            "promotes",
            _("raised with it"),
            _("Cases of these levels that belong to an incident rise with the incident."),
            choices=parts_of(axis),
        ),
    )
    return Together("others", _("other levels"), _("Which ones count or are offered."), entries)


CASES = {
    "severities": Section(
        _("Severities"),
        _("How bad it is, the worst first. As soon as there is one, every case has a severity."),
        _levels("severity", "severities", _("severity")),
        ("severities",),
    ),
    "priorities": Section(
        _("Priorities"),
        _("How soon it is needed, the highest first. With one, every case has a priority."),
        _levels("priority", "priorities", _("priority")),
        ("priorities",),
    ),
    "case_types": Section(
        _("Case types"),
        _("What a case can be, with the definition that stands beside the choice."),
        (
            Block(
                "case_types",
                "rows",
                (
                    ShortName(),
                    NAME,
                    Paragraph("definition", _("definition")),
                    PRESET,
                    CHECKLIST,
                    Tick("feature_request", _("such a case is a wish for the product")),
                ),
                "case_type",
                _("type"),
            ),
        ),
        ("case_types",),
    ),
    "channels": Section(
        _("Channels"),
        _("The ways to file a case. One that is not here is not offered."),
        (
            Block(
                "channels",
                "rows",
                (
                    Choice("code", _("channel"), choices=OFFERED, default="phone"),
                    NAME,
                    Ticks(
                        "plans",
                        _("only with the plans"),
                        _("None: with all."),
                        choices=parts_of("plan"),
                    ),
                    Ticks(
                        "editions",
                        _("only for the editions"),
                        _("None: for all."),
                        choices=parts_of("edition"),
                    ),
                    Choice(
                        "counts_as",
                        _("rules take it for"),
                        choices=[("", _("itself")), *OFFERED],
                    ),
                    Paragraph("note", pgettext_lazy("for customers", "note")),
                    Choice(
                        "mail",
                        _("a mail that would open a case"),
                        _("Of the channel e-mail only."),
                        choices=MAIL_RULE_NAMES.items(),
                        default=MAIL_CONFIRM,
                    ),
                ),
                "channel",
                _("channel"),
            ),
        ),
        ("channels",),
    ),
    "editions": Section(
        _("Editions"),
        _("Where products come in editions that the policy tells apart."),
        (Block("editions", "rows", (ShortName(), NAME), "edition", _("edition")),),
        ("editions",),
    ),
    "regions": Section(
        _("Regions"),
        _(
            "Which countries belong together. A region that is said by a site or a contract goes "
            "before the country's."
        ),
        (
            Block(
                "regions",
                "keyed",
                (
                    ShortName(),
                    NAME,
                    Countries("countries", _("countries"), _("Names with commas between them.")),
                ),
                "region",
                _("region"),
            ),
            Block(
                "",
                "one",
                (
                    Choice(
                        "default_region",
                        _("region of countries that are in no list"),
                        choices=region_names,
                    ),
                ),
            ),
        ),
        ("regions", "default_region"),
    ),
    "tiers": Section(
        _("Names of the tiers"),
        _("What the tiers of the desk are called. A case can be handed over from 1 up to 3."),
        (
            Block(
                "tiers",
                "rows",
                (
                    TierChoice(
                        "tier",
                        _("tier"),
                        choices=[(str(tier), str(tier)) for tier in TIERS],
                        default="1",
                    ),
                    NAME,
                    Paragraph("description", _("description")),
                    Length(
                        "budget",
                        _("how long it should have a case at most"),
                        _("The desk's own aim, in the service hours of the case."),
                    ),
                ),
                row=_("tier"),
            ),
        ),
        ("tiers",),
    ),
}
