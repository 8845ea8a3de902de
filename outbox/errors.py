"""Refusals of the outbox."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class MessageIsNotAtRest(DomainError):
    code = "message_is_not_at_rest"
    message = _("This message was sent already, or is still on its way.")
