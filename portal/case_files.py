"""The files of a case, and the boxes for new ones, as the customer sees them."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Person
from sla.engine.policy import Policy
from tickets.actions.attaching import ANSWER, FILING
from tickets.files import CaseFiles
from tickets.uploading import FileBox

FACE = "portal"


@dataclass(frozen=True)
class PortalFiles(CaseFiles):
    """Everything about files on the customer's page of a case."""

    @property
    def box(self) -> FileBox:
        """Give the box of the answer."""
        return FileBox(self.by, self.at, ANSWER, self.policy, FACE, self.case)


def filing_box(by: Person, policy: Policy, at: datetime) -> FileBox:
    """Give the box of the filing form; what lies in it is kept with the draft."""
    return FileBox(by, at, FILING, policy, FACE)
