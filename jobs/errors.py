"""What long work refuses, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class JobIsOver(DomainError):
    code = "job_is_over"
    message = _("This work has already ended: there is nothing to cancel.")
