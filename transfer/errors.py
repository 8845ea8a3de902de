"""What moving in and out refuses, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class CannotImport(Invalid):
    """An upload that cannot be read at all."""

    code = "cannot_import"
    message = _("%(why)s")


class NotNow(DomainError):
    code = "import_not_now"
    message = _("This import is at work, or was taken over already. Look at how far it is.")


class NothingToTake(DomainError):
    code = "nothing_to_take"
    message = _("Nothing of it can be taken over. Correct the file and upload it once more.")


class SourceNeeded(Invalid):
    code = "source_needed"
    message = _(
        "Say where it comes from in small letters, figures and hyphens, such as zendesk or "
        "old-desk."
    )


class ExportIsGone(DomainError):
    code = "export_is_gone"
    message = _("The packed export was deleted when its time was over. Order another one.")


class NotConfirmed(Invalid):
    code = "not_confirmed"
    message = _("Type “%(word)s” to confirm: this cannot be undone.")


class CannotErase(DomainError):
    code = "cannot_erase"
    message = _("This person cannot be erased now.")


class IsAtWork(CannotErase):
    code = "is_at_work"
    message = _(
        "%(name)s works at your desk. Let them leave first, on the page of the staff: their open "
        "cases are handed on there."
    )


class IsErased(CannotErase):
    code = "is_erased"
    message = _("This person was erased already.")


class ErasesOneself(CannotErase):
    code = "erases_oneself"
    message = _("You cannot erase yourself: let another manager do it.")


class MonthsNeeded(Invalid):
    code = "months_needed"
    message = _("Give a number of months from 1 to 240, or leave it empty to keep it for good.")
