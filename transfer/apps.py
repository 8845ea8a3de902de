from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransferConfig(AppConfig):
    name = "transfer"
    verbose_name = _("Import and export")

    def ready(self) -> None:
        # The registry of models must be loaded before what looks at them is.
        from entitlements.daily import register_daily  # noqa: PLC0415
        from transfer.exporting import drop_expired, register_export  # noqa: PLC0415
        from transfer.import_jobs import register_imports  # noqa: PLC0415
        from transfer.importing import drop_forgotten  # noqa: PLC0415
        from transfer.retention import keep_rule  # noqa: PLC0415

        register_imports()
        register_export()
        register_daily("exports", drop_expired)
        register_daily("imports", drop_forgotten)
        register_daily("retention", keep_rule)
