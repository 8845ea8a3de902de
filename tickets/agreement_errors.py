"""What is refused where customer and desk agree on something on a case, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class ScopeMissing(Invalid):
    code = "scope_missing"
    message = _("Say what may be accessed: a system, an account, a screen.")


class ConsentEndsInPast(Invalid):
    code = "consent_ends_in_past"
    message = _("The permission has to end later than now. Choose a later time.")


class ConsentLastsTooLong(Invalid):
    code = "consent_lasts_too_long"
    message = _("A permission lasts %(days)d days at most. Choose an earlier end.")


class NoConsentRuns(DomainError):
    code = "no_consent_runs"
    message = _("There is no such permission any more: it was withdrawn, or its time is over.")


class NoPointsToCredit(DomainError):
    code = "no_points_to_credit"
    message = _("Nothing comes back: this case holds no points.")


class NoBugCredit(DomainError):
    code = "no_bug_credit"
    message = _("The policy of this case gives no points back for a bug.")


class NoMoneyRefund(DomainError):
    code = "no_money_refund"
    message = _("The points of this case cannot be had as money.")


class CreditIsSpent(DomainError):
    code = "credit_is_spent"
    message = _(
        "The points that came back are spent already, so they cannot be had as money any more."
    )


class UnknownDeclined(Invalid):
    code = "unknown_declined"
    message = _("Choose from the list of what the policy says support declines.")


class CaseWasDeclined(DomainError):
    code = "case_was_declined"
    message = _(
        "This case was declined, and it is not opened again: who can help stands on it. If it is "
        "for support after all, open a new case about it."
    )


class SameProblemNeeded(Invalid):
    code = "same_problem_needed"
    message = _(
        "Confirm that it is exactly the problem as first reported. If it is not, open a new case "
        "about it."
    )


class SplitWaits(DomainError):
    code = "split_waits"
    message = _("A proposal waits for the customer already. Withdraw it before you make another.")


class NoSplitWaits(DomainError):
    code = "no_split_waits"
    message = _("There is nothing to decide any more: this proposal has been decided or withdrawn.")


class SplitCostsMore(DomainError):
    code = "split_costs_more"
    message = _(
        "Not accepted: it costs %(points)d points now, more than you were shown. Look at it as it "
        "is now, and accept it if you agree."
    )


class NotFollowed(DomainError):
    code = "case_not_followed"
    message = _("This case is still open, so it can be answered: no new one about it is needed.")
