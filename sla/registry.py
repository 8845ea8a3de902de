"""What upper apps have to say before a policy is published, registered when the apps start."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Person
from sla.engine.policy import Policy
from sla.models import PolicyVersion, PolicyWithdrawal

# Takes the policy about to be published, in the tenant that is entered, and the moment; yields
# every objection as a sentence for people, none when it is content.
PublishCheck = Callable[[Policy, datetime], Iterable[str]]

# Told of a version that has just been published, in the transaction that publishes it: the version,
# what is to become of the open cases (`sla.models.OpenCases`), who published and when. What it
# raises, publishing raises.
PublishListener = Callable[[PolicyVersion, str, Person | None, datetime], None]

# Told of a version that has just been withdrawn, in the transaction that withdraws it, and when.
WithdrawalListener = Callable[[PolicyWithdrawal, datetime], None]


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing that a vendor needs before it can start; `url` is where it is done."""

    text: str
    is_done: bool
    url: str = ""


# Takes the policy about to be published; says in a sentence whom that touches, None for nobody.
PublishFigure = Callable[[Policy], str | None]

# Takes a version that may be withdrawn; says in a sentence whom that touches, None for nobody.
WithdrawalFigure = Callable[[PolicyVersion], str | None]

# Takes the working copy's policy, in the tenant that is entered; yields what an app asks for.
Checklist = Callable[[Policy], Iterable[ChecklistItem]]

# Lists code and name of what stands on an axis, in the tenant that is entered.
CodesOfAxis = Callable[[], Iterable[tuple[str, str]]]

_publish_checks: dict[str, PublishCheck] = {}
_publish_listeners: dict[str, PublishListener] = {}
_publish_figures: dict[str, PublishFigure] = {}
_withdrawal_listeners: dict[str, WithdrawalListener] = {}
_withdrawal_figures: dict[str, WithdrawalFigure] = {}
_checklists: dict[str, Checklist] = {}
_codes: dict[str, CodesOfAxis] = {}


def register_publish_check(name: str, check: PublishCheck) -> None:
    """Have `check` asked before every publishing. Raises ValueError for a name already taken."""
    if _publish_checks.get(name, check) is not check:
        raise ValueError(f"a publish check named {name} is registered already")
    _publish_checks[name] = check


def objections(policy: Policy, at: datetime) -> tuple[str, ...]:
    """Ask every registered check; sentences in the order of the checks' names."""
    return tuple(
        sentence
        for name in sorted(_publish_checks)
        for sentence in _publish_checks[name](policy, at)
    )


def register_publish_listener(name: str, listener: PublishListener) -> None:
    """Have `listener` told of every version. Raises ValueError for a name already taken."""
    if _publish_listeners.get(name, listener) is not listener:
        raise ValueError(f"a publish listener named {name} is registered already")
    _publish_listeners[name] = listener


def tell_listeners(version: PolicyVersion, by: Person | None, at: datetime) -> None:
    """Tell every listener of a version, in the order of their names."""
    for name in sorted(_publish_listeners):
        _publish_listeners[name](version, version.open_cases, by, at)


def register_checklist(name: str, checklist: Checklist) -> None:
    """Have a vendor's first steps in another app listed. Raises ValueError for a name taken."""
    if _checklists.get(name, checklist) is not checklist:
        raise ValueError(f"a checklist named {name} is registered already")
    _checklists[name] = checklist


def checklist_items(policy: Policy) -> Iterator[ChecklistItem]:
    """List what the other apps ask of a vendor that starts, in the order of their names."""
    for name in sorted(_checklists):
        yield from _checklists[name](policy)


def register_publish_figure(name: str, figure: PublishFigure) -> None:
    """Have `figure` shown before publishing. Raises ValueError for a name already taken."""
    if _publish_figures.get(name, figure) is not figure:
        raise ValueError(f"a publish figure named {name} is registered already")
    _publish_figures[name] = figure


def publish_figures(policy: Policy) -> tuple[str, ...]:
    """Say whom publishing would touch: a sentence of each who has one, in the order of names."""
    said = (_publish_figures[name](policy) for name in sorted(_publish_figures))
    return tuple(sentence for sentence in said if sentence)


def register_withdrawal_listener(name: str, listener: WithdrawalListener) -> None:
    """Have `listener` told of every withdrawal. Raises ValueError for a name already taken."""
    if _withdrawal_listeners.get(name, listener) is not listener:
        raise ValueError(f"a withdrawal listener named {name} is registered already")
    _withdrawal_listeners[name] = listener


def tell_withdrawal_listeners(withdrawal: PolicyWithdrawal, at: datetime) -> None:
    """Tell every listener of a withdrawal, in the order of their names."""
    for name in sorted(_withdrawal_listeners):
        _withdrawal_listeners[name](withdrawal, at)


def register_withdrawal_figure(name: str, figure: WithdrawalFigure) -> None:
    """Have `figure` shown before withdrawing. Raises ValueError for a name already taken."""
    if _withdrawal_figures.get(name, figure) is not figure:
        raise ValueError(f"a withdrawal figure named {name} is registered already")
    _withdrawal_figures[name] = figure


def withdrawal_figures(version: PolicyVersion) -> tuple[str, ...]:
    """Say whom a withdrawal would touch: a sentence of each who has one, in the order of names."""
    said = (_withdrawal_figures[name](version) for name in sorted(_withdrawal_figures))
    return tuple(sentence for sentence in said if sentence)


def register_codes(axis: str, codes: CodesOfAxis) -> None:
    """Have codes that policies do not list offered on an axis. Raises ValueError for one taken."""
    if _codes.get(axis, codes) is not codes:
        raise ValueError(f"the codes of {axis} are registered already")
    _codes[axis] = codes


def codes_of_axis(axis: str) -> tuple[tuple[str, str], ...]:
    """List what an upper app offers on an axis, code and name; nothing where no app does."""
    return tuple(_codes[axis]()) if axis in _codes else ()
