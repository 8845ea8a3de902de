"""The files of a case, and the boxes for new ones, as somebody of the desk sees them."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import Person
from sla.engine.policy import Policy
from tickets.actions.attaching import call_draft
from tickets.around import Around
from tickets.attachment_models import Attachment, AttachmentDownload
from tickets.files import CaseFiles, ShownFile, downloads_of, unsent_of
from tickets.link_models import DiagnosticDrop
from tickets.uploading import FileBox

FACE = "desk"


@dataclass(frozen=True)
class DeskFiles(CaseFiles):
    """Everything about files on the desk's page of a case."""

    # Of the entries on the timeline: what never was costs no statement.
    kinds: frozenset[str]
    around: Around

    @cached_property
    def all(self) -> list[ShownFile]:
        return super().all if self.around.has_files else []

    @cached_property
    def drops(self) -> list[DiagnosticDrop]:
        return super().drops if "diagnostics_offered" in self.kinds else []

    def box(self, code: str) -> FileBox:
        """Give the box of an act's form."""
        box = FileBox(self.by, self.at, code, self.policy, FACE, self.case)
        box.was_read(self._unsent.get(code, []))
        return box

    @cached_property
    def _unsent(self) -> dict[str, list[Attachment]]:
        """Read once what lies in the boxes of all forms of the case."""
        found: dict[str, list[Attachment]] = {}
        if not self.around.has_unsent:
            return found
        for row in unsent_of(self.by).filter(case=self.case).order_by("pk"):
            found.setdefault(row.draft, []).append(row)
        return found

    @property
    def hint(self) -> str:
        """Say beside an answer how the customer wants to have it (DD-29); "" for no wish."""
        who = {"contact": self.case.contact.name, "channel": self.preferred_text}
        if self.preferred == "phone":
            return (
                _("%(contact)s wants to be answered by phone: call them, and log the call.") % who
            )
        return _("%(contact)s wants to be answered by %(channel)s.") % who if self.preferred else ""

    @cached_property
    def downloads(self) -> list[AttachmentDownload]:
        """List who had which file; for leads and managers (DD-35)."""
        return downloads_of(self.case, self.by)

    @property
    def may_offer_diagnostics(self) -> bool:
        """Tell whether the policy has terms on which a tool can be given (DD-37)."""
        return bool(self.policy.diagnostics.terms)


def caller_box(by: Person, token: str, policy: Policy, at: datetime) -> FileBox:
    """Give the box of the form of a caller's case."""
    return FileBox(by, at, call_draft(token), policy, FACE)
