"""What the pages of publishing show: comparisons, requests and versions, for their templates."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.zones import moment_text
from sla.approval import check_still_fits
from sla.comparison import Difference, dated, differences
from sla.engine.document import frozen_policy
from sla.engine.lint import ERROR
from sla.engine.policy import Policy
from sla.errors import NoPolicy, RequestOutdated, RequestTooLate
from sla.findings import Told, findings_of
from sla.models import PolicyVersion, PolicyWithdrawal, PublishRequest
from sla.pages import Edited
from sla.promises import Grid, grids
from sla.publishing import BEGINNING, approvers_beside
from sla.queries import (
    Published,
    current_policy,
    original_version,
    policy_before,
    policy_without,
    published_versions,
    withdrawal_of,
)
from sla.registry import publish_figures


@dataclass(frozen=True, slots=True)
class Comparison:
    """The working copy beside a published version."""

    number: int
    is_in_effect: bool
    is_same: bool
    changes: tuple[Difference, ...]
    grids: list[Grid]


def comparisons(copy: Edited, at: datetime) -> list[Comparison]:
    """Compare with what is in effect at `at`, then with the version published last if it waits."""
    beside = [copy.latest] if copy.latest else []
    try:
        current = current_policy(at)
    except NoPolicy:
        current = None
    if current is not None and (not copy.latest or current.number != copy.latest.number):
        beside.insert(0, current)
    return [
        Comparison(
            number=one.number,
            is_in_effect=current is not None and one.number == current.number,
            is_same=one.original == copy.policy,
            changes=differences(one.original, copy.policy),
            grids=changed_grids(one.original, copy.policy),
        )
        for one in beside
    ]


def not_begun(at: datetime) -> list[tuple[PolicyVersion, str]]:
    """List the versions that are published, but not in effect yet at `at`, with their beginning."""
    waiting = published_versions().filter(begun_at__gt=at)
    return [(version, effective_text(version)) for version in waiting.order_by("number")]


def effective_text(version: PolicyVersion) -> str:
    """Say from when a version of `published_versions` counts, on the vendor's wall clock."""
    zone = version.tenant.time_zone
    if version.begun_at is None:
        return _never_text(version)
    starts = _start_text(version)
    if version.withdrawn_at is None:
        return starts
    withdrawn = {"starts": starts, "moment": moment_text(version.withdrawn_at, zone)}
    return _("%(starts)s, withdrawn on %(moment)s") % withdrawn


def _never_text(version: PolicyVersion) -> str:
    if version.withdrawn_at is None:
        replaced = {"number": version.replaced_by}
        return _("never in effect: replaced by version %(number)d") % replaced
    withdrawn = {"moment": moment_text(version.withdrawn_at, version.tenant.time_zone)}
    return _("never in effect: withdrawn on %(moment)s") % withdrawn


def _start_text(version: PolicyVersion) -> str:
    starts_at = version.begun_at or version.effective_at
    if starts_at <= BEGINNING:
        return _("the beginning")
    return moment_text(starts_at, version.tenant.time_zone)


def published_text(version: PolicyVersion) -> str:
    """Say when a version was published, on the vendor's wall clock."""
    return moment_text(version.published_at, version.tenant.time_zone)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a policy would do if it were published: whom it touches, what is odd about it.

    `errors`: what cannot work.
    """

    errors: list[Told]
    findings: list[Told]
    figures: tuple[str, ...]


def weighed(policy: Policy, at: datetime, zone: str) -> Weighed:
    """Ask the linter, and the other apps whom publishing would touch; `zone` is the vendor's."""
    today = at.astimezone(ZoneInfo(zone)).date()
    found = findings_of(policy, today)
    return Weighed(
        errors=[told for told in found if told.severity == ERROR],
        findings=[told for told in found if told.severity != ERROR],
        figures=publish_figures(policy),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to publish as somebody looks at it, and what that person may do about it."""

    request: PublishRequest
    policy: Policy
    changes: list[str]
    grids: list[Grid]
    begins: str
    asked_at: str
    decided_at: str
    obstacle: str
    is_waiting: bool
    may_approve: bool
    may_publish_alone: bool
    may_take_back: bool


def asked(request: PublishRequest, person: Person, at: datetime) -> Asked:
    """Prepare a request for `person`, who may publish, at `at`."""
    zone = request.tenant.time_zone
    before = original_version(request.compared_with_id) if request.compared_with_id else None
    policy = frozen_policy(request.document)
    begins = moment_text(request.effective_at, zone) if request.effective_at else ""
    is_waiting = request.state == PublishRequest.State.WAITING
    is_own = request.requested_by_id == person.pk
    return Asked(
        request=request,
        policy=policy,
        changes=dated(differences(before, policy), begins),
        grids=changed_grids(before, policy),
        begins=begins,
        asked_at=moment_text(request.requested_at, zone),
        decided_at=moment_text(request.decided_at, zone) if request.decided_at else "",
        obstacle=_obstacle(request, at) if is_waiting else "",
        is_waiting=is_waiting,
        may_approve=is_waiting and not is_own,
        may_publish_alone=is_waiting and is_own and not approvers_beside(person),
        may_take_back=is_waiting and (is_own or not request.requested_by.may("publish_policy")),
    )


def _obstacle(request: PublishRequest, at: datetime) -> str:
    try:
        check_still_fits(request, at)
    except (RequestOutdated, RequestTooLate) as overtaken:
        return str(overtaken)
    return ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as its page shows it."""

    version: PolicyVersion
    published_at: str
    effective_at: str
    starts: str
    before: Published | None
    changes: tuple[Difference, ...]
    grids: list[Grid]
    withdrawal: PolicyWithdrawal | None
    withdrawn_at: str
    is_alone: bool
    may_withdraw: bool


def shown(version: PolicyVersion, at: datetime) -> Shown:
    """Prepare one of `published_versions` for its page, looked at `at`."""
    before = policy_before(version)
    policy = original_version(version.pk)
    withdrawal = withdrawal_of(version)
    zone = version.tenant.time_zone
    return Shown(
        version=version,
        published_at=published_text(version),
        effective_at=effective_text(version),
        starts=_start_text(version) if before else "",
        before=before,
        changes=differences(before.original if before else None, policy),
        grids=changed_grids(before.original, policy) if before else [],
        withdrawal=withdrawal,
        withdrawn_at=moment_text(withdrawal.withdrawn_at, zone) if withdrawal else "",
        is_alone=version.published_by is not None and version.approved_by is None,
        may_withdraw=withdrawal is None and policy_without(version, at) is not None,
    )


@dataclass(frozen=True, slots=True)
class Without:
    """What counts instead of a version that is withdrawn, and what that changes.

    `begins` is when it would have begun, "" for one that has. `is_replaced`: it counts for nobody.
    """

    number: int
    changes: list[str]
    begins: str
    is_replaced: bool


def without(version: PolicyVersion, at: datetime) -> Without | None:
    """Look ahead at a withdrawal at `at`; None when nothing would be promised then."""
    if policy_without(version, at) is None:
        return None
    moment = max(at, version.effective_at)
    counts, instead = current_policy(moment), policy_without(version, moment)
    if instead is None:
        return None
    return Without(
        number=instead.number,
        changes=dated(differences(counts.original, instead.original), ""),
        begins=_start_text(version) if version.effective_at > at else "",
        is_replaced=counts.id != version.pk,
    )


def changed_grids(before: Policy | None, after: Policy) -> list[Grid]:
    """Draw the clocks in which a cell changes."""
    return [grid for grid in grids(before, after) if grid.is_changed]
