"""Who is told what about a company's points, and when; the words are in `points_mail`.

What time brings is found about once an hour by daily tasks; what somebody did is told in the
transaction that did it, and by the next task where that left it out. Everything is told once: by
its entry, by its lot and the number of days, or by what was decided.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts import roles
from accounts.models import Person
from accounts.queries import desk_people, whereabouts
from entitlements.daily import register_daily
from entitlements.models import (
    Correction,
    DailyRun,
    MoneyRefund,
    PointsAccount,
    PointsEntry,
    PointsLot,
)
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy

LOW, EXPIRING = "points_low", "points_expiring"
ADDED = "points_added"
REFUND_ASKED, REFUND_DECIDED = "points_refund_asked", "points_refund_decided"
CORRECTION_ASKED, CORRECTION_DECIDED = "points_correction_asked", "points_correction_decided"
FAULTY = "points_faulty"
# The daily task that fails when the ledger is faulty.
RECONCILING = "points_reconcile"

Kind = PointsEntry.Kind
# What came back for a case is told with the case, by the layer above.
ADDING = (Kind.PURCHASE, Kind.GRANT)
# What the daily work looks back on, so that nothing is left untold after a night without it.
LOOK_BACK = timedelta(days=3)
# The widest two zones are apart; what is near enough is then judged by the customer's calendar.
A_DAY_APART = timedelta(days=1)
AN_INSTANT = timedelta(microseconds=1)

# A kind, who gets it, its refs, and the reason that it is told by.
Notice = tuple[str, Person, Refs, object]


def register_points_notices() -> None:
    """Have the daily work look for what people are to be told. After the ledger's own tasks."""
    register_daily("points_low", tell_low_balances)
    register_daily("points_expiring", tell_expiring_lots)
    register_daily("points_entries", tell_new_entries)
    register_daily("points_refunds", tell_asked_refunds)
    register_daily("points_faults", tell_of_faults)


def tell_low_balances(at: datetime) -> None:
    """Tell companies whose points have fallen to the policy's low mark or below it.

    Once for each entry that brought a balance from above the mark: after a purchase it is told
    anew. Three statements, however many companies.
    """
    mark = _policy_mark(at)
    if mark is None:
        return
    falls = PointsEntry.objects.filter(
        company=OuterRef("company"), points__lt=0, balance_after__lte=mark
    ).filter(balance_after__gt=mark + F("points"))
    accounts = PointsAccount.objects.annotate(
        usable=_usable_points(OuterRef("company"), at),
        fall=Subquery(falls.order_by("-seq").values("pk")[:1]),
    ).filter(usable__lte=mark, fall__isnull=False)
    found = list(accounts)
    people = addressees({account.company_id for account in found})
    _queue(
        at,
        (
            (LOW, person, {"company": account.company_id}, account.fall)
            for account in found
            for person in people[account.company_id]
        ),
    )


def tell_expiring_lots(at: datetime) -> None:
    """Tell companies of points that end within the policy's numbers of days (SC-05, MX-01).

    Days are counted on the customer's calendar, to the last day on which they can be spent. Of
    several numbers that are reached the smallest counts, once for each lot. Two statements.
    """
    policy = _policy(at)
    days = policy.notices.points_days if policy else ()
    if not days:
        return
    ends_by = at + timedelta(days=max(days)) + 2 * A_DAY_APART
    lots = PointsLot.objects.filter(remaining__gt=0, expires_at__gt=at, expires_at__lte=ends_by)
    reached = [(lot, _reached(lot, days, at)) for lot in lots.select_related("company__tenant")]
    people = addressees({lot.company_id for lot, number in reached if number is not None})
    _queue(
        at,
        (
            (EXPIRING, person, {"lot": lot.pk, "days": number}, f"{lot.pk}:{number}")
            for lot, number in reached
            if number is not None
            for person in people[lot.company_id]
        ),
    )


def tell_new_entries(at: datetime) -> None:
    """Tell of purchases and grants that nobody was told of when they were entered."""
    entries = PointsEntry.objects.filter(kind__in=ADDING, recorded_at__gt=at - LOOK_BACK)
    tell_of_entries(entries.order_by("pk"), at)


