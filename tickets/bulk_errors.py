"""What is refused about changes of many cases, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid


class NothingChosen(Invalid):
    code = "nothing_chosen"
    message = _("No case is chosen: tick some in the queue first.")


class TooManyChosen(Invalid):
    code = "too_many_chosen"
    message = _("At most %(most)d cases are changed at once: narrow the list first.")


class NothingToDo(Invalid):
    code = "nothing_to_do"
    message = _("Choose at least one change: all is left as it is so far.")


class ClosesOnly(Invalid):
    code = "closes_only"
    message = _("A case that is closed cannot be changed any more: only tags go with closing.")


class TeamNoteMissing(Invalid):
    code = "team_note_missing"
    message = _("Write what the new team is to do: it is kept as an internal note on each case.")


class CaseHasNews(DomainError):
    code = "case_has_news"
    message = _("Somebody wrote on it after it was chosen: read that first.")


class UndoIsOver(DomainError):
    code = "undo_is_over"
    message = _("Too late to undo it at once. Change the cases back in the queue.")


class ChangedSince(DomainError):
    code = "changed_since"
    message = _("Somebody has changed it since: it stays as it is.")
