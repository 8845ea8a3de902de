"""What is refused about incoming mail, in words."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class NoSuchMailbox(DomainError):
    code = "no_such_mailbox"
    message = _("There is no such mailbox here.")
    status = HTTPStatus.NOT_FOUND


class MailIsDecided(DomainError):
    code = "mail_is_decided"
    message = _("Somebody has decided about this mail already.")


class MailIsUnread(DomainError):
    code = "mail_is_unread"
    message = _("This mail could not be read, so there are no words of it to put onto a case.")


class NoSenderKnown(DomainError):
    code = "no_sender_known"
    message = _(
        "Nobody of your customers has the address of its sender. Add them as a contact first, or "
        "put the mail onto a case as a note."
    )


class CaseNotNamed(Invalid):
    code = "case_not_named"
    message = _("Give the number of a case that you may see.")


class ReasonNotGiven(Invalid):
    code = "reason_not_given"
    message = _("Say in a few words why.")


class ContactNotChosen(Invalid):
    code = "contact_not_chosen"
    message = _("Choose the contact for whom the case is opened.")


class LinkIsOver(DomainError):
    code = "mail_link_is_over"
    message = _(
        "This link has ended, or the mail was decided about already. Write to us again, or open a "
        "case on the portal."
    )
    status = HTTPStatus.GONE


class CostHasChanged(DomainError):
    code = "mail_cost_has_changed"
    message = _("The cost has changed since this page was shown. Look at it as it is now.")


class CodeTaken(DomainError):
    code = "mailbox_code_taken"
    message = _("There is a mailbox “%(code)s” already.")


class HookRefused(DomainError):
    code = "hook_refused"
    message = _("This was not signed by the provider of the mailbox.")
    status = HTTPStatus.FORBIDDEN
