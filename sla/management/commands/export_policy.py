from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.models import Tenant
from accounts.tenancy import tenant
from sla.documents import policy_of, read_rows
from sla.engine.document import canonical_text
from sla.engine.policy import Policy
from sla.queries import current_policy, originals_by_number, published_versions, working_copy


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Write a vendor's support policy as a TOML file that load_policy takes: the version in "
        "effect, another one, or the working copy. Loading it and writing it again gives the same "
        "bytes."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version says which Django this is; here it is the policy's.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("vendor", metavar="VENDOR", help="slug, as in the host name")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--version", type=int, dest="number", metavar="N", help="this version")
        which.add_argument("--draft", action="store_true", help="the working copy")
        parser.add_argument("--out", metavar="FILE", help="into a file, else to standard output")

    def handle(self, *args: object, **options: Any) -> None:
        text = canonical_text(_policy(options))
        if options["out"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["out"]).write_bytes(text.encode())
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}") from error


def _policy(options: dict[str, Any]) -> Policy:
    """Find the policy that is asked for. Raises CommandError."""
    slug = options["vendor"]
    vendor = Tenant.objects.filter(slug=slug).first()
    if vendor is None:
        raise CommandError(_("There is no vendor “%(slug)s”.") % {"slug": slug})
    try:
        with tenant(vendor) as at:
            return _chosen(options, at)
    except DomainError as error:
        raise CommandError(f"{slug}: {error}") from error


def _numbered(number: int) -> Policy:
    numbers = published_versions().order_by("number").values_list("number", flat=True)
    if number in numbers:
        return originals_by_number([number])[number]
    if not numbers:
        raise CommandError(_("No version is published yet; --draft writes the working copy."))
    told = {"number": number, "versions": ", ".join(str(one) for one in numbers)}
    raise CommandError(_("There is no version %(number)d. There are: %(versions)s.") % told)


def _chosen(options: dict[str, Any], at: datetime) -> Policy:
    if options["draft"]:
        return policy_of(read_rows(working_copy()))
    if options["number"] is not None:
        return _numbered(options["number"])
    return current_policy(at).original
