"""Time what points cost: spends a second at 1 and 1,000 lots, and 100 cases opened at once.

    python benchmarks/ledger.py [--spends N]

Everything happens in an embedded server of its own, which is erased at the end. Of the 100 cases
ten have enough points. Ends with 1 if another number of them is opened, if one fails in another
way, or if the sums do not hold.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.settings"
os.environ.pop("DATABASE_URL", None)
os.environ["SUPPORTDESK_STATE_DIR"] = STATE = tempfile.mkdtemp(prefix="supportdesk-ledger-")
os.chmod(STATE, 0o711)  # noqa: S103  # root's PostgreSQL runs as somebody else

import django  # noqa: E402  # the environment above comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connections  # noqa: E402

from accounts.actions import add_company, add_person  # noqa: E402
from accounts.models import Company, Person, Tenant  # noqa: E402
from accounts.tenancy import tenant  # noqa: E402
from entitlements.balances import reconcile, trial_balance  # noqa: E402
from entitlements.ledger import (  # noqa: E402
    Kind,
    Reason,
    add_points,
    lock_points,
    spend_points,
    write_entry,
)
from entitlements.models import PointsLot  # noqa: E402
from supportdesk.local import embedded, erase  # noqa: E402
from tickets.actions.opening import open_case  # noqa: E402
from tickets.errors import FilingRefused  # noqa: E402
from tickets.filing import Wish  # noqa: E402

OPENS, ENOUGH_FOR, PRICE = 100, 10, 10
# The embedded server gives out 80 connections: 70 cases are being opened at any time.
CONNECTIONS = 70


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spends", type=int, default=300)
    spends = parser.parse_args().spends
    try:
        embedded.ensure(migrate=True)
        call_command("load_policy", str(REPOSITORY / "policies" / "scalix.toml"), stdout=sys.stderr)
        home = Tenant.objects.get(slug="scalix")
        for lots in (1, 1_000):
            report_spends(home, lots, spends)
        return report_opens(home)
    finally:
        connections.close_all()
        embedded.leave()
        erase.main()
        shutil.rmtree(STATE, ignore_errors=True)


def report_spends(home: Tenant, lots: int, spends: int) -> None:
    """Spend one point after another, each in a transaction of its own."""
    company, _contact = customer(home, f"Lots {lots}")
    with tenant(home) as at:
        fill(company, lots, spends, at)
    analyze()
    began = time.perf_counter()
    for number in range(spends):
        with tenant(home) as at:
            spend_points(
                company=company,
                points=1,
                reason_key=f"{company.pk}-{number}",
                case_number=number,
                by=None,
                at=at,
            )
    seconds = time.perf_counter() - began
    print(f"{lots} lots: {spends / seconds:.0f} spends/s ({seconds / spends * 1000:.1f} ms each)")


def report_opens(home: Tenant) -> int:
    """Open 100 cases at once where there is enough for ten."""
    company, contact = customer(home, "Opens")
    with tenant(home) as at:
        add_points(
            company=company,
            points=ENOUGH_FOR * PRICE,
            source="purchase",
            reason_key="opens",
            by=None,
            at=at,
            expires_at=None,
        )
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        outcomes = Counter(pool.map(lambda number: opened(home, contact, number), range(OPENS)))
    seconds = time.perf_counter() - began
    with tenant(home) as at:
        faults, sums = reconcile(at), trial_balance(company)
    print(f"{OPENS} opens at once in {seconds:.2f} s: {dict(outcomes)}, {sums}, faults {faults}")
    wanted = {"opened": ENOUGH_FOR, "points_short": OPENS - ENOUGH_FOR}
    return 0 if outcomes == wanted and not faults and not sum(sums.values()) else 1


def opened(home: Tenant, contact: Person, number: int) -> str:
    """Open one case in a transaction of its own; tell what came of it."""
    try:
        with tenant(home) as at:
            wish = Wish(company=contact.company, contact=contact, channel="portal")
            open_case(wish=wish, subject=f"Case {number}", body="It stands.", by=contact, at=at)
    except FilingRefused as refused:
        return ",".join(refused.codes)
    except DatabaseError as error:  # a deadlock must not go unseen
        return repr(error)
    finally:
        connections.close_all()
    return "opened"


def customer(home: Tenant, name: str) -> tuple[Company, Person]:
    with tenant(home):
        company = add_company(name=name, time_zone="America/New_York", country="US")
        email = f"{name.replace(' ', '')}@example.test"
        return company, add_person(name=name, role="contact", email=email, company=company)


def fill(company: Company, lots: int, points: int, at: datetime) -> None:
    """Have lots that end one after another and together hold at least `points`."""
    each = -(-points // lots)
    account = lock_points(company)
    made = PointsLot.objects.bulk_create(
        PointsLot(
            tenant_id=company.tenant_id,
            company=company,
            source="purchase",
            points=each,
            opened_at=at,
            expires_at=at + timedelta(days=400 + number),
        )
        for number in range(lots)
    )
    reason = Reason(Kind.PURCHASE, f"fill-{company.pk}", None, at, at)
    write_entry(account, reason, [(lot.pk, each) for lot in made])


def analyze() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
