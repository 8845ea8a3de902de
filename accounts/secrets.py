"""Secrets that the desk must be able to read again, such as the password of a mailbox: sealed.

What only has to be recognised (passwords, tokens of the API) is hashed instead. A sealed secret is
a `Sealed`, never a plain string: it does not show in pages, logs, forms or errors by accident.

    mailbox.password = seal("open sesame")      # a SealedField
    mailbox.password.reveal()                   # "open sesame"

The first of SECRETS_KEYS seals, all of them open, so that a key can be replaced: put the new one
first, run `manage.py reseal_secrets`, take the old one away. Without any, the keys are made of
SECRET_KEY and SECRET_KEY_FALLBACKS.
"""

from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError

PURPOSE = b"supportdesk: sealed secrets"


class SecretUnreadable(DomainError):
    """None of the keys opens it: it was sealed under a key that is gone."""

    code = "secret_unreadable"
    message = _("This secret cannot be read any more: its key is gone. Enter it anew.")


class Sealed:
    """A secret as it is stored; an empty one is false."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def reveal(self) -> str:
        """Open it. Raises SecretUnreadable."""
        if not self.token:
            return ""
        try:
            return _keys().decrypt(self.token.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable from error

    def __bool__(self) -> bool:
        return bool(self.token)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.token == other.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __str__(self) -> str:
        return "••••••••" if self.token else ""

    def __repr__(self) -> str:
        return "Sealed(…)" if self.token else "Sealed('')"


def seal(text: str) -> Sealed:
    """Seal a secret under the newest key; an empty one stays empty."""
    return Sealed(_keys().encrypt(text.encode()).decode() if text else "")


def reseal(secret: Sealed) -> Sealed:
    """Seal it under the newest key, whichever it was sealed under. Raises SecretUnreadable."""
    return seal(secret.reveal())


class SealedField(models.TextField):
    """Holds a `Sealed`. A plain string is refused: what forgot to seal must not be stored."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("editable", False)
        options.setdefault("blank", True)
        options.setdefault("default", no_secret)
        super().__init__(*args, **options)

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> Any:
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise ValueError(f"{self.name} holds sealed secrets only")
        return value.token

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # no dump holds a secret

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for given in ("editable", "blank", "default"):
            options.pop(given, None)
        return name, path, args, options


def no_secret() -> Sealed:
    """Give the secret that is none."""
    return Sealed("")


def _keys() -> MultiFernet:
    own = list(settings.SECRETS_KEYS)
    given = own or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_key(text) for text in given])


def _key(text: str) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(text.encode())
    return Fernet(urlsafe_b64encode(made))
