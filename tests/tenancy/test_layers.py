"""Imports and foreign keys point down only. lint-imports holds the imports; here are the rest."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.conf import settings

PROJECT = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
LINTER = PROJECT["tool"]["importlinter"]


def layers() -> list[set[str]]:
    """Read the layers of the contract, top first."""
    contract = next(part for part in LINTER["contracts"] if part["type"] == "layers")
    return [{name.strip() for name in layer.split("|")} for layer in contract["layers"]]


def height(app_label: str) -> int:
    return next(place for place, names in enumerate(reversed(layers())) if app_label in names)


def our_apps() -> set[str]:
    return {
        app.label
        for app in apps.get_app_configs()
        # A virtual environment may stand in the checkout too.
        if Path(app.path).parent == settings.BASE_DIR
    } | {"supportdesk"}


def keys() -> Iterable[tuple[str, str, str]]:
    """List (field, its app, the app that it points at); the registry has resolved string keys."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_hidden=True):
            if field.is_relation and not field.auto_created and field.related_model is not None:
                yield str(field), model._meta.app_label, field.related_model._meta.app_label


def pointing_up(found: Iterable[tuple[str, str, str]]) -> list[str]:
    ours = our_apps()
    return [
        field
        for field, app, target in found
        if target in ours and (app not in ours or height(target) > height(app))
    ]


def test_every_app_is_in_the_contract():
    listed = set().union(*layers())

    assert our_apps() <= listed
    assert listed == set(LINTER["root_packages"])


def test_every_package_with_models_is_an_installed_app():
    packages = {path.parent.name for path in settings.BASE_DIR.glob("*/apps.py")}

    assert packages <= our_apps()


def test_foreign_keys_point_down():
    # allauth and the admin's log point at the user model, which is theirs to ask for.
    outsiders = {"account", "admin"}

    assert pointing_up(key for key in keys() if key[1] not in outsiders) == []


def test_foreign_key_that_points_up_is_seen():
    found = [
        ("down", "tickets", "accounts"),
        ("level", "tickets", "tickets"),
        ("up", "accounts", "tickets"),
        ("up from outside", "auth", "tickets"),
        ("outside", "accounts", "contenttypes"),
    ]

    assert pointing_up(found) == ["up", "up from outside"]


def test_keys_of_strings_are_walked_too():
    assert ("accounts.Company.account_manager", "accounts", "accounts") in set(keys())
    assert ("entitlements.Contract.company", "entitlements", "accounts") in set(keys())
