from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EntitlementsConfig(AppConfig):
    name = "entitlements"
    verbose_name = _("Products and contracts")

    def ready(self) -> None:
        # The registry of models must be loaded before what looks at them is.
        from entitlements.publishing import (  # noqa: PLC0415
            object_to_dropped_plans,
            object_to_unknown_products,
        )
        from sla.registry import register_publish_check  # noqa: PLC0415

        register_publish_check("contracts", object_to_dropped_plans)
        register_publish_check("products", object_to_unknown_products)
