"""Everything that this app tells the apps below it when it starts."""

from entitlements.contract_daily import register_contract_daily
from entitlements.contract_mail import register_contract_mail
from entitlements.customer_note import register_customer_note
from entitlements.daily import register_daily
from entitlements.ended import register_ended
from entitlements.hooked import register_hooked
from entitlements.inviting import register_inviting
from entitlements.licence_mail import register_licence_mail
from entitlements.lifecycle_mail import register_lifecycle
from entitlements.points_daily import register_points_daily
from entitlements.points_mail import register_points_mail
from entitlements.points_notices import register_points_notices
from entitlements.publishing import object_to_dropped_plans, object_to_unknown_products
from entitlements.queries import product_codes
from entitlements.registration import clear_registrations
from entitlements.registration_mail import register_registration_mail
from entitlements.request_mail import register_request_mail
from entitlements.starting import first_steps
from entitlements.withdrawal_note import register_withdrawal_note
from sla.registry import register_checklist, register_codes, register_publish_check


def register_all() -> None:
    """Register what publishing asks of us, our mail, and the daily work in its order."""
    register_publish_check("contracts", object_to_dropped_plans)
    register_publish_check("products", object_to_unknown_products)
    register_checklist("entitlements", first_steps)
    register_codes("product", product_codes)
    register_customer_note()
    register_withdrawal_note()
    _register_mail()
    register_daily("registrations", clear_registrations)
    register_points_daily()
    register_points_notices()
    register_hooked()
    register_contract_daily()
    register_lifecycle()
    register_ended()


def _register_mail() -> None:
    register_contract_mail()
    register_points_mail()
    register_registration_mail()
    register_inviting()
    register_request_mail()
    register_licence_mail()
