"""What escalation refuses, in words."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class NoHigherTier(DomainError):
    code = "no_higher_tier"
    message = _("The case is at Level 3 already: there is no higher one.")


class UnknownTeam(Invalid):
    code = "unknown_team"
    message = _("There is no such team of a level: choose one of Level 1, 2 or 3.")


class HandOverNoteMissing(Invalid):
    code = "hand_over_note_missing"
    message = _("Say what was done so far: the next team starts from it.")


class NeedMissing(Invalid):
    code = "need_missing"
    message = _("Say what is needed of the next team.")


class NowhereToHandBack(DomainError):
    code = "nowhere_to_hand_back"
    message = _("The case came from nobody: there is no team to hand it back to.")


class NoSwatTeam(DomainError):
    code = "no_swat_team"
    message = _("Nobody is in a SWAT team with a grade that the policy admits.")


class SwatIsThere(DomainError):
    code = "swat_is_there"
    message = _("The SWAT team works on the case already.")


class SwatIsNotThere(DomainError):
    code = "swat_is_not_there"
    message = _("The SWAT team does not work on the case.")


class NotOfTheDesk(Invalid):
    code = "not_of_the_desk"
    message = _("%(name)s does not work at the desk.")


class ShiftEndsBeforeItStarts(Invalid):
    code = "shift_ends_before_it_starts"
    message = _("A shift ends after it has begun.")


class AlreadyOnDuty(DomainError):
    code = "already_on_duty"
    message = _("%(name)s is on duty already for the same team at %(when)s.")


class TooManyShifts(Invalid):
    code = "too_many_shifts"
    message = _("Plan %(weeks)d weeks at most at once.")


class NoDayChosen(Invalid):
    code = "no_day_chosen"
    message = _("Choose at least one day of the week.")


class AbsenceEndsBeforeItStarts(Invalid):
    code = "absence_ends_before_it_starts"
    message = _("The last day is before the first one.")


class AbsentTwice(DomainError):
    code = "absent_twice"
    message = _("%(name)s is noted as absent on some of these days already.")


class StandsInForOneself(Invalid):
    code = "stands_in_for_oneself"
    message = _("Choose somebody else as the stand-in.")


class StandInIsAbsent(Invalid):
    code = "stand_in_is_absent"
    message = _("%(name)s is away on some of these days too.")


class EscalationNotOffered(DomainError):
    code = "escalation_not_offered"
    message = _("The policy of this case offers no escalation on request.")


class EscalationRuns(DomainError):
    code = "escalation_runs"
    message = _("An escalation of this case runs already.")


class EscalationOver(DomainError):
    code = "escalation_over"
    message = _("This escalation has been ended.")


class EscalationAnswered(DomainError):
    code = "escalation_answered"
    message = _("This escalation has been answered. Reply on the case, or end the escalation.")


class SituationMissing(Invalid):
    code = "situation_missing"
    message = _("Say how things stand.")


class ReasonMissing(Invalid):
    code = "escalation_reason_missing"
    message = _("Say why an escalation is asked for.")


class AnswerMissing(Invalid):
    code = "escalation_answer_missing"
    message = _("Write the answer: the customer waits for it.")


class EndNoteMissing(Invalid):
    code = "escalation_end_note_missing"
    message = _("Say why it ends: both sides read it.")


class NotOfTheCompany(Invalid):
    code = "not_of_the_company"
    message = _("Choose somebody of the company of this case.")


class CasesMoved(DomainError):
    code = "cases_moved"
    message = _("Nothing was handed on: the cases have changed meanwhile. Look at them once more.")


class NothingToHandOn(DomainError):
    code = "nothing_to_hand_on"
    message = _("%(name)s owns no open case.")


class HandedToOneself(Invalid):
    code = "handed_to_oneself"
    message = _("Choose somebody else: they have these cases already.")


class LinkIsTooOld(DomainError):
    code = "link_is_too_old"
    message = _("This link is older than %(days)d days. Sign in to take notice of what waits.")
    status = HTTPStatus.GONE


class GradeNotAdmitted(DomainError):
    code = "grade_not_admitted"
    message = _(
        "%(person)s cannot be in %(team)s: the policy admits only people of these grades to a "
        "SWAT team: %(grades)s."
    )
