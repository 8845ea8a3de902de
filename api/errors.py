"""Refusals of the interface itself, beside those of the desk."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class NotAuthenticated(DomainError):
    """One answer for no token, a wrong one, one that is over, and a person who has left."""

    code = "not_authenticated"
    message = _("Send a valid token of this vendor: Authorization: Bearer sd_...")
    status = HTTPStatus.UNAUTHORIZED


class ScopeMissing(DomainError):
    code = "scope_missing"
    message = _("This token does not have the scope %(scope)s, or its person's role forbids it.")
    status = HTTPStatus.FORBIDDEN


class TooManyRequests(DomainError):
    code = "too_many_requests"
    message = _("This token has asked %(limit)d times within a minute. Wait %(seconds)d seconds.")
    status = HTTPStatus.TOO_MANY_REQUESTS


class BodyTooLarge(DomainError):
    code = "body_too_large"
    message = _("The body of this request is larger than the %(limit)s that are taken here.")
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class VersionNeeded(DomainError):
    code = "version_needed"
    message = _("Say which version you change: If-Match with the ETag that you have read.")
    status = HTTPStatus.PRECONDITION_REQUIRED


class VersionIsOlder(DomainError):
    code = "version_is_older"
    message = _("It was changed since you have read it. Read it again, and send your change then.")
    status = HTTPStatus.PRECONDITION_FAILED


class KeyUsedOtherwise(DomainError):
    code = "key_used_otherwise"
    message = _("This Idempotency-Key was used for another request: use a new one for each.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BadKey(Invalid):
    code = "bad_idempotency_key"
    message = _("An Idempotency-Key has 1 to %(most)d visible ASCII characters.")


class CostNotAccepted(DomainError):
    code = "cost_not_accepted"
    message = _(
        "This case costs %(points)d points, and nothing is charged unseen. Send accept_points: "
        "%(points)d if you agree."
    )


class UnknownScope(Invalid):
    code = "unknown_scope"
    message = _("Choose at least one of the scopes that this person's role can have.")


class NameNeeded(Invalid):
    code = "name_needed"
    message = _("Say what the token is for, in at most %(most)d characters.")


class BadSpan(Invalid):
    code = "bad_span"
    message = _("A token is good for 1 to %(most)d days.")


class TooManyTokens(DomainError):
    code = "too_many_tokens"
    message = _("One person has at most %(most)d tokens at a time: revoke one first.")


class UnknownParameter(Invalid):
    code = "unknown_parameter"
    message = _("There is no parameter “%(name)s” here.")


class BadParameter(Invalid):
    code = "bad_parameter"
    message = _("The parameter “%(name)s” does not take this value.")


class AvailabilityNeeded(Invalid):
    code = "availability_needed"
    message = _("At this level support has to know how and when you can be reached: availability.")


class ContactNeeded(Invalid):
    code = "contact_needed"
    message = _("Say which contact of a company it is for.")


class ForTheDesk(Invalid):
    code = "for_the_desk"
    message = _("Only people of the desk say this.")


class NoSuchProduct(Invalid):
    code = "no_such_product"
    message = _("There is no product with this code, or no such release of it.")


class CaseNeeded(Invalid):
    code = "case_needed"
    message = _("Name the case that the file is for; a file for a new case names none.")
