"""What the desk refuses on a case, in words."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.errors import DomainError, Invalid


class CaseIsClosed(DomainError):
    code = "case_is_closed"
    message = _("This case is closed. Reopen it first, or file a new one.")


class CaseIsNotOpen(DomainError):
    code = "case_is_not_open"
    message = _("This case is solved or closed. Reopen it first.")


class CaseIsOpen(DomainError):
    code = "case_is_open"
    message = _("This case is still open: there is nothing to reopen.")


class CaseIsNotSolved(DomainError):
    code = "case_is_not_solved"
    message = _("Only a solved case can be closed. Write the solution first.")


class ReopenWindowOver(DomainError):
    code = "reopen_window_over"
    message = _(
        "This case ended on %(closed_on)s and could be reopened until %(until)s. "
        "File a new case and name this one."
    )


class NothingSaid(Invalid):
    code = "nothing_said"
    message = _("Write something first: an empty message helps nobody.")


class SubjectMissing(Invalid):
    code = "subject_missing"
    message = _("Give the case a subject, so that you and the desk can tell it from others.")


class FilingRefused(Invalid):
    """The policy does not allow this filing; `reasons` lists every one, in words."""

    code = "filing_refused"
    message = _("This case cannot be filed as it is.")

    def __init__(self, reasons: list[str], codes: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
        self.codes = codes


class NothingChanges(DomainError):
    code = "nothing_changes"
    message = _("It already is so: nothing was changed.")


class UnknownLevel(Invalid):
    code = "unknown_level"
    message = _("The policy of this case has no level “%(level)s”.")


class ScheduledInPast(Invalid):
    code = "scheduled_in_past"
    message = _("That moment has passed already. Choose a later one.")


class NoSuchLocalTime(Invalid):
    code = "no_such_local_time"
    message = _(
        "%(local)s does not exist in %(zone)s: the clocks are put forward then. "
        "Choose a time before or after the gap."
    )


class NotScheduled(DomainError):
    code = "not_scheduled"
    message = _("Only a case whose level is worked at an agreed time can be scheduled.")


class BeforeLastEntry(Invalid):
    code = "before_last_entry"
    message = _("The case already has an entry at %(last)s: nothing can be logged before it.")


class InTheFuture(Invalid):
    code = "in_the_future"
    message = _("That moment has not come yet.")


class LoggedTooLate(Invalid):
    code = "logged_too_late"
    message = _(
        "That is more than %(days)d days ago: too late to log it as a call of then. Leave the time "
        "empty, so that the promise counts from now, and say in the words when they called."
    )


class NotAtWork(Invalid):
    code = "not_at_work"
    message = _("%(name)s cannot take cases: choose an active person of the desk.")
    status = HTTPStatus.BAD_REQUEST


class SpanIsEmpty(Invalid):
    code = "span_is_empty"
    message = _("The span ends before it begins: choose a later end.")


MANY_WITHOUT_RULE = _(
    "%(count)d running promises or more would have no rule, such as: %(places)s. "
    "Add rules for them, or let open cases keep the promises they have."
)


class CasesWithoutRule(DomainError):
    """The policy would leave running promises of open cases without a rule."""

    code = "cases_without_rule"

    def __init__(self, count: int, places: str, *, at_least: bool = False) -> None:
        told = ngettext(
            "%(count)d running promise would have no rule: %(places)s. "
            "Add a rule for it, or let open cases keep the promises they have.",
            "%(count)d running promises would have no rule, such as: %(places)s. "
            "Add rules for them, or let open cases keep the promises they have.",
            count,
        )
        super().__init__(MANY_WITHOUT_RULE if at_least else told, count=count, places=places)


class VersionStillInForce(DomainError):
    code = "version_still_in_force"
    message = _(
        "Version %(number)d is the one in effect: its cases have no other promises to get. "
        "Withdraw it or publish another first."
    )


class TimelineIsBroken(DomainError):
    code = "timeline_is_broken"
    message = _(
        "The timeline of this case cannot be read (%(error)s), so nothing can be rebuilt from it. "
        "It has to be restored from a backup."
    )
