"""What docs/import.md tells is what an import understands."""

import re
from pathlib import Path

from transfer.columns import KINDS
from transfer.mapping import _STATES
from transfer.models import ImportRun
from transfer.reading import bundle, tables
from transfer.writing import UPDATED

TEXT = (Path(__file__).parents[2] / "docs" / "import.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (.*)\|$", re.MULTILINE)


def test_every_column_is_told_with_what_it_holds_and_whether_it_is_needed():
    told = {}
    for part in TEXT.split("\n### ")[1:]:
        file = re.search(r"`(\w+\.csv)`", part.splitlines()[0])[1]
        told[file] = [
            (name, holds, words.startswith("**needed**"))
            for name, holds, words in ROW.findall(part)
        ]

    assert told == {
        kind.file: [(one.name, one.holds, one.needed) for one in kind.columns]
        for kind in KINDS.values()
    }


def test_formats_states_and_limits_are_told():
    formats = re.findall(r"^\| `(\w+)` \| [^|]+\|$", TEXT, re.MULTILINE)

    assert formats == list(ImportRun.Format.values)
    assert [
        word for word in _STATES if word not in TEXT and word not in ("on-hold", "on hold")
    ] == []
    assert f"{bundle.MOST_FILES} files" in TEXT
    assert f"{tables.LONGEST_CELL} characters a cell" in TEXT
    assert set(UPDATED) == {"product", "company", "site", "person"}
