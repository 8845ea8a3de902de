from collections.abc import Iterator

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import Tenant
from accounts.secrets import SealedField, SecretUnreadable, no_secret, reseal
from accounts.tenancy import tenant
from accounts.walls import TenantModel


class Command(BaseCommand):
    help = (
        "Seals every secret under the first of SECRETS_KEYS, so that the others can be taken away."
        " Tells of those that no key opens; they have to be entered anew."
    )

    def handle(self, **_options: object) -> None:
        done = lost = 0
        for vendor in Tenant.objects.order_by("pk"):
            with tenant(vendor):
                for model, name in sealed_fields():
                    resealed, unreadable = _reseal_column(model, name)
                    done, lost = done + resealed, lost + unreadable
        self.stdout.write(_("%(number)d secrets sealed anew.") % {"number": done})
        if lost:
            raise CommandError(_("%(number)d secrets cannot be read any more.") % {"number": lost})


def sealed_fields() -> Iterator[tuple[type[TenantModel], str]]:
    """List every column that holds secrets."""
    for model in apps.get_models():
        if issubclass(model, TenantModel):
            for field in model._meta.concrete_fields:
                if isinstance(field, SealedField):
                    yield model, field.name


def _reseal_column(model: type[TenantModel], name: str) -> tuple[int, int]:
    done = lost = 0
    rows = model.objects.exclude(**{name: no_secret()}).select_for_update(no_key=True)
    for row in rows.only("pk", name).order_by("pk"):
        try:
            sealed = reseal(getattr(row, name))
        except SecretUnreadable:
            lost += 1
            continue
        model.objects.filter(pk=row.pk).update(**{name: sealed})
        done += 1
    return done, lost
