from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        # The registry of models must be loaded before what looks at them is.
        from entitlements.daily import register_daily  # noqa: PLC0415
        from reports.misses import look_into_misses  # noqa: PLC0415
        from reports.service import make_reports  # noqa: PLC0415
        from reports.service_mail import register_service_mail  # noqa: PLC0415

        register_service_mail()
        register_daily("report_misses", look_into_misses)
        register_daily("service_reports", make_reports)
