"""Withdrawing a published version: from then on it is as if it had never begun."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotFound
from accounts.models import Person
from sla.drafting import check_may, lock_draft
from sla.errors import (
    NothingLeftInEffect,
    PolicyIsFaulty,
    ReasonNeeded,
    WithdrawnAlready,
)
from sla.models import PolicyVersion, PolicyWithdrawal
from sla.notices import tell_of_version
from sla.publishing import publishers
from sla.queries import Published, current_policy, policy_without, standing_versions
from sla.registry import objections, tell_withdrawal_listeners


@transaction.atomic
def withdraw_version(
    *, number: int, by: Person, at: datetime, reason: str, customer_note: str = ""
) -> PolicyWithdrawal:
    """End a version before its time, begun or not; what is in effect without it counts again.

    One manager may do it alone (docs/decisions/0011); all of them are told. Who hears for the
    customers of the version hears of its end, with `customer_note` if there is one.

    Cases opened under it keep their promises until they are retargeted; for moments before `at` it
    still counts. The working copy stays as it is. Locks the working copy. Raises WithdrawnAlready,
    NothingLeftInEffect, PolicyIsFaulty when others object to what would count instead,
    ReasonNeeded, NotAllowed, NotFound.
    """
    check_may(by, "publish_policy")
    draft = lock_draft()
    version = PolicyVersion.objects.filter(number=number).first()
    if version is None:
        raise NotFound
    check_withdrawable(version, at)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    withdrawal = PolicyWithdrawal.objects.create(
        tenant_id=draft.tenant_id,
        version=version,
        withdrawn_at=at,
        withdrawn_by=by,
        reason=reason.strip()[:200],
        customer_note=customer_note.strip(),
    )
    tell_withdrawal_listeners(withdrawal, at)
    tell_of_version("policy_withdrawn", version, publishers(), at)
    return withdrawal


def check_withdrawable(version: PolicyVersion, at: datetime) -> None:
    """Refuse to withdraw what cannot be spared. Raises as `withdraw_version`."""
    if version.withdrawals.exists():
        raise WithdrawnAlready(number=version.number)
    if policy_without(version, at) is None:
        raise NothingLeftInEffect(number=version.number)
    sentences = [
        sentence
        for instead in counting_instead(version, at)
        for sentence in objections(instead.original, at)
    ]
    if sentences:
        raise PolicyIsFaulty(tuple(dict.fromkeys(sentences)))


def counting_instead(version: PolicyVersion, at: datetime) -> list[Published]:
    """List what would count in a version's place from `at` on if it were withdrawn then.

    Several where versions that were never to begin would begin after all; none where it counts
    for nobody.
    """
    first = max(at, version.effective_at)
    kept_back = standing_versions().filter(number__lt=version.number, effective_at__gt=first)
    moments = [first, *kept_back.order_by("effective_at").values_list("effective_at", flat=True)]
    counted = [moment for moment in moments if current_policy(moment).id == version.pk]
    instead = {one.id: one for moment in counted if (one := policy_without(version, moment))}
    return list(instead.values())
