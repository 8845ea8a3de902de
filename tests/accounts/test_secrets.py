"""Sealed secrets: kept under keys that can be replaced, and never shown by accident."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.secrets import Sealed, SealedField, SecretUnreadable, reseal, seal
from accounts.tenancy import tenant
from outbox.endpoints import EndpointWish, save_endpoint
from outbox.hook_models import WebhookEndpoint

OLD, NEW = "an old key, long enough to be one", "a new key, long enough to be one"


def test_a_secret_is_sealed_under_a_key_of_its_own_installation(settings):
    settings.SECRETS_KEYS = [OLD]

    sealed = seal("open sesame")

    assert sealed.reveal() == "open sesame"
    assert "sesame" not in f"{sealed.token} {sealed} {sealed!r}"
    assert seal("open sesame").token != sealed.token


def test_keys_are_replaced_without_losing_a_secret(settings):
    settings.SECRETS_KEYS = [OLD]
    sealed = seal("open sesame")

    settings.SECRETS_KEYS = [NEW, OLD]
    again = reseal(sealed)
    settings.SECRETS_KEYS = [NEW]

    assert again.reveal() == "open sesame"
    with pytest.raises(SecretUnreadable):
        sealed.reveal()


def test_without_keys_the_desks_own_key_and_those_before_it_do(settings):
    settings.SECRETS_KEYS = []
    settings.SECRET_KEY = OLD
    sealed = seal("open sesame")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]

    assert sealed.reveal() == "open sesame"


def test_what_was_never_sealed_cannot_be_stored():
    field = SealedField()
    field.set_attributes_from_name("password")

    with pytest.raises(ValueError, match="password"):
        field.get_prep_value("open sesame")

    assert not field.get_default()
    assert field.get_prep_value(Sealed("")) == ""
    assert field.deconstruct()[1:] == ("accounts.secrets.SealedField", [], {})


def test_every_secret_of_every_vendor_is_sealed_anew(alpha, beta, settings):
    settings.SECRETS_KEYS = [OLD]
    wish = EndpointWish(name="Ops", shape="pagerduty", secret="a routing key")
    for twin in (alpha, beta):
        with tenant(twin.tenant) as at:
            save_endpoint(wish=wish, by=twin.manager, at=at)

    settings.SECRETS_KEYS = [NEW, OLD]
    call_command("reseal_secrets", stdout=StringIO())
    settings.SECRETS_KEYS = [NEW]

    for twin in (alpha, beta):
        with tenant(twin.tenant):
            endpoint = WebhookEndpoint.objects.get()
            assert endpoint.secret.reveal() == "a routing key"
            assert not endpoint.hook_secret
    settings.SECRETS_KEYS = [OLD]
    with pytest.raises(CommandError, match="4 secrets"):
        call_command("reseal_secrets", stdout=StringIO())
