"""The document of a policy: TOML text in, a checked `Policy` out, and back as canonical text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sla.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a document.

    `path` counts from 0 ("targets[3].calendar"); `line` from 1, None when not known; `text` is
    that line as the file has it. `code` and `params` say what is wrong.
    """

    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    line: int | None = None
    text: str = ""

    def __hash__(self) -> int:
        return hash((self.path, self.code))


class PolicyFaults(ValueError):
    """Every fault of one document, in the order of the file."""

    def __init__(self, filename: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(filename, faults)
        self.filename = filename
        self.faults = faults


def parse_document(text: str, filename: str = "") -> Policy:
    """Read a policy document. Raises PolicyFaults with every fault at once."""
    raise ValueError


def canonical_text(policy: Policy) -> str:
    """Write the one text of a policy: self-contained, in fixed order, without comments.

    Parsing it gives an equal policy, and writing that gives the same bytes.
    """
    raise ValueError


def document_of(text: str) -> dict[str, object]:
    """Read a document into plain tables, complete and in order. Raises PolicyFaults."""
    raise ValueError


def text_of(document: Mapping[str, object]) -> str:
    """Write plain tables as TOML in the fixed order, unchecked. None values are left out."""
    raise ValueError


def checksum(text: str) -> str:
    """Compute the sha256 of a text, in hex."""
    raise ValueError
