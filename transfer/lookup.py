"""Finding what a row of an import refers to: taken over before, here by name, or on its way."""

import unicodedata
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from accounts.models import Company, Person, Site
from entitlements.models import Contract, Product
from tickets.models import Case
from transfer.columns import CASE, COMPANY, CONTRACT, PERSON, PRODUCT, SITE
from transfer.models import ImportedRow, ImportLine, ImportRun
from transfer.reading.rows import key_of

MODELS: dict[str, type[Model]] = {
    PRODUCT: Product,
    COMPANY: Company,
    SITE: Site,
    PERSON: Person,
    CONTRACT: Contract,
    CASE: Case,
}


@dataclass(frozen=True)
class Found:
    """A row that is referred to: `row` if it is here, else the `line` that will become it."""

    row: Any = None
    line: ImportLine | None = None

    @property
    def is_here(self) -> bool:
        return self.row is not None


class Lookup:
    """Finds rows for one part of the work on an import, and remembers what it found.

    `only_here`: when rows are written, what is still on its way is of no use.
    """

    def __init__(self, run: ImportRun, *, only_here: bool = False) -> None:
        self.run = run
        self.only_here = only_here
        self._found: dict[tuple[str, str], Found | None] = {}

    def find(self, kind: str, reference: object) -> Found | None:
        """Find what is called so: by its id at the source, else by its address, name or code."""
        named = str(reference).strip()
        asked = (kind, key_of(named))
        if asked not in self._found:
            found = self._look_for(kind, named)
            if found is None:
                return None  # It may come with the next line.
            self._found[asked] = found
        return self._found[asked]

    def imported(self, kind: str, key: str) -> ImportedRow | None:
        """Find what a row of the source became, by its digest."""
        return ImportedRow.objects.filter(source=self.run.source, kind=kind, key=key).first()

    def by_nature(self, kind: str, named: str) -> Any:
        """Find a row that is here under a name, address or code; None where there is none."""
        if not named:
            return None
        if kind == PERSON:
            return Person.objects.filter(email_key=address_key(named)).first()
        if kind == PRODUCT:
            return Product.objects.filter(code=named).first()
        if kind == CASE:
            return _case_of(named)
        if kind == COMPANY:
            companies = Company.objects.select_related("tenant")
            return companies.filter(name=named).first()
        return None

    def _look_for(self, kind: str, named: str) -> Found | None:
        key = key_of(named)
        before = self.imported(kind, key)
        if before is not None:
            row = MODELS[kind]._default_manager.filter(pk=before.row).first()
            if row is not None:
                return Found(row)
        row = self.by_nature(kind, named)
        if row is not None:
            return Found(row)
        return None if self.only_here else self._on_its_way(kind, key)

    def _on_its_way(self, kind: str, key: str) -> Found | None:
        lines = ImportLine.objects.filter(run=self.run, kind=kind)
        lines = lines.exclude(verdict=ImportLine.Verdict.FAULTY).order_by("position")
        line = lines.filter(key=key).first() or lines.filter(alias=key).first()
        return Found(line=line) if line is not None else None


def _case_of(named: str) -> Case | None:
    """Find the case of an export of this product: its id there is its own."""
    try:
        return Case.objects.filter(uuid=uuid.UUID(named)).first()
    except ValueError:
        return None


def address_key(address: str) -> str:
    """Fold an address as the database does (`accounts.models.email_key`)."""
    return unicodedata.normalize("NFKC", address.strip()).lower()