def tell_of_entries(entries: Iterable[PointsEntry], at: datetime) -> None:
    """Tell companies of points that were bought by them or granted to them."""
    found = list(entries)
    people = addressees({entry.company_id for entry in found})
    _queue(
        at,
        (
            (ADDED, person, {"entry": entry.pk}, entry.pk)
            for entry in found
            for person in people[entry.company_id]
        ),
    )


def tell_asked_refunds(at: datetime) -> None:
    """Tell the managers of money refunds that wait to be paid."""
    refunds = MoneyRefund.objects.filter(state=MoneyRefund.State.ASKED)
    managers = list(_managers())
    _queue(
        at,
        (
            (REFUND_ASKED, person, {"refund": refund.pk}, refund.pk)
            for refund in refunds.order_by("pk")
            for person in managers
        ),
    )


def tell_of_refund(refund: MoneyRefund, at: datetime) -> None:
    """Tell who asked for money that it is paid, or that the points are back instead."""
    asker = refund.asked_by
    if asker is not None and asker.is_customer and asker.is_active:
        people = [asker]
    else:
        people = addressees({refund.company_id})[refund.company_id]
    _queue(
        at,
        (
            (REFUND_DECIDED, person, {"refund": refund.pk}, f"{refund.pk}:{refund.state}")
            for person in people
        ),
    )


def tell_of_asked_correction(correction: Correction, at: datetime) -> None:
    """Tell the other managers that a correction waits for one of them."""
    others = _managers().exclude(pk=correction.asked_by_id)
    refs: Refs = {"correction": correction.pk}
    _queue(at, ((CORRECTION_ASKED, person, refs, correction.pk) for person in others))


def tell_of_decided_correction(correction: Correction, at: datetime) -> None:
    """Tell who asked for a correction what became of it."""
    refs: Refs = {"correction": correction.pk}
    _queue(at, [(CORRECTION_DECIDED, correction.asked_by, refs, correction.pk)])


def tell_of_faults(at: datetime) -> None:
    """Tell the managers, once a day, that sums of their ledger do not hold."""
    if not DailyRun.objects.filter(name=RECONCILING, failed_at__isnull=False).exists():
        return
    day = at.date().isoformat()
    _queue(at, ((FAULTY, person, {"on": day}, day) for person in _managers()))


def addressees(company_ids: Iterable[int]) -> dict[int, list[Person]]:
    """Find by company who hears of its points: its admins, else its contacts who may file."""
    ids = set(company_ids)
    people = Person.objects.filter(
        company__in=ids, is_active=True, role__in=roles.CUSTOMERS
    ).exclude(email="")
    admins: dict[int, list[Person]] = defaultdict(list)
    filers: dict[int, list[Person]] = defaultdict(list)
    for person in people.order_by("name", "id") if ids else ():
        assert person.company_id is not None  # the customers' roles have one, by a constraint
        if person.role == roles.COMPANY_ADMIN:
            admins[person.company_id].append(person)
        elif person.may_file:
            filers[person.company_id].append(person)
    return {company_id: admins[company_id] or filers[company_id] for company_id in ids}


def _reached(lot: PointsLot, days: Iterable[int], at: datetime) -> int | None:
    """Find the smallest number of days that is reached; None while there are more."""
    assert lot.expires_at is not None  # the caller looks for those that end
    zone = ZoneInfo(whereabouts(company=lot.company).time_zone)
    last_day = (lot.expires_at.astimezone(zone) - AN_INSTANT).date()
    left = (last_day - at.astimezone(zone).date()).days
    return min((number for number in days if left <= number), default=None)


def _usable_points(company: OuterRef, at: datetime) -> Coalesce:
    lots = PointsLot.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=at), company=company, remaining__gt=0
    )
    sums = lots.order_by().values("company").annotate(points=Sum("remaining")).values("points")
    return Coalesce(Subquery(sums), 0)


def _managers() -> QuerySet[Person]:
    return desk_people().filter(role=roles.MANAGER)


def _policy(at: datetime) -> Policy | None:
    try:
        return current_policy(at).policy
    except NoPolicy:
        return None


def _policy_mark(at: datetime) -> int | None:
    policy = _policy(at)
    return policy.notices.low_points if policy else None


def _queue(at: datetime, notices: Iterable[Notice]) -> None:
    messages = [
        Queued(kind, person.pk, refs, dedupe_key=f"{kind}:{reason}:{person.pk}")
        for kind, person, refs, reason in notices
    ]
    if messages:
        queue_messages(messages=messages, at=at)
