"""The document of a policy: TOML text in, a checked `Policy` out, and back as canonical text."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sla.engine.carechecks import check_care
from sla.engine.checks import check
from sla.engine.ladderchecks import check_ladder
from sla.engine.offerchecks import check_offer
from sla.engine.policy import SCHEMA, Policy
from sla.engine.rowchecks import check_rows
from sla.engine.sections import POLICY
from sla.engine.shape import Place
from sla.engine.toml import Lines, write_toml

# Far above any policy; below what would let a file keep the checks busy.
MAX_CHARACTERS = 500_000

_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


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
    policy, root = _read(text, filename)
    check(policy, root)
    check_care(policy, root)
    check_ladder(policy, root)
    check_rows(policy, root.key("targets"))
    check_offer(policy, root)
    _raise_faults(root, text, filename)
    return policy


def frozen_policy(text: str) -> Policy:
    """Read a text that was published, and so was checked by what was asked of policies then.

    What is asked of new ones since does not make an old promise unreadable. Raises PolicyFaults
    for a text that is damaged.
    """
    policy, root = _read(text)
    _raise_faults(root, text)
    return policy


def canonical_text(policy: Policy) -> str:
    """Write the one text of a policy: self-contained, in fixed order, without comments.

    Parsing it gives an equal policy, and writing that gives the same bytes.
    """
    return text_of({"schema": SCHEMA, **POLICY.write(policy)})


def document_of(text: str) -> dict[str, object]:
    """Read a document into plain tables that fit into JSON, complete and in order.

    `text_of` of them is the canonical text. Raises PolicyFaults.
    """
    return {"schema": SCHEMA, **POLICY.write(parse_document(text))}


def text_of(document: Mapping[str, object]) -> str:
    """Write plain tables as TOML, unchecked, the known keys in their fixed order.

    None values are left out. Raises ValueError for a value that TOML or a policy cannot hold.
    """
    order = ["schema", *(known.key for known in POLICY.fields)]
    known = {key: document[key] for key in order if key in document}
    return write_toml({**known, **document})


def checksum(text: str) -> str:
    """Compute the sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _read(text: str, filename: str = "") -> tuple[Policy, Place]:
    raw = _tables(text, filename)
    root = Place("", [])
    _check_schema(raw, root)
    policy = POLICY.read({key: value for key, value in raw.items() if key != "schema"}, root)
    return policy, root


def _raise_faults(root: Place, text: str, filename: str = "") -> None:
    if root.found:
        raise PolicyFaults(filename, _located(root.found, text))


def _tables(text: str, filename: str) -> dict[str, object]:
    if len(text) > MAX_CHARACTERS:
        raise PolicyFaults(filename, (Fault("", "too_long", {"most": MAX_CHARACTERS}),))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFaults(filename, (_syntax_fault(text, str(error)),)) from error
    except RecursionError as error:
        raise PolicyFaults(filename, (Fault("", "too_deep"),)) from error


def _syntax_fault(text: str, message: str) -> Fault:
    place = _AT_LINE.search(message)
    lines = text.replace("\r\n", "\n").split("\n")
    line = int(place[1]) if place else len(lines)
    params: dict[str, object] = {"detail": _AT_LINE.sub("", message).strip()}
    if place:
        params["column"] = int(place[2])
    return Fault("", "toml_syntax", params, line, lines[line - 1].strip())


def _check_schema(raw: Mapping[str, object], root: Place) -> None:
    if "schema" not in raw:
        root.key("schema").fault("missing_key", key="schema")
    elif raw["schema"] != SCHEMA or isinstance(raw["schema"], bool):
        root.key("schema").fault("unsupported_schema", value=str(raw["schema"]), known=SCHEMA)


def _located(found: Iterable[tuple[str, str, dict[str, object]]], text: str) -> tuple[Fault, ...]:
    text = text.replace("\r\n", "\n")
    lines = Lines(text)
    rows = text.split("\n")
    faults = []
    for path, code, params in found:
        line = lines.of(path)
        faults.append(Fault(path, code, params, line, rows[line - 1].strip() if line else ""))
    # What has no line of its own (a missing section) comes first.
    return tuple(sorted(faults, key=lambda fault: fault.line or 0))
