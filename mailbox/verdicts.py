"""What becomes of a mail, as a value: nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbox.models import RawMail
from tickets.models import Case, CaseEvent

State = RawMail.State

# Codes of `RawMail.why`. Their sentences are in mailbox.words.
KEEPS_FAILING, NO_SENDER, BAD_ADDRESS, OTHER_SENDER = (
    "keeps_failing",
    "no_sender",
    "bad_address",
    "other_sender",
)
UNPROVEN, FORGED, QUOTES_DESK = "unproven", "forged", "quotes_desk"
NAMES_CASE, CONFIRM_COST, ESCALATION = "names_case", "confirm_cost", "escalation"
CASE_REFUSES, USE_FORM, DESK_WRITES, NOTHING_SAID = (
    "case_refuses",
    "use_form",
    "desk_writes",
    "nothing_said",
)
TOO_OFTEN, PERHAPS_AUTOMATIC = "too_often", "perhaps_automatic"
STRANGER, AUTOMATIC, BOUNCED, LOOP, TWICE = "stranger", "automatic", "bounced", "loop", "twice"

# Codes of `RawMail.answered`: what its sender is told.
TELL_REFUSED, TELL_CLOSED, TELL_COST, TELL_FORM, TELL_HELD, TELL_DESK, TELL_STRANGER = (
    "refused",
    "closed",
    "cost",
    "form",
    "held",
    "desk",
    "stranger",
)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a mail. `told`: what its sender is told, where a code says too little.

    `answer`: which automatic mail its sender gets, "" for none.
    """

    state: str
    why: str = ""
    figures: Mapping[str, str | int] = field(default_factory=dict)
    case: Case | None = None
    event: CaseEvent | None = None
    about: Case | None = None
    answer: str = ""
    told: str = ""


def quarantined(why: str, **figures: str | int) -> Verdict:
    """Keep it where a person looks at it; its sender is told nothing."""
    return Verdict(State.QUARANTINED, why, figures)


def ignored(why: str, **facts: object) -> Verdict:
    """Keep it, and tell nobody."""
    return Verdict(State.IGNORED, why, **facts)  # type: ignore[arg-type]
