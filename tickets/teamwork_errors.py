"""What is refused where several people work on the same cases, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class AnsweredMeanwhile(DomainError):
    code = "new_entry_meanwhile"
    message = _(
        "The case has a new entry since the button was pressed. Read it, change your words where "
        "needed, and send them if they still hold."
    )


class AnswerWaits(DomainError):
    code = "answer_waits"
    message = _(
        "Not sent: your last answer on this case is about to be sent. Undo it, or wait until it is."
    )


class SomebodyIsSending(DomainError):
    code = "somebody_is_sending"
    message = _(
        "Not sent: an answer of %(name)s to this case is about to be sent. Wait until it stands "
        "here, and send yours if it still holds."
    )


class TooLateToUndo(DomainError):
    code = "too_late_to_undo"
    message = _("Too late: it has been sent already.")


class UnknownPlaceholder(Invalid):
    code = "unknown_placeholder"
    message = _("There is no placeholder %(names)s. Those there are: %(known)s.")


class IsOfOneCustomer(DomainError):
    code = "is_of_one_customer"
    message = _(
        "On an incident this goes to the customers of all its cases, but %(names)s is true of one "
        "of them only: write it without."
    )


class PlaceholderLeft(Invalid):
    code = "placeholder_left"
    message = _(
        "Not sent: %(names)s stands there as it is, for this case has no value for it. Write it "
        "yourself, or take it out."
    )


class TextTooLong(Invalid):
    code = "text_too_long"
    message = _("That is longer than %(most)d characters.")


class TitleTaken(DomainError):
    code = "title_taken"
    message = _("There is one with the name “%(name)s” already.")


class NoSuchTag(Invalid):
    code = "no_such_tag"
    message = _("A tag has letters or digits, and at most %(most)d characters.")


class TooManyTags(DomainError):
    code = "too_many_tags"
    message = _("A case has at most %(most)d tags.")


class MacroIsEmpty(Invalid):
    code = "macro_is_empty"
    message = _("A macro does something: choose at least one step.")


class UnknownStep(Invalid):
    code = "unknown_step"
    message = _("A macro says one thing to the customer at most, and knows no other steps.")


class MacroReasonMissing(Invalid):
    code = "macro_reason_missing"
    message = _("A change of level needs its reason: the customer reads it.")


class MacroNotPossible(DomainError):
    code = "macro_not_possible"
    message = _(
        "Nothing was done: there is nothing left to do, or your role does not allow all of it."
    )


class MacroChanged(DomainError):
    code = "macro_changed"
    message = _(
        "Nothing was done: the macro or the case was changed since you looked at it. It is shown "
        "as it is now."
    )


class TooManyViews(DomainError):
    code = "too_many_views"
    message = _("There are %(most)d views already. Remove one first.")
