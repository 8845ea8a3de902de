"""The flips of a replay as a file for a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.spreadsheet import csv_file
from desk.policy.replay_words import DIRECTION_NAMES, VERDICT_NAMES, name_in
from sla.engine.policy import Policy
from tickets.reading import CLOCK_NAMES
from tickets.replay_models import ReplayFlip
from tickets.wording import display_number


def csv_lines(flips: Iterable[ReplayFlip], policies: Sequence[Policy], zone: str) -> Iterator[str]:
    """Write flips as CSV, line by line, with moments on the wall clock of `zone`.

    Codes stand beside the names that the first of `policies` to know them has for them.
    """
    yield from csv_file(_titles(), (_cells(flip, policies, zone) for flip in flips))


def _titles() -> list[str]:
    return [
        _("Case"), _("Subject"), _("Company"), _("Plan"), _("Plan code"), _("Severity"),
        _("Severity code"), _("Priority"), _("Priority code"), _("Opened"), _("Opened on a"),
        _("Clock"), _("Then"), _("Would be"), pgettext("difference", "Change"), _("Due then"),
        _("Would be due"), _("Steps only then"), _("Steps only under this policy"),
    ]  # fmt: skip


def _cells(flip: ReplayFlip, policies: Sequence[Policy], zone: str) -> list[str]:
    return [
        display_number(flip.case),
        flip.case.subject,
        flip.case.company.name,
        *_levels(flip, policies),
        _moment(flip.case.opened_at, zone),
        str(WEEKDAYS[flip.weekday]),
        str(CLOCK_NAMES.get(flip.kind, flip.kind)),
        str(VERDICT_NAMES[flip.before]),
        str(VERDICT_NAMES[flip.after]),
        str(DIRECTION_NAMES[flip.direction]),
        _moment(flip.due_before, zone),
        _moment(flip.due_after, zone),
        str(flip.steps_only_before),
        str(flip.steps_only_after),
    ]


def _levels(flip: ReplayFlip, policies: Sequence[Policy]) -> Iterator[str]:
    for axis in ("plan", "severity", "priority"):
        code = getattr(flip, axis)
        yield from (name_in(policies, axis, code) if code else "", code)


def _moment(at: datetime | None, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat(sep=" ", timespec="seconds") if at else ""
