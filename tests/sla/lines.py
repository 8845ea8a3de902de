"""Lines of the batch and their answers, without the command around them."""

import json
from typing import Any

from sla.batch.answers import answer_line
from sla.batch.vendors import Vendors
from sla.engine.document import parse_document
from sla.engine.policy import Policy
from tests.packs import POLICIES

PACKS = ("metalogix", "scalix", "msp", "datadynamics")


class PackVendors(Vendors):
    """The four packs as if each vendor had published its own; nobody else has."""

    def __init__(self, **changed: Policy) -> None:
        super().__init__()
        self.changed = changed

    def latest(self, slug: str) -> Policy | None:
        if slug not in PACKS:
            return None
        text = (POLICIES / f"{slug}.toml").read_text()
        return self.changed.get(slug) or parse_document(text)


VENDORS = PackVendors()


def answer(line: dict[str, Any] | bytes, vendors: Vendors = VENDORS) -> dict[str, Any]:
    """Answer one line, given as an object or as it stands."""
    raw = line if isinstance(line, bytes) else json.dumps(line).encode()
    return json.loads(answer_line(raw, vendors))


def code_of(line: dict[str, Any] | bytes, vendors: Vendors = VENDORS) -> str:
    """Answer one line that is refused, and give the code."""
    return answer(line, vendors)["error"]["code"]
