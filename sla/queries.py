"""The policy in force, frozen versions, and what a policy promises. All for the entered tenant.

A policy comes in the words of the language that is spoken at the moment (`in_words`): the page's or
the recipient's. What is stored, compared or written out takes the `original`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from accounts.errors import NotFound
from sla.engine.clock import Pauses, Settled, aim_at, settle
from sla.engine.document import frozen_policy
from sla.engine.parts import Facts
from sla.engine.policy import Policy
from sla.engine.texts import localized
from sla.errors import NoDraft, NoPolicy
from sla.models import PolicyDraft, PolicyVersion, PolicyWithdrawal, PublishRequest

# Parsed policies by checksum: what is addressed by its content cannot be another tenant's.
_parsed: dict[str, Policy] = {}
# The same in other languages, by checksum and language.
_in_words: dict[tuple[str, str], Policy] = {}
_MOST_PARSED = 512

FIRST_RESPONSE = "first_response"
# After any withdrawal.
_NEVER = Value(datetime(9999, 1, 1, tzinfo=UTC))
_FROZEN = ("id", "number", "checksum", "effective_at")


@dataclass(frozen=True, slots=True)
class Published:
    """A published version with its policy, ready to be asked.

    `policy` is in the words of the language in which it was looked up, `original` as published.
    """

    id: int
    number: int
    effective_at: datetime
    policy: Policy
    original: Policy


def current_policy(at: datetime) -> Published:
    """Find the policy in effect at `at`: of the versions that have begun, the highest number.

    A later version replaces every earlier one from its first moment on, also one that was to begin
    after it. One that is withdrawn counts up to that moment, for calls are logged late. Raises
    NoPolicy.
    """
    return _published(_versions(withdrawn_by=at).filter(effective_at__lte=at))


def policy_without(version: PolicyVersion, at: datetime) -> Published | None:
    """Find what would be in effect at `at` if a version were withdrawn; None if nothing would."""
    others = _versions(withdrawn_by=at).filter(effective_at__lte=at).exclude(pk=version.pk)
    return _published(others) if others.exists() else None


def latest_policy() -> Published:
    """Find the version published last and not withdrawn, in effect yet or not. Raises NoPolicy."""
    return _published(standing_versions().only(*_FROZEN).order_by("-number"))


def policy_before(version: PolicyVersion) -> Published | None:
    """Find the policy whose place a version takes when it begins; None for the first."""
    earlier = _versions(withdrawn_by=version.effective_at).filter(
        number__lt=version.number, effective_at__lte=version.effective_at
    )
    return _published(earlier) if earlier.exists() else None


def standing_versions() -> QuerySet[PolicyVersion]:
    """List the versions that are not withdrawn."""
    return PolicyVersion.objects.filter(withdrawals=None)


def next_number() -> int:
    """Say which number the next version gets: numbers of withdrawn ones are not used again."""
    return (PolicyVersion.objects.aggregate(highest=Max("number"))["highest"] or 0) + 1


def policy_version(version_id: int) -> Policy:
    """Read one published policy by its id, in the words of now. Raises NotFound."""
    checksum, policy = _version(version_id)
    return in_words(checksum, policy)


def original_version(version_id: int) -> Policy:
    """Read one published policy by its id, as it was published. Raises NotFound."""
    return _version(version_id)[1]


def policies_by_number(numbers: Iterable[int]) -> dict[int, Policy]:
    """Map version numbers to their policies, as `sla.engine.clock.run` takes them.

    In the words of now. Raises NotFound when one of them does not exist.
    """
    found = _numbered(numbers)
    return {number: in_words(checksum, policy) for number, (checksum, policy) in found.items()}


def originals_by_number(numbers: Iterable[int]) -> dict[int, Policy]:
    """Do what `policies_by_number` does, with the policies as they were published."""
    return {number: policy for number, (_checksum, policy) in _numbered(numbers).items()}


def _numbered(numbers: Iterable[int]) -> dict[int, tuple[str, Policy]]:
    wanted = set(numbers)
    versions = list(_versions().filter(number__in=wanted))
    if len(versions) != len(wanted):
        raise NotFound
    policies = _policies(versions)
    return {one.number: (one.checksum, policies[one.checksum]) for one in versions}


def published_versions() -> QuerySet[PolicyVersion]:
    """List the published versions, newest first, without their texts.

    Each has `begun_at`: the first moment at which it counts, in the past or to come, None for one
    that never does; `replaced_by`: the number of the one that had its place at the moment on which
    it was to begin, or None; and `withdrawn_at`, None while it stands.
    """
    withdrawn = PolicyWithdrawal.objects.filter(version=OuterRef("pk"))
    instead = _standing_above("number", "effective_at").order_by("number")
    return (
        PolicyVersion.objects.defer("document")
        .select_related("published_by", "approved_by", "tenant")
        .annotate(
            replaced_by=Subquery(instead.values("number")[:1]),
            withdrawn_at=Subquery(withdrawn.values("withdrawn_at")[:1]),
        )
        .annotate(begun_at=_first_moment())
    )


def _first_moment() -> Case:
    """Find when a version first counts: on its date, or when the one in its place is withdrawn."""
    is_in_time = Q(withdrawn_at=None) | Q(withdrawn_at__gt=F("effective_at"))
    later = PolicyWithdrawal.objects.filter(
        ~Exists(_standing_above(OuterRef("number"), "withdrawn_at")),
        version__number__gt=OuterRef("number"),
        withdrawn_at__gt=OuterRef("effective_at"),
        withdrawn_at__lt=Coalesce(OuterRef("withdrawn_at"), _NEVER),
    ).order_by("withdrawn_at")
    return Case(
        When(is_in_time & Q(replaced_by=None), then=F("effective_at")),
        When(is_in_time, then=Subquery(later.values("withdrawn_at")[:1])),
    )


def _standing_above(number: str | OuterRef, moment: str) -> QuerySet[PolicyVersion]:
    """List the versions of higher numbers than an outer row's that count at a moment of it."""
    at = OuterRef(moment)
    is_standing = Q(withdrawals=None) | Q(withdrawals__withdrawn_at__gt=at)
    higher = PolicyVersion.objects.filter(number__gt=OuterRef(number), effective_at__lte=at)
    return higher.filter(is_standing)


