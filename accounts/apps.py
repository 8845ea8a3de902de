from typing import Any

from django.apps import AppConfig
from django.apps import apps as current_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

OPERATORS = {"slug": "operators", "name": "Operators", "time_zone": "UTC", "case_prefix": "OPS"}


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and companies")

    def ready(self) -> None:
        post_migrate.connect(restore_reserved_rows, sender=self)


def restore_reserved_rows(*, using: str, apps: Any = current_apps, **_options: object) -> None:
    """Have the operators' tenant and the desk's clock, after a migration and after a flush."""
    try:
        tenants, clock = (
            apps.get_model("accounts", name).objects.using(using) for name in ("Tenant", "DeskTime")
        )
    except LookupError:  # migrated backwards
        return
    tenants.get_or_create(is_operators=True, defaults=OPERATORS)
    clock.get_or_create(id=1)
