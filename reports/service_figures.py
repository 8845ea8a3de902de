"""The figures of a month for companies: promises, misses, cases, points, what ends soon.

Numbers, codes and moments, in the plain types of JSON. Moments are epoch seconds in UTC, days are
written as 2026-02-28.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Company
from accounts.queries import whereabouts
from entitlements.holdings import policy_at
from entitlements.models import Contract, PointsEntry, PointsLot
from entitlements.release_lists import ending_soon
from reports.promises import MISSED, OUTCOMES, Chosen, counted, listed
from reports.spans import Span
from reports.words import plan_name
from tickets.models import Case

FORM = 1  # of the figures; a later one may say more
# Points that end within so many days after the month are told.
EXPIRING_WITHIN = timedelta(days=90)
AN_INSTANT = timedelta(microseconds=1)
# Of a whole vendor; far beyond what a month brings.
MOST_MISSES = 1_000_000

Figures = dict[str, Any]
Kind = PointsEntry.Kind
# What is told of the points that moved, by the kinds of the ledger's entries.
MOVES: Mapping[str, tuple[str, ...]] = {
    "spent": (Kind.SPEND,),
    "back": (Kind.CREDIT, Kind.REVERSAL),
    "added": (Kind.PURCHASE, Kind.INCLUDED, Kind.GRANT),
    "expired": (Kind.EXPIRY,),
    "other": (Kind.MONEY_REFUND, Kind.CORRECTION),
}


def checksum_of(figures: Figures) -> str:
    """Sum the canonical text of figures up: SHA-256 in hexadecimal."""
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def has_news(figures: Figures) -> bool:
    """Tell whether there is anything that is worth a mail."""
    cases, points = figures["cases"], figures["points"]
    return bool(
        any(cases.values())
        or any(row["kept"] or row["missed"] for row in figures["promises"])
        or figures["releases"]
        or points
        and (points["expiring"] or any(points[name] for name in MOVES))
    )


def figures_of(month: Span, companies: Mapping[int, Company], at: datetime) -> dict[int, Figures]:
    """Work out the figures of a month for some companies. A dozen statements, however many."""
    promises, misses = _promises(month, companies, at), _misses(month, companies, at)
    cases, points = _cases(month, companies), _points(month, companies, at)
    releases, plans = _releases(companies, at), _plans(month, companies, at)
    return {
        pk: {
            "form": FORM,
            "first_on": str(month.first_on),
            "last_on": str(month.last_on),
            "zone": month.zone,
            "customer_zone": whereabouts(company=company).time_zone,
            "plans": plans.get(pk, []),
            "promises": promises.get(pk, []),
            "misses": misses.get(pk, []),
            "cases": cases.get(pk, dict.fromkeys(CASES, 0)),
            "points": points.get(pk),
            "releases": releases.get(pk, []),
        }
        for pk, company in companies.items()
    }


def _promises(month: Span, companies: Iterable[int], at: datetime) -> dict[int, list[Figures]]:
    wanted = set(companies)
    found: dict[int, list[Figures]] = defaultdict(list)
    for row in counted(month, "company", None, at):
        if int(row.value) in wanted:
            outcomes = {name: getattr(row.count, name) for name in OUTCOMES}
            found[int(row.value)].append({"clock": row.clock} | outcomes)
    return found


def _misses(
    month: Span, companies: Mapping[int, Company], at: datetime
) -> dict[int, list[Figures]]:
    only = next(iter(companies)) if len(companies) == 1 else None
    chosen = Chosen(outcome=MISSED)
    if only is not None:
        chosen = Chosen(outcome=MISSED, by="company", value=str(only))
    found = listed(month, chosen, None, at, most=MOST_MISSES)
    cases = Case.objects.only("pk", "number", "company").in_bulk({one.case_id for one in found})
    misses: dict[int, list[Figures]] = defaultdict(list)
    for one in reversed(found):
        case = cases[one.case_id]
        misses[case.company_id].append(
            {
                "number": case.number,
                "clock": one.clock,
                "started_seq": one.started_seq,
                "from": _epoch(one.started_at),
                "due": _epoch(one.due_at),
                "ended": _epoch(one.ended_at),
            }
        )
    return misses


CASES = ("opened", "solved", "closed", "open_at_end")


def _cases(month: Span, companies: Mapping[int, Company]) -> dict[int, Figures]:
    since, until = month.since, month.until
    ended = Q(resolved_at__lt=until) | Q(closed_at__lt=until)
    counts = {
        "opened": Q(opened_at__gte=since, opened_at__lt=until),
        "solved": Q(resolved_at__gte=since, resolved_at__lt=until),
        "closed": Q(closed_at__gte=since, closed_at__lt=until),
        "open_at_end": Q(opened_at__lt=until) & ~ended,
    }
    cases = Case.objects.filter(company__in=companies, opened_at__lt=until)
    sums = {f"number_{name}": Count("pk", filter=counts[name]) for name in CASES}
    rows = cases.order_by().values_list("company").annotate(**sums)
    return {pk: dict(zip(CASES, figures, strict=True)) for pk, *figures in rows}


def _points(month: Span, companies: Mapping[int, Company], at: datetime) -> dict[int, Figures]:
    entries = PointsEntry.objects.filter(company__in=companies, occurred_at__lt=month.until)
    in_month = Q(occurred_at__gte=month.since)
    sums = {
        name: Sum("points", filter=in_month & Q(kind__in=kinds), default=0)
        for name, kinds in MOVES.items()
    }
    rows: Any = entries.order_by().values("company").annotate(balance=Sum("points"), **sums)
    expiring = _expiring(month, companies, at)
    return {
        row["company"]: {
            **{name: abs(row[name]) if name != "other" else row[name] for name in MOVES},
            "balance": row["balance"],
            "expiring": expiring.get(row["company"], []),
        }
        for row in rows
    }


def _expiring(
    month: Span, companies: Mapping[int, Company], at: datetime
) -> dict[int, list[Figures]]:
    lots = PointsLot.objects.filter(
        company__in=companies,
        remaining__gt=0,
        expires_at__gt=at,
        expires_at__lte=month.until + EXPIRING_WITHIN,
    )
    found: dict[int, list[Figures]] = defaultdict(list)
    for lot in lots.order_by("expires_at", "pk"):
        zone = ZoneInfo(whereabouts(company=companies[lot.company_id]).time_zone)
        assert lot.expires_at is not None  # selected by it
        last = (lot.expires_at.astimezone(zone) - AN_INSTANT).date()
        found[lot.company_id].append({"points": lot.remaining, "last_day": str(last)})
    return found


def _releases(companies: Mapping[int, Company], at: datetime) -> dict[int, list[Figures]]:
    """List the releases whose support ends soon, by the companies that are known to be on them."""
    found: dict[int, list[Figures]] = defaultdict(list)
    for one in ending_soon(at):
        release = one.supported.release
        told = {
            "product": release.product.name,
            "version": release.version,
            "last_day": str(one.supported.last_day),
            "upgrade": one.upgrade.version if one.upgrade and one.upgrade != release else "",
        }
        for row in one.rows:
            if row.company.pk in companies and row.case_number is not None:
                found[row.company.pk].append(told)
    return found


def _plans(month: Span, companies: Mapping[int, Company], at: datetime) -> dict[int, list[str]]:
    policy = policy_at(at)
    found: dict[int, list[str]] = defaultdict(list)
    for company, code in contracts_of(month, companies).values_list("company", "plan"):
        name = plan_name(policy, code) if code else ""
        if name and name not in found[company]:
            found[company].append(name)
    return found


def contracts_of(month: Span, companies: Mapping[int, Company]) -> QuerySet[Contract]:
    runs_on = Q(ends_on__isnull=True) | Q(ends_on__gte=month.first_on)
    contracts = Contract.objects.filter(runs_on, starts_on__lte=month.last_on)
    return contracts.filter(company__in=companies).order_by("starts_on", "pk")


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def moment_of(seconds: int | None) -> datetime | None:
    """Read a moment of the figures."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def day_of(text: str) -> date:
    """Read a day of the figures."""
    return date.fromisoformat(text)
