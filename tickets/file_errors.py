"""What the desk refuses about files, in words that say what to do."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class FileIsEmpty(Invalid):
    code = "file_is_empty"
    message = _("“%(name)s” is empty: there is nothing in it to send. Save it again, or zip it.")


class FileTooLarge(Invalid):
    code = "file_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = _(
        "“%(name)s” has %(size)s, and a file may have %(limit)s at most. Compress it, or send the "
        "part of the time in question."
    )


class FormTooLarge(Invalid):
    """The plain form takes less than the upload by script does."""

    code = "form_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = _(
        "“%(name)s” has %(size)s; sent this way, all files together may have %(limit)s. Compress "
        "it, or switch scripts on in your browser: then large files are sent in parts."
    )


class TooManyFiles(DomainError):
    code = "too_many_files"
    message = _(
        "“%(name)s” was not taken: %(limit)d files at once are the most. Send these first, or put "
        "several into one archive."
    )


class NoRoomForFiles(DomainError):
    code = "no_room_for_files"
    message = _(
        "“%(name)s” (%(size)s) was not taken: our room for files is full, %(free)s are left. "
        "Your words can be sent all the same; please tell us there that a file is missing."
    )


class FilesNotTaken(DomainError):
    code = "files_not_taken"
    message = _("Files cannot be added here.")


class WrongOffset(DomainError):
    """A part does not begin where the file ends so far; `offset` is where it does."""

    code = "wrong_offset"
    message = _("This part of the file is there already, or one before it is missing.")

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


class NotAsLongAsSaid(Invalid):
    code = "not_as_long_as_said"
    message = _("“%(name)s” has more in it than was said before: choose it again.")


class PartTooLarge(Invalid):
    code = "part_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = _("One part of a file may have %(limit)s at most.")


class FileNotComplete(DomainError):
    code = "file_not_complete"
    message = _(
        "“%(name)s” has not arrived whole: choose it once more, and it goes on where it stopped; "
        "or tick that it is not to be sent."
    )


class FileNotReady(DomainError):
    """Nobody has a file before it was looked through, nor one that is harmful or deleted."""

    code = "file_not_ready"
    message = _("“%(name)s” cannot be had: %(state)s.")


class FileIsLost(DomainError):
    code = "file_is_lost"
    message = _("“%(name)s” is not in our storage any more. Please ask for it once more.")


class ScannerUnreachable(DomainError):
    code = "scanner_unreachable"
    message = _("The scanner did not answer as it should: %(why)s")


class NoTermsForDiagnostics(DomainError):
    code = "no_terms_for_diagnostics"
    message = _("The policy has no terms for diagnostic tools, so none can be offered.")


class DiagnosticMissing(Invalid):
    code = "diagnostic_missing"
    message = _("Add the file or give the address where the customer gets it: one of the two.")


class LinkNotSafe(Invalid):
    code = "link_not_safe"
    message = _("Give an address that begins with https://.")


class DiagnosticIsOver(DomainError):
    code = "diagnostic_is_over"
    message = _("This tool is not offered any more, or was accepted already.")


class UnknownChannel(Invalid):
    code = "unknown_channel"
    message = _("Choose one of the ways that are listed.")
