"""How long the link lives by which a person chooses a password.

A link that replaces a password lives for an hour, for whoever has it becomes that person. One for a
first password lives for PASSWORD_RESET_TIMEOUT: mail to somebody new may be read days later.
"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

from accounts.models import Person

LIVES_SECONDS = 3600


class PasswordLinks(PasswordResetTokenGenerator):
    """Tokens in links; good once, for whoever has the address that they were made for."""

    def check_token(self, user: Person | None, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        assert user is not None  # else it is good for nobody
        assert token is not None
        if not user.has_usable_password():
            return True
        made = base36_to_int(token.partition("-")[0])
        return self._num_seconds(self._now()) - made <= LIVES_SECONDS
