"""The policy in force, frozen versions, and what a policy promises. All for the entered tenant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.errors import NotFound
from sla.engine.clock import Pauses, Settled, aim_at, settle
from sla.engine.document import parse_document
from sla.engine.parts import Facts
from sla.engine.policy import Policy
from sla.errors import NoDraft, NoPolicy
from sla.models import PolicyDraft, PolicyVersion

# Parsed policies by checksum: what is addressed by its content cannot be another tenant's.
_parsed: dict[str, Policy] = {}
_MOST_PARSED = 512

FIRST_RESPONSE = "first_response"
_FROZEN = ("id", "number", "checksum", "effective_at")


@dataclass(frozen=True, slots=True)
class Published:
    """A published version with its policy, ready to be asked."""

    id: int
    number: int
    effective_at: datetime
    policy: Policy


def current_policy(at: datetime) -> Published:
    """Find the policy in effect at `at`: of the versions that have begun, the highest number.

    A later version replaces every earlier one from its first moment on, also one that was to begin
    after it. Raises NoPolicy.
    """
    return _published(_versions().filter(effective_at__lte=at))


def latest_policy() -> Published:
    """Find the version published last, whether or not it is in effect yet. Raises NoPolicy."""
    return _published(_versions())


def policy_before(version: PolicyVersion) -> Published | None:
    """Find the policy whose place a version takes when it begins; None for the first."""
    earlier = _versions().filter(number__lt=version.number, effective_at__lte=version.effective_at)
    return _published(earlier) if earlier.exists() else None


def policy_version(version_id: int) -> Policy:
    """Read one published policy by its id. Raises NotFound."""
    version = _versions().filter(pk=version_id).first()
    if version is None:
        raise NotFound
    return _policies([version])[version.checksum]


def policies_by_number(numbers: Iterable[int]) -> dict[int, Policy]:
    """Map version numbers to their policies, as `sla.engine.clock.run` takes them.

    Raises NotFound when one of them does not exist.
    """
    wanted = set(numbers)
    versions = list(_versions().filter(number__in=wanted))
    if len(versions) != len(wanted):
        raise NotFound
    policies = _policies(versions)
    return {version.number: policies[version.checksum] for version in versions}


def published_versions() -> QuerySet[PolicyVersion]:
    """List the published versions, newest first, without their texts.

    Each has `replaced_by`: the number of the one that took its place before it began, or None.
    """
    earlier_start = PolicyVersion.objects.filter(
        number__gt=OuterRef("number"), effective_at__lte=OuterRef("effective_at")
    )
    return (
        PolicyVersion.objects.defer("document")
        .select_related("published_by", "tenant")
        .annotate(replaced_by=Subquery(earlier_start.order_by("number").values("number")[:1]))
    )


def working_copy() -> PolicyDraft:
    """Find the working copy. Raises NoDraft."""
    draft = PolicyDraft.objects.select_related("base_version", "updated_by").first()
    if draft is None:
        raise NoDraft
    return draft


def promise_for(
    policy: Policy, facts: Facts, at: datetime, scheduled_for: datetime | None = None
) -> Settled:
    """Work out the first response that `policy` promises to a case opened at `at`.

    The one way to a promise: the form before sending, `open_case` and sla_batch use it. Fractions
    of a second are dropped. Raises EngineError: never_open, scheduled_in_past, bad_time_zone.
    """
    slot = None if scheduled_for is None else int(scheduled_for.timestamp())
    return promise_at(policy, facts, int(at.timestamp()), slot)


def promise_at(
    policy: Policy, facts: Facts, at: int, scheduled_for: int | None, pauses: Pauses = ()
) -> Settled:
    """Do what `promise_for` does, in epoch seconds and under pauses (from, to or None).

    Raises EngineError, also bad_pause.
    """
    return settle(aim_at(policy, FIRST_RESPONSE, facts, at, scheduled_for), pauses)


def parsed(checksum: str, text: str) -> Policy:
    """Parse a frozen text, once per process."""
    if checksum not in _parsed:
        while len(_parsed) >= _MOST_PARSED:
            _parsed.pop(next(iter(_parsed)), None)
        _parsed[checksum] = parse_document(text)
    return _parsed[checksum]


def _versions() -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.only(*_FROZEN).order_by("-number")


def _published(versions: QuerySet[PolicyVersion]) -> Published:
    version = versions.first()
    if version is None:
        raise NoPolicy
    policy = _policies([version])[version.checksum]
    return Published(version.pk, version.number, version.effective_at, policy)


def _policies(versions: list[PolicyVersion]) -> dict[str, Policy]:
    """Map checksums to policies; the texts are only read of those not parsed yet."""
    found = {
        version.checksum: _parsed[version.checksum]
        for version in versions
        if version.checksum in _parsed
    }
    missing = [version.pk for version in versions if version.checksum not in found]
    if missing:
        texts = PolicyVersion.objects.filter(pk__in=missing).values_list("checksum", "document")
        found |= {checksum: parsed(checksum, text) for checksum, text in texts}
    return found
