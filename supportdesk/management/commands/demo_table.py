from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.places import site_url
from accounts.queries import operators_tenant, vendors
from supportdesk.demo.sign_ins import LAPSED, OPERATOR, SIGN_INS


class Command(BaseCommand):
    help = "Print the addresses of the demo, and who can sign in."

    def handle(self, *args: object, **options: Any) -> None:
        rows = [("vendor", "portal", "desk", "admin")]
        for vendor in vendors():
            rows.append(
                (vendor.name, *(site_url(vendor, path) for path in ("/", "/desk/", "/admin/")))
            )
        self._table(rows)
        self._table([("sign in as", "address (at every vendor)", "page"), *SIGN_INS])
        self.stdout.write(f"Only at datadynamics, a customer whose licence is over: {LAPSED}")
        start = site_url(operators_tenant())
        self.stdout.write(f"Password of all: {settings.DEMO_PASSWORD}")
        self.stdout.write(f"Start here, and move the desk's clock as {OPERATOR}: {start}")

    def _table(self, rows: list[tuple[str, ...]]) -> None:
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        self.stdout.write("")
