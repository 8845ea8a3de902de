from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = _("Programming interface")

    def ready(self) -> None:
        # The registry of models must be loaded before what looks at them is.
        from api.idempotency import forget_replies, register_forgetting  # noqa: PLC0415
        from entitlements.daily import register_daily  # noqa: PLC0415

        register_daily("api_replies", forget_replies)
        register_forgetting()
