import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla.engine.lint import NOTICE
from sla.engine.toml import Lines
from sla.files import PolicyFile, read_policy_file
from sla.findings import findings_of

FOUND, FAULTY = 1, 2


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with the line of its file; None where the file does not have the place."""

    file: str
    line: int | None
    severity: str
    code: str
    path: str
    message: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.severity}: {self.message} {self.advice}"

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Say what somebody should look at in support policies, with file and line: cases without "
        "a rule, rules that never apply, blanks, contradictions. Ends with 0; with 1 under "
        "--strict when there is more than notices; with 2 when a file has faults."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="write one list of JSON")
        parser.add_argument(
            "--strict", action="store_true", help="end with 1 when there is more than notices"
        )
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="DATE",
            help="the date from which next year's holidays are looked for; else today",
        )

    def handle(self, *args: object, **options: Any) -> None:
        sources = [read_policy_file(name) for name in options["files"]]
        # No tenant is entered, and none is needed to read a file: the machine's own date will do.
        on = options["on"] or datetime.now(UTC).date()
        found = [located for source in sources for located in _located(source, on)]
        if options["json"]:
            self.stdout.write(json.dumps([one.as_json() for one in found], indent=2))
        elif any(source.policy for source in sources):
            self._tell(found)
        faults = [sentence for source in sources for sentence in source.sentences]
        for sentence in faults:
            self.stderr.write(sentence)
        _end(len(faults), found, is_strict=options["strict"])

    def _tell(self, found: list[Located]) -> None:
        for one in found:
            self.stdout.write(str(one))
        counts = Counter(one.severity for one in found)
        self.stdout.write(
            _("%(error)d errors, %(warning)d warnings, %(notice)d notices")
            % {severity: counts[severity] for severity in ("error", "warning", "notice")}
        )


def _located(source: PolicyFile, on: date) -> Iterator[Located]:
    if source.policy is None:
        return
    lines = Lines(source.text.replace("\r\n", "\n"))
    found = [(lines.of(told.path), told) for told in findings_of(source.policy, on)]
    # What has no line of its own comes first.
    for line, told in sorted(found, key=lambda pair: pair[0] or 0):
        yield Located(
            source.name, line, told.severity, told.code, told.path, told.sentence, told.advice
        )


def _end(faults: int, found: list[Located], *, is_strict: bool) -> None:
    """End the command as its help says. Raises CommandError."""
    if faults:
        text = ngettext("%(number)d fault: see above.", "%(number)d faults: see above.", faults)
        raise CommandError(text % {"number": faults}, returncode=FAULTY)
    if is_strict and any(one.severity != NOTICE for one in found):
        raise CommandError(_("There is something to look at: see above."), returncode=FOUND)
