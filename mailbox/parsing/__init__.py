"""Reading mail of strangers: bytes in, values out. No Django and no database here.

`run_parser` reads in a child process that can be killed; `parse` does it in this one.
"""

from mailbox.parsing.child import Patience, run_parser
from mailbox.parsing.limits import CODES, Unparsable
from mailbox.parsing.mail import (
    Address,
    Attached,
    AuthenticationResult,
    Bounce,
    ParsedMail,
)
from mailbox.parsing.quotes import split_quote
from mailbox.parsing.reading import parse

__all__ = [
    "CODES",
    "Address",
    "Attached",
    "AuthenticationResult",
    "Bounce",
    "ParsedMail",
    "Patience",
    "Unparsable",
    "parse",
    "run_parser",
    "split_quote",
]
