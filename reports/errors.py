"""What can be refused about reports."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class NobodyToSendTo(DomainError):
    code = "report_has_no_receivers"
    message = _(
        "Nobody can be sent this report: the mail is switched off for this company, or none of its "
        "company admins wants it and has an e-mail address."
    )
