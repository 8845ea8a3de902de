"""What is refused about levels, routes, estimates and wishes for features, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class LevelNotOffered(Invalid):
    code = "level_not_offered"
    message = _("This level cannot be asked for: the desk alone sets it, or it is so already.")


class LevelRequestWaits(DomainError):
    code = "level_request_waits"
    message = _("There is a question about this level already that waits for its answer.")


class NoLevelRequestWaits(DomainError):
    code = "no_level_request_waits"
    message = _("There is nothing to decide any more: it was decided, or taken back meanwhile.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Give the reason: the other side reads it.")


class EstimateTooLate(Invalid):
    code = "estimate_too_late"
    message = _("The promise is %(promise)s: an estimate cannot be later than it.")


class EstimateInPast(Invalid):
    code = "estimate_in_past"
    message = _("That moment has passed already: give a later estimate.")


class EstimateWhileWaiting(Invalid):
    code = "estimate_while_waiting"
    message = _("The case waits for the customer: when it goes on depends on their answer.")


class NoNextCase(DomainError):
    code = "no_next_case"
    message = _("There is no case that waits for somebody like you. That is good news.")


class NobodyToAssign(DomainError):
    code = "nobody_to_assign"
    message = _("Nobody of the team is there to take it. Hand it to another team, or take it.")


class NotAFeature(DomainError):
    code = "not_a_feature"
    message = _("By its type and level this case is no wish for the product.")


class TitleMissing(Invalid):
    code = "title_missing"
    message = _("Give the wish a title, so that it can be found again.")


class DispositionNeedsWords(Invalid):
    code = "disposition_needs_words"
    message = _("Say in words for customers what was decided: it is mailed to who wants to hear.")


class ReleaseMissing(Invalid):
    code = "release_missing"
    message = _("Name the release that it came with.")


class RouteIsEmpty(Invalid):
    code = "route_is_empty"
    message = _("Choose a product, a region, or both: other cases go to the first team anyway.")
