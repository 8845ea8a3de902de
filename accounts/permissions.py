"""What the admin asks about permissions, answered from the roles table."""

from django.apps import apps

from accounts import roles
from accounts.walls import TenantModel

# Which act opens an app's models for editing in the admin. What is not here can only be looked at.
EDITING_ACTS = {
    "accounts": "edit_people",
    "entitlements": "edit_contracts",
    "escalation": "edit_people",
    "sla": "edit_policy",
}


def role_has_permission(role: str, permission: str) -> bool:
    """Tell whether a role has a permission like `accounts.change_person`.

    Only for tenant models: what vendors share is nobody's to see in an admin.
    """
    app_label, _dot, codename = permission.partition(".")
    verb, _underscore, model_name = codename.partition("_")
    if not roles.may(role, "use_admin") or not _is_tenant_model(app_label, model_name):
        return False
    act = EDITING_ACTS.get(app_label)
    return verb == "view" or (act is not None and roles.may(role, act))


def role_sees_app(role: str, app_label: str) -> bool:
    """Tell whether an app has anything for a role to administer."""
    models = apps.get_app_config(app_label).get_models()
    return roles.may(role, "use_admin") and any(issubclass(model, TenantModel) for model in models)


def _is_tenant_model(app_label: str, model_name: str) -> bool:
    try:
        return issubclass(apps.get_model(app_label, model_name), TenantModel)
    except LookupError:
        return False
