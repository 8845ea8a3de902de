from dataclasses import dataclass

import pytest

from accounts.tenancy import tenant
from tests.cases import file_case
from tests.knowledge.writing import published
from tests.packs import publish
from tests.twins import Twin
from tests.uploads import uploaded
from tickets.actions.conversation import add_note, reply_to_case
from tickets.models import Attachment, Case

# A word of the desk's that no customer may ever read.
INSIDE = "cn-inside"


@dataclass
class House:
    """A vendor at work: a case with an answer, a note and two files, and an article."""

    twin: Twin
    case: Case
    shown: Attachment
    inside: Attachment
    article: int

    def addresses(self) -> list[str]:
        """List what can be read of it."""
        case, company = self.case.uuid, self.twin.company.pk
        on_case = ("", "timeline/", "promises/", "attachments/", "escalations/", "notes/")
        return [
            *(f"cases/{case}/{page}" for page in on_case),
            *(f"attachments/{key}/{page}" for key in self.files for page in ("", "content/")),
            f"companies/{company}/",
            f"companies/{company}/points/",
            f"companies/{company}/points/statement/",
            f"contacts/{self.twin.contact.pk}/",
            f"contracts/{self.twin.contract.pk}/",
            f"articles/{self.article}/",
        ]

    @property
    def files(self) -> tuple[object, ...]:
        return self.shown.uuid, self.inside.uuid


LISTS = (
    "me/",
    "cases/",
    "companies/",
    "contacts/",
    "contracts/",
    "policy/",
    "policy/versions/",
    "articles/",
    "articles/?q=engine",
    "uploads/",
)


@pytest.fixture
def houses(alpha: Twin, beta: Twin, settings, tmp_path) -> dict[str, House]:
    settings.ATTACHMENT_ROOT = tmp_path
    return {twin.tenant.slug: _house(twin) for twin in (alpha, beta)}


@pytest.fixture
def house(houses: dict[str, House]) -> House:
    return houses["alpha"]


def _house(twin: Twin) -> House:
    publish(twin, "metalogix")
    with tenant(twin.tenant) as at:
        # The keys of beta are none of alpha's.
        for _number in range(3 if twin.tenant.slug == "beta" else 1):
            case = file_case(twin, at=at, severity="3")
        act = {"case_id": case.pk, "by": twin.agent, "at": at}
        shown = uploaded(twin.agent, case, "reply", at=at, name=f"{twin.canary}log.txt")
        reply_to_case(body=f"{twin.canary}answer", **act)
        inside = uploaded(twin.agent, case, "note", at=at, name=f"{INSIDE}.txt")
        add_note(body=f"{twin.canary}{INSIDE}", **act)
        article = published(twin, f"{twin.canary}engine").pk
    return House(twin, case, shown, inside, article)
