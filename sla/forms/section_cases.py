"""The sections by which cases differ: levels, types, channels, editions, regions, tiers."""

from django.utils.translation import gettext_lazy as _

from sla.engine.parts import TIERS
from sla.forms.entries import Choice, Countries, Paragraph, ShortName, Tick, Ticks, TierChoice
from sla.forms.section_parts import (
    CALLS,
    NAME,
    OFFERED,
    PRESET,
    Block,
    Section,
    Words,
    parts_of,
    region_names,
)


def _levels(axis: str, path: str, row: Words) -> tuple[Block, ...]:
    entries = (
        ShortName(),
        NAME,
        Paragraph("definition", _("definition"), _("Stands beside the choice.")),
        Paragraph("note", _("note"), _("A short line beside the choice.")),
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
    )
    return (Block(path, "rows", entries, axis, row),)


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
                (ShortName(), NAME, Paragraph("definition", _("definition")), PRESET),
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
                    Paragraph("note", _("note")),
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
                ),
                row=_("tier"),
            ),
        ),
        ("tiers",),
    ),
}
