"""What upper apps have to say before a policy is published, registered when the apps start."""

from collections.abc import Callable, Iterable

from sla.engine.policy import Policy

# Takes the policy about to be published, in the tenant that is entered; yields every objection as
# a sentence for people, none when it is content.
PublishCheck = Callable[[Policy], Iterable[str]]

_publish_checks: dict[str, PublishCheck] = {}


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
