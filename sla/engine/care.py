"""What a policy says of the desk's own people, of escalations, of files. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Grade:
    """How far somebody of the desk has come; a policy lists them from the lowest (DD-27)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Swat:
    """The team beside the tiers, and the cases that it is brought in on (DD-26, DD-27).

    `when` as in a target; an empty one = never. `grades`: who may be a member; none = anybody.
    """

    name: str = ""
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grades: tuple[str, ...] = ()
    source: str = ""

    def __hash__(self) -> int:
        return hash((self.name, self.grades, self.source))


@dataclass(frozen=True, slots=True)
class Escalating:
    """What a customer may do who is not satisfied (DD-25).

    `open`: they may ask for an escalation. `roles`: whom it reaches beside the owner and, by the
    rule of `Swat`, that team. What is owed is the target of the clock `escalation_answer`. `note`:
    what customers read beside the form.
    """

    open: bool = False
    roles: tuple[str, ...] = ()
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Attaching:
    """Files on cases (DD-35). None = as large as the platform takes, kept as long as the case."""

    max_megabytes: int | None = None
    retention_days: int | None = None
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosing:
    """The terms on which diagnostic code is given to a customer (DD-37); "" = none is given."""

    terms: str = ""
    source: str = ""
