"""What a customer is about to file, told by the layer that keeps drafts.

The mail about a decision leads back to the draft, and who decides sees what stands in its way now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Person


@dataclass(frozen=True, slots=True)
class DraftStanding:
    """The refusals that a draft meets, exceptions that are there already taken off.

    `refused`: code and sentence of each, those too that no exception can be made of.
    """

    subject: str
    refused: tuple[tuple[str, str], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for code, _sentence in self.refused))

    def sentences_but(self, codes: Sequence[str]) -> list[str]:
        """List what would still be refused if these codes were let through."""
        return [sentence for code, sentence in self.refused if code not in codes]


# Who is asked about, by which channel ("" for the one that drafts are sent by), and when.
Look = Callable[[Person, str, datetime], DraftStanding | None]

_looks: list[Look] = []


def register_draft_look(look: Look) -> None:
    """Have drafts looked at by `look`; from `AppConfig.ready`, once. Raises ValueError."""
    if _looks:
        raise ValueError("who knows of drafts is registered already")
    _looks.append(look)


def draft_standing(person: Person, at: datetime, channel: str = "") -> DraftStanding | None:
    """Weigh a person's draft as if they sent it now; None where there is none, or nobody knows."""
    return next((look(person, channel, at) for look in _looks), None)
