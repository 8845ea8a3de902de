from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions import create_tenant
from accounts.errors import DomainError
from accounts.models import Tenant
from accounts.tenancy import tenant
from sla.actions import Loaded, load_document
from sla.errors import PolicyIsFaulty
from sla.files import PolicyFile, read_policy_file


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Publish support policies from TOML files. The vendor of a file is made if there is none; "
        "a file that says what the latest version says publishes nothing, and one that would take "
        "back what somebody published in the admin is refused unless --replace is given. When any "
        "file has a fault, all faults of all files are listed and nothing is published."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help="check, say what would change, change nothing"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="take the place of what people published or changed in the admin",
        )

    def handle(self, *args: object, **options: Any) -> None:
        sources = [read_policy_file(name) for name in options["files"]]
        faults = [sentence for source in sources for sentence in source.sentences]
        if not faults:
            faults = [sentence for source in sources for sentence in self._load(source, options)]
        for sentence in faults:
            self.stderr.write(sentence)
        if faults:
            number = len(faults)
            told = ngettext("%(number)d fault: see above.", "%(number)d faults: see above.", number)
            raise CommandError(told % {"number": number}, returncode=1)

    def _load(self, source: PolicyFile, options: dict[str, Any]) -> list[str]:
        try:
            loaded = _loaded(source, options)
        except PolicyIsFaulty as error:
            return [f"{source.name}: {sentence}" for sentence in error.sentences]
        except DomainError as error:
            return [f"{source.name}: {error}"]
        if loaded.objection is None:
            self.stdout.write(f"{source.name}: {_outcome(loaded)}")
        for change in loaded.changes:
            self.stdout.write(f"  {change}")
        return [] if loaded.objection is None else [f"{source.name}: {loaded.objection}"]


def _loaded(source: PolicyFile, options: dict[str, Any]) -> Loaded:
    policy = source.policy
    assert policy is not None
    vendor = Tenant.objects.filter(slug=policy.vendor).first()
    if vendor is None and options["dry_run"]:
        return Loaded(None, is_new=True)
    vendor = vendor or create_tenant(
        slug=policy.vendor,
        name=policy.name,
        time_zone=policy.time_zone,
        case_prefix=policy.case_prefix,
    )
    with tenant(vendor) as at:
        return load_document(
            text=source.text,
            by=None,
            at=at,
            source_name=Path(source.name).name,
            dry_run=options["dry_run"],
            replace_edits=options["replace"],
        )


def _outcome(loaded: Loaded) -> str:
    if loaded.number is None:
        return _("would be published")
    told = (
        _("published version %(number)d") if loaded.is_new else _("unchanged, version %(number)d")
    )
    return told % {"number": loaded.number}
