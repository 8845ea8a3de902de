"""A vendor at work: its desk, its customers, its clock and its mail, as they are seen from outside.

2030, for desk time only moves forward; its 4 March is a Monday.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.http import HttpResponse
from django.test import Client

from accounts.actions import add_company, add_person
from accounts.models import Person
from accounts.tenancy import desk_now, tenant
from desk.acts import ACTS
from entitlements.actions import sign_contract
from entitlements.lines import LineWish, policy_sold
from escalation.tick import tick
from outbox.delivery import deliver_due
from outbox.queries import mailbox
from tests.entitled import entitle
from tests.stories.forms import forms_in, press, row_of, words
from tests.twins import PASSWORD, Twin
from tickets.models import Case

GO_ON = "Save and continue"
BODY = "It stops at 80 %, since this morning."


def local(zone: str, text: str) -> datetime:
    """Read a wall clock: local("America/New_York", "2030-03-04 10:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@dataclass
class House:
    """Alpha under one of the packs. Pages are fetched by its address, and none may name beta."""

    twin: Twin
    browse: Callable[..., Client]
    set_desk_time: Callable[[datetime], None]
    clients: dict[int, Client] = field(default_factory=dict)

    def customer(
        self, company: str, zone: str, country: str, *, plan: str = "", edition: str = ""
    ) -> Person:
        """Let a company sign a contract, and give its contact, who can sign in."""
        with tenant(self.twin.tenant):
            bought_by = add_company(name=company, time_zone=zone, country=country)
            sold = policy_sold().plan(plan)
            sign_contract(
                company=bought_by,
                plan=plan,
                edition=edition,
                starts_on=date(2026, 1, 1),
                # What the plan cannot be had without (SP-12).
                lines=[LineWish(code, users=50) for code in sold.requires] if sold else [],
                at=desk_now(),
            )
            entitle(bought_by)
            return add_person(
                name=f"{company} contact",
                role="contact",
                email=f"{company.lower()}@acme.test",
                password=PASSWORD,
                company=bought_by,
                phone="555-0101",
            )

    def desk_lives_in(self, zone: str) -> None:
        with tenant(self.twin.tenant):
            Person.objects.filter(company__isnull=True).update(time_zone=zone)

    def let_pass(self, until: datetime) -> None:
        """Let time pass as it does: a tick at each moment when one is due, and mail goes out."""
        while (mark := self._next_mark()) is not None and mark <= until:
            self._tick_at(mark)
        self._tick_at(until)

    def client(self, person: Person) -> Client:
        if person.pk not in self.clients:
            self.clients[person.pk] = self.browse(self.twin.tenant, person)
        return self.clients[person.pk]

    def page(self, person: Person, address: str) -> HttpResponse:
        """Open a page, and look for what belongs to another vendor."""
        page = self.client(person).get(address, follow=True)
        assert page.status_code == 200, f"{address}: {page.status_code} {words(page)}"
        assert "cn-beta-" not in page.content.decode()
        return page

    def press(self, person: Person, page: HttpResponse, button: str, **answers: str) -> str:
        """Press a button on a page and give the words of where one comes to."""
        return words(press(self.client(person), page, button, **answers))

    def answer_steps(self, person: Person, *steps: dict[str, str]) -> HttpResponse:
        """Answer the filing form step by step, and give the page where answers are checked."""
        page = self.page(person, "/file/")
        for answers in steps:
            page = self.go_on(person, page, **answers)
        assert page.request["PATH_INFO"] == "/file/check/", words(page)
        return page

    def go_on(self, person: Person, page: HttpResponse, **answers: str) -> HttpResponse:
        """Answer one step of the filing form; where it happens is in production, unless said."""
        if page.request["PATH_INFO"] == "/file/situation/" and "environment" not in answers:
            page = press(self.client(person), page, GO_ON, environment="production")
        return press(self.client(person), page, GO_ON, **answers)

    def file(self, person: Person, *steps: dict[str, str]) -> str:
        """File a case in the portal and give the words of the page that confirms it."""
        filed = self.press(person, self.answer_steps(person, *steps), "Send case")
        deliver_due()
        return filed

    def act(self, person: Person, number: int, button: str, **answers: str) -> str:
        """Do something on the desk's page of a case, or on that of the act to which it leads."""
        page = self.page(person, f"/desk/cases/{number}/")
        if not any(button in form.buttons for form in forms_in(page)):
            said = next(iter(answers), "").partition("__")[0]
            named = (code for code, act in ACTS.items() if str(act.button) == button)
            code = said or next(named)
            way = f"/desk/cases/{number}/{code}/"
            assert f'href="{way}' in page.content.decode(), f"no way to {way}: {words(page)}"
            page = self.page(person, way)
        told = self.press(person, page, button, **answers)
        deliver_due()
        return told

    def in_queue(self, person: Person, subject: str, view: str = "open") -> str:
        """Read the row of a case in the desk's queue."""
        return row_of(self.page(person, f"/desk/?view={view}"), subject)

    def desk_page(self, person: Person, number: int) -> str:
        return words(self.page(person, f"/desk/cases/{number}/"))

    def portal_page(self, person: Person, number: int) -> str:
        return words(self.page(person, f"/cases/{number}/"))

    def mail_to(self, person: Person) -> list[str]:
        """List the subjects of what came to somebody's mailbox, oldest first."""
        with tenant(self.twin.tenant):
            return [mail.subject for mail in mailbox(limit=100, address=person.email)][::-1]

    def newest_letter_to(self, person: Person) -> str:
        with tenant(self.twin.tenant):
            return mailbox(limit=1, address=person.email)[0].body

    def _tick_at(self, moment: datetime) -> None:
        self.set_desk_time(moment)
        tick()
        deliver_due()

    def _next_mark(self) -> datetime | None:
        with tenant(self.twin.tenant):
            return Case.objects.aggregate(first=Min("next_mark_at"))["first"]
