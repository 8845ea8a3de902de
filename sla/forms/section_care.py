"""The sections about escalations that customers ask for, the SWAT team, and files."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sla.engine.policy import Policy
from sla.forms.entries import Line, Paragraph, ShortName, Tick, Ticks, When
from sla.forms.offer_entries import Whole
from sla.forms.section_parts import NAME, ROLES, SOURCE, Block, Section, Words


def _grades(policy: Policy) -> Iterable[tuple[str, Words]]:
    return [(grade.code, grade.name) for grade in policy.grades]


CARE = {
    "grades": Section(
        _("Grades of the desk"),
        _("How far somebody of the desk has come, from the lowest to the highest."),
        (Block("grades", "rows", (ShortName(), NAME), "grade", _("grade")),),
        ("grades",),
    ),
    "swat": Section(
        _("SWAT team"),
        _(
            "A team beside the tiers, which is brought in on some cases. Who is in it is said at "
            "the team itself."
        ),
        (
            Block(
                "swat",
                "one",
                (
                    Line("name", _("name"), _("What it is called, for customers as well.")),
                    When("when", _("for which cases"), _("None: for none.")),
                    Ticks(
                        "grades",
                        _("only people of the grades"),
                        _("None: anybody may be a member."),
                        choices=_grades,
                    ),
                    SOURCE,
                ),
            ),
        ),
        ("swat",),
    ),
    "escalation": Section(
        _("Escalation at a customer's wish"),
        _(
            "What a customer may do who is not content. What answer is owed is a target of "
            "“answer to an escalation”."
        ),
        (
            Block(
                "escalation",
                "one",
                (
                    Tick("open", _("customers may ask for an escalation")),
                    Ticks(
                        "roles",
                        _("whom it reaches"),
                        _("Beside the owner, and the SWAT team on its cases."),
                        choices=ROLES.items(),
                    ),
                    Paragraph(
                        "note",
                        pgettext_lazy("for customers", "note"),
                        _("Customers read it where they ask."),
                    ),
                    SOURCE,
                ),
            ),
        ),
        ("escalation",),
    ),
    "attachments": Section(
        _("Files"),
        _("How large the files on a case may be, and how long they are kept."),
        (
            Block(
                "attachments",
                "one",
                (
                    Whole(
                        "max_megabytes",
                        _("megabytes at most"),
                        _("None: as large as the platform takes."),
                        low=1,
                    ),
                    Whole(
                        "retention_days",
                        _("days that they are kept after the case is closed"),
                        _("None: as long as the case."),
                        low=1,
                    ),
                    Paragraph(
                        "note",
                        pgettext_lazy("for customers", "note"),
                        _("Customers read it where they add files."),
                    ),
                    SOURCE,
                ),
            ),
        ),
        ("attachments",),
    ),
    "diagnostics": Section(
        _("Diagnostic tools"),
        _("The terms on which customers are given code that looks for the cause of a problem."),
        (
            Block(
                "diagnostics",
                "one",
                (
                    Paragraph(
                        "terms",
                        _("terms"),
                        _("A customer accepts them before anything is given. None: nothing is."),
                    ),
                    SOURCE,
                ),
            ),
        ),
        ("diagnostics",),
    ),
}