def access_version(number: int) -> PolicyVersion:
    """Find one of `published_versions` by its number. Raises NotFound."""
    version = published_versions().filter(number=number).first()
    if version is None:
        raise NotFound
    return version


def withdrawal_of(version: PolicyVersion) -> PolicyWithdrawal | None:
    """Find how a version was withdrawn, with who did it; None while it stands."""
    return version.withdrawals.select_related("withdrawn_by").first()


def publish_requests() -> QuerySet[PublishRequest]:
    """List what managers asked to publish, newest first, without the texts."""
    people = ("requested_by", "decided_by", "version", "compared_with", "tenant")
    return PublishRequest.objects.select_related(*people).order_by("-id")


def waiting_request() -> PublishRequest | None:
    """Find what waits for a second manager's approval."""
    return publish_requests().filter(state=PublishRequest.State.WAITING).first()


def access_request(request_id: int) -> PublishRequest:
    """Find something that a manager asked to publish. Raises NotFound."""
    request = publish_requests().filter(pk=request_id).first()
    if request is None:
        raise NotFound
    return request


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
        _parsed[checksum] = frozen_policy(text)
    return _parsed[checksum]


def in_words(checksum: str, policy: Policy) -> Policy:
    """Say a frozen policy in the language that is spoken now, once per process and language.

    The original where the vendor has not translated it. No promise depends on it: codes and
    figures are the same.
    """
    language = get_language() or settings.LANGUAGE_CODE
    if not policy.translations:
        return policy
    key = (checksum, language)
    if key not in _in_words:
        while len(_in_words) >= _MOST_PARSED:
            _in_words.pop(next(iter(_in_words)), None)
        _in_words[key] = localized(policy, language)
    return _in_words[key]


def _version(version_id: int) -> tuple[str, Policy]:
    version = _versions().filter(pk=version_id).first()
    if version is None:
        raise NotFound
    return version.checksum, _policies([version])[version.checksum]


def _versions(withdrawn_by: datetime | None = None) -> QuerySet[PolicyVersion]:
    """List the versions, the highest number first, without those withdrawn by a moment."""
    versions = PolicyVersion.objects.only(*_FROZEN).order_by("-number")
    if withdrawn_by is None:
        return versions
    return versions.exclude(withdrawals__withdrawn_at__lte=withdrawn_by)


def _published(versions: QuerySet[PolicyVersion]) -> Published:
    version = versions.first()
    if version is None:
        raise NoPolicy
    original = _policies([version])[version.checksum]
    policy = in_words(version.checksum, original)
    return Published(version.pk, version.number, version.effective_at, policy, original)


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
