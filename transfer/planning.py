"""What would become of one row of an import: added, used as it is, changed, or left out and why.

The dry run asks, and so does the import itself, right before it writes: both say the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Tenant
from sla.errors import NoPolicy
from sla.queries import Published, current_policy
from transfer.cells import Cells, Fault
from transfer.columns import ORDER
from transfer.lookup import MODELS, Lookup
from transfer.models import Erasure, ImportLine, ImportRun
from transfer.reading.bundle import Bundle
from transfer.reading.rows import digest_of
from transfer.storage import upload_path

Verdict = ImportLine.Verdict
Values = dict[str, Any]


@dataclass
class Planning:
    """What the plans of many rows share. `only_here`: as of now, without what is on its way."""

    run: ImportRun
    vendor: Tenant
    at: datetime
    only_here: bool = False
    lookup: Lookup = field(init=False)
    zone: ZoneInfo = field(init=False)
    bundle: Bundle = field(init=False)

    def __post_init__(self) -> None:
        self.lookup = Lookup(self.run, only_here=self.only_here)
        self.zone = ZoneInfo(self.vendor.time_zone)
        self.bundle = Bundle(upload_path(self.vendor.pk, self.run.key), self.run.file_name)
        self._published: Published | None = None

    @property
    def published(self) -> Published | None:
        """Give the policy that cases are judged by from now on; None before the first."""
        if self._published is None:
            try:
                self._published = current_policy(self.at)
            except NoPolicy:
                return None
        return self._published

    def cells(self, line: ImportLine) -> Cells:
        return Cells(line.kind, line.data, self.zone, self.at)


@dataclass(frozen=True)
class Planned:
    """A row with its verdict; `row` is what it is here already, `values` what is to be written."""

    line: ImportLine
    verdict: str
    digest: str
    faults: tuple[Fault, ...] = ()
    values: Values = field(default_factory=dict)
    row: Any = None


# For each kind: reads the cells and gives the values, noting what is wrong in the cells.
Reader = Callable[[Planning, Cells, ImportLine], Values]
_readers: dict[str, Reader] = {}


def reads(kind: str) -> Callable[[Reader], Reader]:
    """Say how rows of a kind are read."""

    def known(reader: Reader) -> Reader:
        _readers[kind] = reader
        return reader

    return known


def plan_line(planning: Planning, line: ImportLine) -> Planned:
    """Say what becomes of one row. Writes nothing."""
    cells = planning.cells(line)
    cells.check_unknown()
    values = _readers[line.kind](planning, cells, line)
    digest = digest_of(line.data)
    before = planning.lookup.imported(line.kind, line.key)
    if before is not None:
        return _known_before(line, cells, values, digest, before.digest, before.row)
    row = planning.lookup.by_nature(line.kind, _nature(values))
    if _is_twice(planning, line):
        return _second(planning, line, cells, digest)
    if not cells.is_sound:
        return Planned(line, Verdict.FAULTY, digest, tuple(cells.faults), values)
    verdict = Verdict.KNOWN if row is not None else Verdict.NEW
    return Planned(line, verdict, digest, tuple(cells.faults), values, row)


def _known_before(
    line: ImportLine, cells: Cells, values: Values, digest: str, said: str, key: int
) -> Planned:
    """Plan a row that was taken over before: who was erased, and cases, stay as they are."""
    row = MODELS[line.kind]._default_manager.filter(pk=key).first()
    is_erased = line.kind == "person" and Erasure.objects.filter(person=key).exists()
    if said == digest or row is None or is_erased:
        return Planned(line, Verdict.SAME, digest, row=row)
    if line.kind == "case":
        changed = Fault("changed_case", is_warning=True)
        return Planned(line, Verdict.SAME, said, (changed,), row=row)
    if not cells.is_sound:
        return Planned(line, Verdict.FAULTY, digest, tuple(cells.faults), values, row)
    return Planned(line, Verdict.CHANGED, digest, tuple(cells.faults), values, row)


def _nature(values: Mapping[str, Any]) -> str:
    return str(values.get("nature") or "")


def _is_twice(planning: Planning, line: ImportLine) -> bool:
    same = ImportLine.objects.filter(run=planning.run, kind=line.kind, key=line.key)
    return same.filter(position__lt=line.position).exists()


def _second(planning: Planning, line: ImportLine, cells: Cells, digest: str) -> Planned:
    """Plan a row whose id was there before: other desks repeat people with each of their cases."""
    if planning.run.format in ("zammad", "zendesk"):
        return Planned(line, Verdict.SAME, digest)
    named = str(line.data.get("id") or line.data.get("code") or "")[:60]
    return Planned(line, Verdict.FAULTY, digest, (Fault("twice", "id", {"value": named}),))


__all__ = ["ORDER", "Planned", "Planning", "Verdict", "plan_line", "reads"]
