"""What escalation refuses, in words."""

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
    message = _("Say what was done so far and what is needed: the next team starts from it.")
