"""The desk's queue: its views, their order, what groups them, and how many cases are in each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case as Case_
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import OrderBy

from accounts.errors import NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from sla.engine.policy import Policy
from sla.queries import current_policy
from tickets.models import Case, CaseQuestion, LevelRequest, ReopenRequest, StoredClock
from tickets.queries import OPEN, OURS, UNOWNED, visible_cases
from tickets.timeline import NOT_AN_ANSWER, PROGRESS

# Beyond so many it is only said that there are more: nobody works through them one by one.
MOST_COUNTED = 1_000
LONG = timedelta(days=3)
# What the queue can be grouped by, and the column whose values are the groups.
GROUPS: Mapping[str, str] = {
    "owner": "owner_id",
    "team": "team_id",
    "tier": "tier",
    "severity": "severity",
    "priority": "priority",
    "case_type": "case_type",
    "status": "status",
    "company": "company_id",
    "plan": "plan",
    "product": "product_id",
    "release": "release_id",
}
LEVELS = ("severity", "priority")
NAMED = {
    "owner": "owner__name",
    "team": "team__name",
    "company": "company__name",
    "product": "product__name",
    "release": "release__version_key",
}
# Of a case that something else is about.
OPEN_OF_CASE = Q(case__status__in=(Case.Status.OPEN, Case.Status.WAITING))

# The codes that there are on cases are found by a hop through the index from each to the next.
LEVEL_BY_LEVEL = """
    WITH RECURSIVE level (code) AS (
        SELECT min({axis}) FROM tickets_case WHERE tenant_id = %s
        UNION ALL
        SELECT (SELECT min({axis}) FROM tickets_case WHERE tenant_id = %s AND {axis} > code)
        FROM level WHERE code IS NOT NULL
    )
    SELECT stretch.id
    FROM level CROSS JOIN LATERAL ({cases}) stretch (id, next_due_at, number)
    WHERE level.code IS NOT NULL AND level.code <> ALL(%s)
    ORDER BY coalesce(array_position(%s::text[], level.code::text), %s),
        CASE WHEN %s THEN level.code END, stretch.next_due_at NULLS LAST, stretch.number
    OFFSET %s LIMIT %s
"""

Condition = Callable[[Person, datetime], Q]
_more_views: dict[str, Condition] = {}


def register_view(code: str, condition: Condition) -> None:
    """Add a view to the queue that an app above knows of; from `AppConfig.ready`.

    Its condition may compare with the key of the person and with the moment, and ask for nothing
    else of them: see `tickets.counting`.
    """
    _more_views[code] = condition


def queue_filters(person: Person, at: datetime, policy: Policy | None = None) -> dict[str, Q]:
    """Name the views of the desk's queue and what each selects.

    `policy` is the one in effect, where it is at hand; here and below it is looked up otherwise.
    """
    return {view: choose() for view, choose in _views(person, at, policy).items()}


def _views(person: Person, at: datetime, policy: Policy | None) -> dict[str, Callable[[], Q]]:
    """Map each view to what makes its condition: a list has one view, and pays for no other."""
    waiting = Q(status=Case.Status.WAITING)
    views: dict[str, Callable[[], Q]] = {
        "open": lambda: OURS,
        "breached": lambda: OURS & Q(next_due_at__lt=at) & Q(Exists(_late_answers(at))),
        "at_risk": lambda: OURS & Q(next_due_at__gte=at) & Q(Exists(_risky_answers(at))),
        "due_today": lambda: OURS & Q(next_due_at__gte=at, next_due_at__lt=end_of_day(person, at)),
        "dispatch": lambda: OPEN & _severest(policy or current_policy(at).policy),
        "to_decide": _to_decide,
        "stalled": lambda: OURS & Q(Exists(_late_clocks(at).filter(kind=PROGRESS))),
        "unassigned": lambda: OURS & UNOWNED,
        "mine": lambda: OPEN & Q(owner=person),
        "my_teams": lambda: OURS & Q(team__in=person.teams.order_by()),
        "waiting": lambda: waiting,
        "waiting_long": lambda: waiting & Q(Exists(_asked_before(at - LONG))),
        "solved": lambda: Q(status=Case.Status.RESOLVED),
        "all": Q,
    }
    more = {code: partial(condition, person, at) for code, condition in _more_views.items()}
    return views | more


def queue(
    person: Person,
    view: str,
    at: datetime,
    *,
    group: str = "",
    policy: Policy | None = None,
    seen: QuerySet[Case] | None = None,
) -> QuerySet[Case]:
    """List a view of the queue in the policy's order (MX-15, MX-22, MS-07), group after group.

    `seen` are the cases that the person may see, where they are at hand. Raises NotFound for a
    view, and for a way to group, that there is not.
    """
    policy = policy or current_policy(at).policy
    views = _views(person, at, policy)
    if view not in views or group not in ("", *GROUPS):
        raise NotFound
    cases = (visible_cases(person) if seen is None else seen).filter(views[view]())
    # Where a call is owed, somebody has to see to it that it comes (MX-07).
    first = [F("call_owed").desc()] if view == "dispatch" else []
    grouped = _group_order(policy, group) if group else []
    return cases.order_by(*grouped, *first, *_queue_order(policy), "number")


def keys_in_order(
    cases: QuerySet[Case],
    policy: Policy,
    group: str,
    *,
    first: int,
    most: int,
    without: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> list[int]:
    """Read the keys of a stretch of a list of `queue` that may be of all cases there ever were.

    Where the policy sorts by a level and then by what is due, an index has each level in that
    order: of each so many are read as the stretch can need, and the rest is never put in order.
    `without` names by axis the levels that no case of the list has; all cases of such a level would
    be read in vain.
    """
    axis, *then = policy.queue_order
    if axis not in LEVELS or then != ["due"] or group not in ("", axis):
        return list(cases.values_list("pk", flat=True)[first : first + most])
    level = cases.extra(where=[f'tickets_case."{axis}" = level.code'])  # noqa: S610
    ordered = level.order_by(F("next_due_at").asc(nulls_last=True), "number")
    columns = ordered.values_list("pk", "next_due_at", "number")[: first + most]
    try:
        statement, params = columns.query.sql_with_params()
    except EmptyResultSet:
        return []
    codes = [level.code for level in policy.levels(axis)]
    with connection.cursor() as cursor:
        told = LEVEL_BY_LEVEL.format(axis=axis, cases=statement)
        home, gone = current_tenant_id(), list(without.get(axis, ()))
        order: list[Any] = [codes, len(codes) + 1, bool(group), first, most]
        cursor.execute(told, [home, home, *params, gone, *order])
        return [key for (key,) in cursor.fetchall()]


def count_groups(cases: QuerySet[Case], group: str) -> dict[object, int]:
    """Count the cases of a list by the values of what groups it."""
    column = GROUPS[group]
    return dict(cases.order_by().values_list(column).annotate(Count("pk")))


def watched_levels(policy: Policy) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Name what a dispatcher watches, by axis: a call is required, or the worst level (SC-10)."""
    watched = []
    for place, axis in enumerate(policy.axes):
        levels = policy.levels(axis)
        called = tuple(level.code for level in levels if level.call != "none")
        worst = (levels[0].code,) if place == 0 and levels else ()
        watched.append((axis, called or worst))
    return tuple(watched)


