"""The sections that say what happens to a case: clocks, spans, escalation."""

from django.utils.translation import gettext_lazy as _

from sla.forms.care_entries import Repeat
from sla.forms.entries import Choice, Days, Tick, Ticks, TierTicks, When
from sla.forms.section_parts import (
    ACTIONS,
    CHECKLIST,
    CLOCKS,
    ROLES,
    SOURCE,
    Block,
    Section,
    tier_names,
)
from sla.forms.spans import Moment, OnCall, SpanEntry, retarget_entries

RULES = {
    "retarget": Section(
        _("What a change of level does"),
        _("When severity, priority, type or plan of an open case changes, its target does too."),
        (
            Block(
                "retarget",
                "one",
                (
                    *retarget_entries(),
                    OnCall("on_call", _("a logged call of the customer follows a rule of its own")),
                ),
            ),
        ),
        ("retarget",),
    ),
    "waiting": Section(
        _("Waiting for the customer"),
        _("When a case that waits on the customer is closed, and when it is warned of."),
        (
            Block(
                "waiting",
                "one",
                (
                    SpanEntry(
                        "close_after",
                        _("closed after the latest question"),
                        _("Without a number it is never closed by itself."),
                    ),
                    Days(
                        "warn_days",
                        _("warned on these days before"),
                        _("Counted from the question, with commas: 3, 6."),
                    ),
                    CHECKLIST,
                    SOURCE,
                ),
            ),
        ),
        ("waiting",),
    ),
    "reopen": Section(
        _("Reopening"),
        _("How long a closed case can be opened again."),
        (
            Block(
                "reopen",
                "one",
                (
                    SpanEntry("window", _("for how long"), _("Without a number: without limit.")),
                    Choice(
                        "counted_from",
                        _("counted from"),
                        choices=[
                            ("first_close", _("the first closing")),
                            ("last_close", _("the latest closing")),
                        ],
                        default="first_close",
                    ),
                    Tick(
                        "approval",
                        _("the customer asks, and support looks at it first"),
                    ),
                    SOURCE,
                ),
            ),
        ),
        ("reopen",),
    ),
    "clocks": Section(
        _("What starts and ends the clocks"),
        _(
            "What each event of a case does to each clock; what counts as a response is said "
            "here. Change single cells: the others follow the usual table."
        ),
        (Block("clocks", "clocks"),),
        ("kinds",),
    ),
    "ladder": Section(
        _("Escalation"),
        _(
            "Steps that are taken by themselves when a clock runs, or on the case itself as it is "
            "opened or raised. Each is taken once, unless it says that it is taken again."
        ),
        (
            Block(
                "ladder",
                "rows",
                (
                    Choice("clock", _("clock"), choices=CLOCKS, default="first_response"),
                    Moment(
                        "at",
                        _("when"),
                        _(
                            "For “the case itself”: as it is opened or raised, or a time after "
                            "that, which then runs round the clock."
                        ),
                    ),
                    Choice("action", _("then"), choices=ACTIONS.items(), default="notify"),
                    Ticks("roles", _("whom"), choices=ROLES.items()),
                    Repeat(
                        "repeat",
                        _("again until somebody acknowledges it"),
                        _("Without a number it is taken once."),
                    ),
                    TierTicks(
                        "tiers",
                        _("only while it is with tier"),
                        _("None: with any."),
                        choices=tier_names,
                    ),
                    When("when", _("for which cases"), _("None: for all.")),
                    Tick("urgent", _("urgent")),
                ),
                row=_("step"),
            ),
        ),
        ("ladder",),
    ),
}
