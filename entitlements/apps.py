from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EntitlementsConfig(AppConfig):
    name = "entitlements"
    verbose_name = _("Products and contracts")

    def ready(self) -> None:
        # The registry of models must be loaded before what looks at them is.
        from entitlements.startup import register_all  # noqa: PLC0415

        register_all()
