"""A mail that was read: values that fit into JSON, and nothing that still has to be believed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# What machines write, by RFC 3834 and what is done in its place: `ParsedMail.auto`.
NONE = "none"
AUTO_REPLIED = "auto-replied"
AUTO_GENERATED = "auto-generated"
# Only its subject says so; only its headers ask that no program answers.
PERHAPS, QUIET = "perhaps", "quiet"
BOUNCE = "bounce"
LIST = "list"


@dataclass(frozen=True)
class Address:
    """One mailbox. `address` is plain ASCII, its domain in lower case; `name` is anybody's say."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Attached:
    """One file of a mail. `path` is its name in the folder that was given, "" if none was.

    `name` has no folder, control or invisible sign in it, and says nothing about the content;
    `content_type` is what the mail says. `inline`: the HTML of the mail shows it.
    """

    name: str
    content_type: str
    size: int
    sha256: str
    path: str = ""
    inline: bool = False


@dataclass(frozen=True)
class AuthenticationResult:
    """One Authentication-Results header as it was found, topmost first. Anybody can write one."""

    authserv_id: str
    value: str


@dataclass(frozen=True)
class Bounce:
    """What a report of delivery says, as found: RFC 3464, and the headers that came back.

    `message_ids` are all ids in the returned headers; `status` is like "5.1.1".
    """

    action: str = ""
    status: str = ""
    recipient: str = ""
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParsedMail:
    """A mail in values.

    - `from_` is None unless there is exactly one From header with exactly one plain mailbox;
      `from_defects` says why. It is a claim all the same: see `authentication`.
    - `date` is in epoch seconds, UTC, as the sender says. Message-IDs keep their angle brackets.
    - `delivered_to` is what servers on the way wrote; the envelope is the receiver's to know.
    - `return_path`: "" is the null sender, None is not told.
    - `text` is the whole body as plain text; `fresh` without what it quotes, `quoted` what was
      taken out. `fresh` is never empty where `text` is not.
    - `html` is cleaned, without any image, style, script or form; "" where the mail has none.
    - `auto`: none | auto-replied | auto-generated | bounce; by signs that people's mail has,
      too: list | perhaps | quiet.
    - `loops`: ids of our own loop header. They may only ever stop an answer.
    - `defects`: what was odd elsewhere, as codes.
    """

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: int | None = None
    from_: Address | None = None
    from_defects: tuple[str, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    fresh: str = ""
    quoted: str = ""
    attachments: tuple[Attached, ...] = ()
    auto: str = NONE
    bounce: Bounce | None = None
    authentication: tuple[AuthenticationResult, ...] = ()
    loops: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Make a value that `json` and PostgreSQL take."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ParsedMail":
        """Read what `to_json` made. Raises TypeError or KeyError on anything else."""
        fields = dict(value)
        for name in ("from_", "sender"):
            fields[name] = Address(**fields[name]) if fields[name] else None
        for name in ("reply_to", "to", "cc"):
            fields[name] = tuple(Address(**one) for one in fields[name])
        for name in ("in_reply_to", "references", "delivered_to", "from_defects", "loops"):
            fields[name] = tuple(fields[name])
        fields["defects"] = tuple(fields["defects"])
        fields["attachments"] = tuple(Attached(**one) for one in fields["attachments"])
        fields["authentication"] = tuple(
            AuthenticationResult(**one) for one in fields["authentication"]
        )
        if fields["bounce"]:
            ids = tuple(fields["bounce"]["message_ids"])
            fields["bounce"] = Bounce(**{**fields["bounce"], "message_ids": ids})
        return cls(**fields)
