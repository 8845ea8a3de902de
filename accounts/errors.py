"""Refusals in words, each with a stable code for the API and the tests."""

from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule of the desk says no.

    `code` never changes once released, `message` is for people and takes `figures` by name,
    `status` is what a face answers with, `field` is the input that is at fault, if one is.
    """

    code = "refused"
    message: str | Promise = _("This cannot be done.")
    status = HTTPStatus.CONFLICT

    def __init__(
        self, message: str | Promise | None = None, *, field: str | None = None, **figures: object
    ) -> None:
        self.message = self.message if message is None else message
        self.field = field
        self.figures = figures
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message) % self.figures if self.figures else str(self.message)


class NotFound(DomainError):
    """There is none, or it is not yours: the two are never told apart."""

    code = "not_found"
    message = _("There is nothing here, or it is not yours to see.")
    status = HTTPStatus.NOT_FOUND


class NotAllowed(DomainError):
    code = "not_allowed"
    message = _("Your role does not allow this.")
    status = HTTPStatus.FORBIDDEN


class Invalid(DomainError):
    """An input that cannot be right, whatever the state of the desk."""

    code = "invalid"
    message = _("This is not valid.")
    status = HTTPStatus.BAD_REQUEST


class UnknownTimeZone(Invalid):
    code = "unknown_time_zone"
    message = _("“%(name)s” is not a time zone: write it like Europe/Berlin.")


class EmailTaken(DomainError):
    code = "email_taken"
    message = _("There is already a person with the address %(email)s.")


class NameTaken(DomainError):
    code = "name_taken"
    message = _("The name “%(name)s” is already taken.")


class HoursTwice(DomainError):
    code = "hours_twice"
    message = _("Two of the working hours begin at the same time of the same day.")


class RoleDoesNotFit(Invalid):
    """A person's role and the rest of the person contradict each other."""

    code = "role_does_not_fit"
    message = _("This does not go with the person's role.")


class WeakPassword(Invalid):
    code = "weak_password"
    message = _("Choose another password: %(reasons)s")


class CannotMoveDeskTime(DomainError):
    code = "cannot_move_desk_time"
    message = _("Desk time can only be moved in a demonstration.")


class DeskTimeOnlyMovesForward(DomainError):
    code = "desk_time_only_moves_forward"
    message = _("Desk time only moves forward: give a number of seconds above zero.")
