"""How the demo's desks work: shifts, SWAT team, skills, absences, hours, routes, texts, views.

Through the actions where there are some; skills and hours are rows, as the admin writes them.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.actions import add_team, join_team
from accounts.models import Person, PersonSkill, Team
from entitlements.models import Product
from escalation.absences import note_absence
from escalation.duty import add_shift, add_weekly
from escalation.models import WorkingHours
from tickets.actions.routing import add_route
from tickets.canned import save_canned
from tickets.filters import Address
from tickets.macros import save_macro
from tickets.views import save_view

WORKDAYS = range(5)
# The days by turns, the nights of working days by the lead: weekend nights are the gap.
DAY, NIGHT = (time(7), time(19)), (time(19), time(7))
WEEKS = 3
SWAT_GRADES = ("senior_engineer", "principal_engineer", "senior_developer")
SKILLS = (("Windows servers", "Certified administrator"), ("Storage",), ("Databases",), ("C++",))
TEXTS = (
    (
        "We are on it",
        "Dear {contact},\n\nthank you, {number} is with {team}. You hear from us by {promise}.\n\n"
        "{agent}",
    ),
    (
        "How to collect the logs",
        "Dear {contact},\n\nplease open the console, choose Support and then Collect, and add the "
        "file to {number}. It holds no passwords; please send us none.\n\n{agent}",
    ),
)
ASKS_FOR_LOGS = {
    "owner": "me",
    "tags": ["logs"],
    "ask": "Dear {contact}, could you add the log files from the time when it happened?",
}


def arrange(agents: Sequence[Person], lead: Person, product: Product, now: datetime) -> None:
    """Give a vendor's desk its shifts, teams, texts and views, in the tenant that is entered.

    `agents`: two of Level 1, one of 2, one of 3.
    """
    manager = Person.objects.filter(role="manager").earliest("pk")
    _raise_swat((*agents[2:], lead))
    _put_on_duty(agents, lead, now, manager)
    _note_absence(agents, now, manager)
    for person, names in zip(agents, SKILLS, strict=True):
        for name in names:
            PersonSkill.objects.create(tenant_id=person.tenant_id, person=person, name=name)
    first = Team.objects.get(tier=1)
    add_route(product_id=product.pk, region="", team_id=first.pk, by=manager)
    for title, body in TEXTS:
        save_canned(canned_id=None, title=title, body=body, is_shared=True, by=manager, at=now)
    save_macro(
        macro_id=None,
        title="Mine, and ask for logs",
        steps=ASKS_FOR_LOGS,
        is_shared=True,
        by=manager,
        at=now,
    )
    save_view(
        name="Nobody has it yet",
        address=Address(filters={"owner": "none"}),
        is_shared=True,
        by=manager,
        at=now,
    )


def _raise_swat(people: Sequence[Person]) -> None:
    """Let the senior people stand by beside the tiers, each with a grade (DD-26, DD-27)."""
    swat = add_team(name="SWAT", is_swat=True)
    for person, grade in zip(people, SWAT_GRADES, strict=True):
        person.grade = grade
        person.pager = person.email.replace("@", "+pager@")
        person.save(update_fields=["grade", "pager"])
        join_team(team=swat, person=person)


def _put_on_duty(agents: Sequence[Person], lead: Person, now: datetime, manager: Person) -> None:
    """Have somebody on duty now, and by turns in the weeks that come; weekend nights stay free.

    The first shift begins before now, so that whatever the day is, somebody can be paged.
    """
    here = now.astimezone(ZoneInfo(manager.tenant.time_zone))
    begun = (here - timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    one, other, second, _third = agents
    until = datetime.combine(here.date() + timedelta(days=1), DAY[0], here.tzinfo)
    add_shift(person_id=second.pk, team_id=None, starts_at=begun, ends_at=until, by=manager)
    tomorrow = here.date() + timedelta(days=1)
    for ahead, person in enumerate((one, other)):
        add_weekly(
            person_id=person.pk,
            team_id=None,
            weekdays=list(range(7)),
            opens=DAY[0],
            closes=DAY[1],
            first_on=tomorrow + timedelta(weeks=ahead),
            weeks=WEEKS - ahead,
            every=2,
            by=manager,
        )
    add_weekly(
        person_id=lead.pk,
        team_id=None,
        weekdays=list(WORKDAYS),
        opens=NIGHT[0],
        closes=NIGHT[1],
        first_on=tomorrow,
        weeks=WEEKS,
        every=1,
        by=manager,
    )


def _note_absence(agents: Sequence[Person], now: datetime, manager: Person) -> None:
    """Send one agent away next week with another in their place; that one works by day only."""
    one, other = agents[:2]
    starts_on = now.date() + timedelta(days=5)
    note_absence(
        person_id=other.pk,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=6),
        stand_in_id=one.pk,
        note="Holidays",
        by=manager,
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(
            tenant_id=one.tenant_id, person=one, weekday=day, opens=time(8), closes=time(18)
        )
        for day in WORKDAYS
    )