def _severest(policy: Policy) -> Q:
    watched = Q(pk__in=())
    for axis, codes in watched_levels(policy):
        watched |= Q(**{f"{axis}__in": codes})
    return watched


def _to_decide() -> Q:
    """Choose the cases whose customers wait for a yes or a no of the desk."""
    levels = LevelRequest.objects.filter(
        OPEN_OF_CASE, state=LevelRequest.State.WAITING, kind=LevelRequest.Kind.ASKED
    )
    reopenings = ReopenRequest.objects.filter(
        case__status=Case.Status.CLOSED, state=ReopenRequest.State.WAITING
    )
    # Both are few and have indexes: asked of every case instead, all cases would be read.
    return Q(pk__in=levels.values("case").union(reopenings.values("case")))


def _late_clocks(at: datetime) -> QuerySet[StoredClock]:
    # An order to page is due at once and yet never late (MS-05).
    return StoredClock.objects.filter(
        case=OuterRef("pk"), ended_at=None, counts=True, due_at__lt=at
    )


def _late_answers(at: datetime) -> QuerySet[StoredClock]:
    # What the desk only aims at was promised to nobody.
    return _late_clocks(at).filter(is_promised=True).exclude(kind__in=NOT_AN_ANSWER)


def _risky_answers(at: datetime) -> QuerySet[StoredClock]:
    clocks = StoredClock.objects.filter(
        case=OuterRef("pk"), ended_at=None, counts=True, is_promised=True
    )
    return clocks.filter(at_risk_at__lte=at, due_at__gte=at).exclude(kind__in=NOT_AN_ANSWER)


def _asked_before(at: datetime) -> QuerySet[CaseQuestion]:
    return CaseQuestion.objects.filter(
        case=OuterRef("pk"), state=CaseQuestion.State.OPEN, asked_at__lt=at
    )


def end_of_day(person: Person, at: datetime) -> datetime:
    """Find midnight on the wall clock that a person reads."""
    zone = ZoneInfo(person.time_zone or person.tenant.time_zone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone)


def _queue_order(policy: Policy) -> list[OrderBy]:
    return [
        F("next_due_at").asc(nulls_last=True) if key == "due" else _rank(policy, key).asc()
        for key in policy.queue_order
    ]


def _group_order(policy: Policy, group: str) -> list[OrderBy]:
    """Put groups in their order: levels as the policy has them, names by the alphabet."""
    if group in LEVELS:
        return [_rank(policy, group).asc(), F(group).asc()]
    if group in NAMED:
        # What nobody has, and what has no team, wants to be seen first.
        return [F(NAMED[group]).asc(nulls_first=True), F(GROUPS[group]).asc()]
    if group == "status":
        return [_ranked("status", list(Case.Status.values)).asc()]
    return [F(group).asc()]


def _rank(policy: Policy, axis: str) -> Case_:
    """Rank the levels of an axis as the policy lists them; codes do not sort by themselves."""
    return _ranked(axis, [level.code for level in policy.levels(axis)])


def _ranked(column: str, codes: list[str]) -> Case_:
    whens = [When(**{column: code}, then=Value(rank)) for rank, code in enumerate(codes)]
    return Case_(*whens, default=Value(len(codes)), output_field=IntegerField())
