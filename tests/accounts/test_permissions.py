"""What the admin asks about permissions: the roles table answers, for tenant models only."""

import pytest
from django.contrib.auth.models import AnonymousUser

EDITED = ["accounts.change_person", "accounts.add_company", "entitlements.change_contract"]
LOOKED_AT = ["accounts.view_person", "tickets.view_case"]
NEVER = [
    "tickets.change_case",
    "tickets.delete_case",
    "accounts.change_tenant",
    "accounts.view_desktime",
    "accounts.change_cachedvalue",
    "auth.change_permission",
    "auth.add_group",
    "sessions.view_session",
    "nowhere.change_nothing",
    "nonsense",
    "",
]


@pytest.mark.parametrize("permission", EDITED + LOOKED_AT)
def test_manager_may(alpha, permission):
    assert alpha.manager.has_perm(permission)
    assert alpha.manager.has_perms([permission])


@pytest.mark.parametrize("permission", NEVER)
def test_manager_may_not(alpha, permission):
    assert not alpha.manager.has_perm(permission)
    assert not alpha.manager.has_perms(["accounts.view_person", permission])


@pytest.mark.parametrize(
    "name", ["contact", "company_admin", "agent", "lead", "dispatcher", "account_manager"]
)
def test_nobody_else_may_anything_in_the_admin(alpha, name):
    person = alpha.person_of(name)

    assert not person.is_staff
    assert not any(person.has_perm(permission) for permission in EDITED + LOOKED_AT + NEVER)
    assert not person.has_module_perms("accounts")


def test_inactive_manager_may_nothing(alpha):
    alpha.manager.is_active = False

    assert not alpha.manager.is_staff
    assert not alpha.manager.has_perm("accounts.view_person")
    assert not alpha.manager.may("use_admin")


def test_manager_sees_the_apps_with_tenant_models(alpha):
    seen = {app: alpha.manager.has_module_perms(app) for app in ("accounts", "tickets", "auth")}

    assert seen == {"accounts": True, "tickets": True, "auth": False}


def test_visitor_may_nothing():
    assert not AnonymousUser().has_perm("accounts.view_person")
    assert not AnonymousUser().has_module_perms("accounts")
