"""What is refused about questions, absence, merging, incidents and fixes, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class AsksForSecret(Invalid):
    code = "asks_for_secret"
    message = _(
        "Nobody is asked for a secret (“%(word)s”): what is sent stays on the case. Let the "
        "customer type it in themselves in a meeting, or ask for an account of your own that is "
        "taken away again afterwards. Is it no request for one? Then tick “This asks for no "
        "secret”."
    )


class NoQuestionWaits(DomainError):
    code = "no_question_waits"
    message = _("No question waits on this case any more: it was answered or taken back.")


class AwayInPast(Invalid):
    code = "away_in_past"
    message = _("That day is over already. Give the last day on which nobody is there.")


class AwayTooLong(Invalid):
    code = "away_too_long"
    message = _("That is more than %(days)d days ahead. Give an earlier day, or close the case.")


class NotAway(DomainError):
    code = "not_away"
    message = _("No absence is noted on this case any more.")


class NoLowerLevel(DomainError):
    code = "no_lower_level"
    message = _("The policy offers no lower level for a case of this level.")


class NoReopeningWaits(DomainError):
    code = "no_reopening_waits"
    message = _("Nothing waits here any more: it was decided before.")


class NoSuchCase(Invalid):
    code = "no_such_case"
    message = _("There is no case %(number)s that you may see.")


class SameCase(Invalid):
    code = "same_case"
    message = _("That is this case itself. Name another one.")


class OtherCompany(Invalid):
    code = "other_company"
    message = _(
        "%(number)s is a case of another company: merged, one would read the other's words. "
        "Link them, or make them part of an incident."
    )


class SeenByOthers(Invalid):
    code = "seen_by_others"
    message = _("One of the two is restricted and the other is not: they are seen by others.")


class IsMerged(DomainError):
    code = "is_merged"
    message = _("This case was merged into another one: go on there, or undo it first.")


class HasTies(Invalid):
    code = "has_ties"
    message = _("Other cases were merged into this one, or hang on it: settle that first.")


class EscalationGoesOn(Invalid):
    code = "escalation_goes_on"
    message = _(
        "The customer has asked for an escalation, and it still runs: answer it and end it first, "
        "or merge the other case into this one."
    )


class NoMergeToUndo(DomainError):
    code = "no_merge_to_undo"
    message = _("It is too late to undo: a merge can be undone for %(days)d days.")


class IsNoIncident(Invalid):
    code = "is_no_incident"
    message = _("%(number)s is no incident, or not open any more.")


class IsIncident(DomainError):
    code = "is_incident"
    message = _("This case is an incident itself, with cases of its own.")


class HasChildren(DomainError):
    code = "has_children"
    message = _("Cases hang on this incident: take them off it first.")


class OtherProduct(Invalid):
    code = "other_product"
    message = _("That release is one of another product than the defect.")


class DefectIsOver(DomainError):
    code = "defect_is_over"
    message = _("This has shipped already; all who waited for it were told.")


class TitleMissing(Invalid):
    code = "title_missing"
    message = _("Name the fault in a few words: customers read them.")


class ProductMissing(Invalid):
    code = "product_missing"
    message = _("The case names no product: set one first, so that a release can mend the fault.")


class ReleaseMissing(Invalid):
    code = "release_missing"
    message = _("Choose the release in which it is fixed.")


class NotOutYet(DomainError):
    code = "not_out_yet"
    message = _("No release is promised for it yet, so there is nothing that could have shipped.")


class NotAtTopTier(DomainError):
    code = "not_at_top_tier"
    message = _("Engineers take part once a case is at Level 3. Escalate it first.")


class NoSuchTracker(Invalid):
    code = "no_such_tracker"
    message = _("Choose a tracker that is in service.")


class AlreadyLinked(DomainError):
    code = "already_linked"
    message = _("The case is linked with this issue already.")
