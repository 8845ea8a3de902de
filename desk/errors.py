"""What the pages of the desk refuse, in words, beyond what the actions do."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class NewEntryMeanwhile(DomainError):
    code = "new_entry_meanwhile"
    message = _(
        "Not sent: the case has a new entry since you opened it. It stands above what you wrote. "
        "Read it, change your words where needed, and send them if they still hold."
    )


class MovedMeanwhile(DomainError):
    code = "moved_meanwhile"
    message = _(
        "Not done: what you were going to change was changed since you opened the case. It is "
        "shown as it is now. Look at it, and press the button again if yours still holds."
    )


class OutsideHours(Invalid):
    code = "outside_hours"
    message = _(
        "That is outside the service hours: work would start at %(moved)s. Choose another time, or "
        "agree on this one by pressing the button again."
    )


class CostsMore(DomainError):
    code = "costs_more"
    message = _(
        "The case is not open yet: with these choices it costs %(points)d points, more than was "
        "shown before. Tell the caller, and press the button again if they agree."
    )
