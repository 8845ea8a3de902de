"""What of a company's ends, and when: for the pages that list it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.queries import whereabouts
from entitlements.balances import usable_lots
from entitlements.holdings import Holding
from entitlements.models import Licence, Release
from entitlements.statement import lot_text
from entitlements.support_table import table_of

# Lots that end later than these are on the page of points.
LOTS_TOLD = 5

CONTRACT, DELIVERY, LICENCE, POINTS, RELEASE = (
    "contract",
    "delivery",
    "licence",
    "points",
    "release",
)

# What it is, its words, and the last day.
Found = tuple[str, str | Promise, date]


@dataclass(frozen=True)
class Ending:
    """Something that ends or is due, its last day included; `kind` is one of those above."""

    kind: str
    what: str | Promise
    day: date
    days_left: int

    @property
    def late(self) -> int:
        """Count the days since it was due; below zero while it is not."""
        return -self.days_left


def endings_beside(holding: Holding, at: datetime, told: Collection[int]) -> list[Ending]:
    """List what ends from the holding's day on beside contracts: points, licences, releases.

    `told` are the lots that are told with their contract. Two statements, however much it is.
    """
    found = (
        *_ends_of_lots(holding, at, told),
        *_ends_of_licences(holding),
        *_ends_of_releases(holding),
    )
    return [ending_of(one, holding.on_date) for one in found if one[2] >= holding.on_date]


def ending_of(found: Found, on_date: date) -> Ending:
    """Count the days that are left of something."""
    kind, what, day = found
    return Ending(kind, what, day, (day - on_date).days)


def _ends_of_lots(holding: Holding, at: datetime, told: Collection[int]) -> Iterator[Found]:
    lots = usable_lots(holding.company, at).filter(expires_at__isnull=False)
    where = whereabouts(company=holding.company)
    for lot in lots.exclude(pk__in=told)[:LOTS_TOLD]:
        words = {"lot": lot_text(lot, holding.policy), "left": lot.remaining}
        last = where.date_at(lot.expires_at - timedelta(microseconds=1))
        yield POINTS, _("%(lot)s, %(left)d left") % words, last


def _ends_of_licences(holding: Holding) -> Iterator[Found]:
    """Find the ends of verified licences and maintenance that no other of the product outlasts."""
    verified = [one for one in holding.licences if one.verified_at is not None]
    for one in verified:
        others = [other for other in verified if other.product_id == one.product_id]
        licence, maintenance = one.valid_until, one.maintenance_until
        if licence is not None and _is_last(licence, others):
            yield LICENCE, _("Licence %(number)s") % {"number": one.number}, licence
        if maintenance is None or (licence is not None and licence <= maintenance):
            continue  # A licence that ends takes its maintenance with it.
        if all((other.maintenance_until or date.min) <= maintenance for other in others):
            words = {"number": one.number}
            yield LICENCE, _("Maintenance of licence %(number)s") % words, maintenance


def _is_last(day: date, licences: list[Licence]) -> bool:
    return all((one.valid_until or date.max) <= day for one in licences)


def _ends_of_releases(holding: Holding) -> Iterator[Found]:
    """Find until when the releases are supported that the company's last cases name."""
    named = Q(cases__company=holding.company)
    products = Release.objects.filter(named).values("product")
    found = Release.objects.filter(product__in=products).select_related("product")
    found = found.annotate(last_case=Max("cases__number", filter=named))
    ordered = found.order_by("product", "-version_key")
    for product, group in groupby(ordered, key=lambda release: release.product):
        releases = list(group)
        used = max(releases, key=lambda release: release.last_case or 0)
        facts = holding.facts_for(product)
        table = table_of(product, releases, holding.policy, facts, holding.on_date)
        row = table.row_of(used)
        if row is not None and row.last_day is not None:
            words = {"product": product.name, "version": used.version}
            yield RELEASE, _("Support of %(product)s %(version)s") % words, row.last_day
