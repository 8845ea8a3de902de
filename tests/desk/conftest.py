"""A desk at work: alpha under the policy of Metalogix, on a Monday morning."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from accounts.tenancy import tenant
from tests.cases import file_case
from tests.entitled import entitle
from tests.packs import publish
from tests.twins import Twin
from tickets.models import Case

# Far ahead, for desk time only moves forward. 10:00 in Paris, where the vendor is, and in Berlin.
MONDAY = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)


@dataclass
class Desk:
    """One vendor's desk; `page` and `act` speak as the first agent unless told otherwise."""

    twin: Twin
    browse: Callable[..., Client]

    def client(self, person: Person | None = None) -> Client:
        return self.browse(self.twin.tenant, person or self.twin.agent)

    def file(self, **changes) -> Case:
        with tenant(self.twin.tenant):
            return file_case(self.twin, at=changes.pop("at", MONDAY), **changes)

    def reread(self, case: Case) -> Case:
        with tenant(self.twin.tenant):
            return Case.objects.select_related("owner", "team").get(pk=case.pk)

    def page(self, case: Case, person: Person | None = None):
        return self.client(person).get(reverse("desk:case", args=[case.number]))

    def asked(self, case: Case, code: str, person: Person | None = None, **headers: str):
        """Ask for the form of an act by itself."""
        address = reverse(f"desk:{code}", args=[case.number])
        return self.client(person).get(address, headers=headers)

    def form(self, case: Case, code: str, person: Person | None = None):
        """Give the form of an act as it is drawn now."""
        return self.asked(case, code, person).context["panel"].form

    def act(self, case: Case, code: str, person: Person | None = None, **fields):
        """Send a form of the case page, as if the page had just been opened."""
        sent = {"seen": self.reread(case).last_seq} | fields
        data = {f"{code}-{name}": value for name, value in sent.items()}
        return self.client(person).post(reverse(f"desk:{code}", args=[case.number]), data)

    def said(self, case: Case) -> list[tuple[str, str]]:
        """List what was said on a case, by the kind of message."""
        with tenant(self.twin.tenant):
            return list(case.messages.order_by("pk").values_list("kind", "body"))

    def notes(self, case: Case) -> list[str]:
        with tenant(self.twin.tenant):
            return list(case.notes.order_by("pk").values_list("body", flat=True))

    def reasons(self, case: Case) -> list[str]:
        with tenant(self.twin.tenant):
            messages = case.messages.filter(kind="reason").order_by("pk")
            return list(messages.values_list("body", flat=True))


@pytest.fixture
def open_desk(alpha: Twin, browse, set_desk_time) -> Callable[..., Desk]:
    """Open alpha's desk under a pack: open_desk("msp"); the company may open cases."""

    def under(pack: str, at: datetime = MONDAY, *, is_entitled: bool = True) -> Desk:
        publish(alpha, pack)
        if is_entitled:
            with tenant(alpha.tenant):
                entitle(alpha.company)
        set_desk_time(at)
        return Desk(alpha, browse)

    return under


@pytest.fixture
def desk(open_desk) -> Desk:
    return open_desk("metalogix")


@pytest.fixture
def case(desk: Desk) -> Case:
    return desk.file()


def text_of(response) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")
