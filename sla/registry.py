"""What upper apps have to say before a policy is published, registered when the apps start."""

from collections.abc import Callable, Iterable
from datetime import datetime

from accounts.models import Person
from sla.engine.policy import Policy
from sla.models import PolicyVersion

# Takes the policy about to be published, in the tenant that is entered; yields every objection as
# a sentence for people, none when it is content.
PublishCheck = Callable[[Policy], Iterable[str]]

# Told of a version that has just been published, in the transaction that publishes it: the version,
# what is to become of the open cases (`sla.models.OpenCases`), who published and when. What it
# raises, publishing raises.
PublishListener = Callable[[PolicyVersion, str, Person | None, datetime], None]

_publish_checks: dict[str, PublishCheck] = {}
_publish_listeners: dict[str, PublishListener] = {}


def register_publish_check(name: str, check: PublishCheck) -> None:
    """Have `check` asked before every publishing. Raises ValueError for a name already taken."""
    if _publish_checks.get(name, check) is not check:
        raise ValueError(f"a publish check named {name} is registered already")
    _publish_checks[name] = check


def objections(policy: Policy) -> tuple[str, ...]:
    """Ask every registered check; sentences in the order of the checks' names."""
    return tuple(
        sentence for name in sorted(_publish_checks) for sentence in _publish_checks[name](policy)
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
