from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EntitlementsConfig(AppConfig):
    name = "entitlements"
    verbose_name = _("Products and contracts")

    def ready(self) -> None:
        # The registry of models must be loaded before what looks at them is.
        from entitlements.contract_daily import register_contract_daily  # noqa: PLC0415
        from entitlements.contract_mail import register_contract_mail  # noqa: PLC0415
        from entitlements.customer_note import register_customer_note  # noqa: PLC0415
        from entitlements.daily import register_daily  # noqa: PLC0415
        from entitlements.lifecycle_mail import register_lifecycle  # noqa: PLC0415
        from entitlements.points_daily import register_points_daily  # noqa: PLC0415
        from entitlements.points_mail import register_points_mail  # noqa: PLC0415
        from entitlements.points_notices import register_points_notices  # noqa: PLC0415
        from entitlements.publishing import (  # noqa: PLC0415
            object_to_dropped_plans,
            object_to_unknown_products,
        )
        from entitlements.queries import product_codes  # noqa: PLC0415
        from entitlements.registration import clear_registrations  # noqa: PLC0415
        from entitlements.registration_mail import register_registration_mail  # noqa: PLC0415
        from entitlements.request_mail import register_request_mail  # noqa: PLC0415
        from entitlements.starting import first_steps  # noqa: PLC0415
        from entitlements.withdrawal_note import register_withdrawal_note  # noqa: PLC0415
        from sla.registry import (  # noqa: PLC0415
            register_checklist,
            register_codes,
            register_publish_check,
        )

        register_publish_check("contracts", object_to_dropped_plans)
        register_publish_check("products", object_to_unknown_products)
        register_checklist("entitlements", first_steps)
        register_codes("product", product_codes)
        register_customer_note()
        register_withdrawal_note()
        register_registration_mail()
        register_daily("registrations", clear_registrations)
        register_points_daily()
        register_points_mail()
        register_points_notices()
        register_contract_mail()
        register_contract_daily()
        register_lifecycle()
        register_request_mail()
