"""The points of a company by the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Company, Tenant
from accounts.tenancy import tenant
from entitlements.balances import balance_at
from entitlements.statement import entries_of, row_of, statement_csv
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy


class Command(BaseCommand):
    help = "Tells the points of a company. Exit status 1 when there is no such vendor or company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        about = "Writes the statement of a company's points, as CSV or as one JSON object."
        statement = acts.add_parser("statement", help=about, description=about)
        statement.add_argument("slug", help="the vendor's address")
        statement.add_argument("company", help="the company's name")
        statement.add_argument("--year", type=int, help="of one year only, on the vendor's clock")
        statement.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *, slug: str, company: str, year: int | None, **options: Any) -> None:
        vendor = Tenant.objects.filter(slug=slug, is_operators=False).first()
        if vendor is None:
            raise self._refused(options, "no_such_vendor", f"There is no vendor {slug}.")
        if year is not None and not 1 < year < 9999:
            raise self._refused(options, "no_year", f"{year} is no year.")
        with tenant(vendor) as at:
            found = Company.objects.filter(name=company).first()
            if found is None:
                told = f"{vendor.name} has no company {company}."
                raise self._refused(options, "no_such_company", told)
            policy = _policy(at)
            if options["json"]:
                told = _told(vendor, found, policy, year) | {"balance": balance_at(found, at)}
                self.stdout.write(json.dumps(told, ensure_ascii=False))
                return
            zone, prefix = vendor.time_zone, vendor.case_prefix
            lines = statement_csv(found, policy, zone, prefix, year=year, for_vendor=True)
            for line in lines:
                self.stdout.write(line, ending="")

    def _refused(self, options: dict[str, Any], code: str, told: str) -> BaseException:
        """Give what ends the command: with --json the answer is one JSON object even then."""
        if not options["json"]:
            return CommandError(f"{told} ({code})")
        self.stdout.write(json.dumps({"error": code, "detail": told}))
        return SystemExit(1)


def _policy(at: Any) -> Policy | None:
    try:
        return current_policy(at).policy
    except NoPolicy:
        return None


def _told(
    vendor: Tenant, company: Company, policy: Policy | None, year: int | None
) -> dict[str, Any]:
    entries = (row_of(entry, policy) for entry in entries_of(company, vendor.time_zone, year))
    return {
        "vendor": vendor.slug,
        "company": company.name,
        "entries": [
            {
                "entry": row.entry.seq,
                "occurred_at": row.entry.occurred_at.isoformat(),
                "kind": row.entry.kind,
                "what": row.what,
                "case": row.entry.case_number,
                "points": row.entry.points,
                "balance": row.entry.balance_after,
            }
            for row in entries
        ],
    }
