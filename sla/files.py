"""Policy files as they come from people: bytes in, a policy or its faults out."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from sla.engine.document import Fault, PolicyFaults, parse_document
from sla.engine.policy import Policy
from sla.faults import fault_sentences

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file: its text and policy, or what is wrong with it.

    `unreadable` is why it could not be read at all; `faults` are those of what it says.
    """

    name: str
    text: str = ""
    policy: Policy | None = None
    faults: tuple[Fault, ...] = ()
    unreadable: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say what is wrong, each with file and line."""
        if self.unreadable:
            return (f"{self.name}: {self.unreadable}",)
        return fault_sentences(PolicyFaults(self.name, self.faults))


def read_policy_file(name: str) -> PolicyFile:
    """Read and check a file; whatever is wrong with it comes back in words."""
    try:
        text = decoded(Path(name).read_bytes(), name)
        return PolicyFile(name, text, parse_document(text, name))
    except IsADirectoryError:
        return PolicyFile(name, unreadable=_("This is a folder, not a file."))
    except OSError as error:
        return PolicyFile(name, unreadable=error.strerror or str(error))
    except PolicyFaults as found:
        return PolicyFile(name, faults=found.faults)


def decoded(data: bytes, filename: str = "") -> str:
    """Read the bytes of a document as text: UTF-8 without a byte order mark.

    Raises PolicyFaults with the place of the first byte that does not fit.
    """
    if data.startswith(_BYTE_ORDER_MARK):
        raise PolicyFaults(filename, (Fault("", "byte_order_mark", {}, 1),))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        begins_at = data.rfind(b"\n", 0, error.start) + 1
        params = {
            "byte": f"{data[error.start]:02x}",
            "column": len(data[begins_at : error.start].decode()) + 1,
        }
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyFaults(filename, (Fault("", "not_utf8", params, line),)) from error
