"""A company admin and the company's people: inviting, rights, leaving."""

import re
from datetime import UTC, datetime

import pytest

from accounts.actions import add_company, add_person, add_site
from accounts.change_models import Change
from accounts.changes import told
from accounts.colleagues import (
    Rights,
    change_colleague,
    deactivate_colleague,
    take_back_invitation,
)
from accounts.errors import NotFound
from accounts.models import Invitation, Person
from accounts.tenancy import tenant
from entitlements.inviting import (
    INVITED,
    MOST_A_DAY,
    AddressNotFree,
    TooManyInvitations,
    invite_again,
    invite_colleague,
)
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.portal.pages import file_cases, words
from tests.portal.vendors import PASSWORD
from tickets.actions.conversation import ask_customer
from tickets.queries import visible_cases

NOON = datetime(2083, 6, 7, 16, 0, tzinfo=UTC)
INVITE = {"name": "Dora New", "email": "dora@acme.test", "role": "contact", "may_file": "on"}


@pytest.fixture
def world(vendor, set_desk_time):
    set_desk_time(NOON)
    return vendor("datadynamics")


@pytest.fixture
def admin(world, browse):
    return browse(world.tenant, world.admin)


def found(world, email="dora@acme.test"):
    with tenant(world.tenant):
        return Person.objects.get(email=email)


def letter(world):
    with tenant(world.tenant):
        row = OutboxMessage.objects.filter(kind=INVITED).latest("pk")
        kind = registered(INVITED)
        return kind.may_receive(row.recipient, row.refs), kind.render(row.recipient, row.refs)


def test_invited_colleague_chooses_a_password_by_the_link_and_signs_in(world, admin, browse):
    answer = admin.post("/company/invite/", INVITE)
    page = words(admin.get("/company/"))
    may, told = letter(world)
    dora = browse(world.tenant)
    link = re.search(r"http://[^/]+(/account/password/reset/key/\S+)", told.body)[1]
    choose = dora.get(link)["Location"]
    dora.post(choose, {"password1": PASSWORD, "password2": PASSWORD})

    signed_in = dora.post("/account/login/", {"login": INVITE["email"], "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/company/")
    assert "Dora New" in page
    assert "by adele; no password yet" in page
    assert may is True
    assert "adele of Acme wants you to work with the support of" in told.body
    assert "You will see your own cases." in told.body
    assert (signed_in.status_code, signed_in["Location"]) == (302, "/")
    assert letter(world)[0] is not True


def test_invitation_that_is_taken_back_lets_nobody_in(world, admin, browse):
    admin.post("/company/invite/", INVITE)
    link = re.search(r"http://[^/]+(/account/\S+)", letter(world)[1].body)[1]
    key = found(world).pk

    admin.post(f"/company/{key}/take-back/")
    dead = words(browse(world.tenant).get(link))

    assert found(world).is_active is False
    assert letter(world)[0] is not True
    assert "does not work" in dead or "no longer" in dead or "used" in dead
    # Let in again, they may be invited again.
    admin.post(f"/company/{key}/activate/")
    admin.post(f"/company/{key}/invite/")
    with tenant(world.tenant):
        assert Invitation.objects.filter(taken_back_at=None).count() == 1
    assert letter(world)[0] is True


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"email": "colin@acme.test"}, "colin of your company has this address already."),
        ({"email": "ana@desk.test"}, "This address cannot be invited from here: ask the vendor."),
        ({"email": "x@other.test"}, "This address cannot be invited from here: ask the vendor."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"name": "Win at www.prize.test"}, "Write the name alone, without an address in it."),
        (
            {"role": "manager"},
            "Select a valid choice. manager is not one of the available choices.",
        ),
    ],
)
def test_what_cannot_be_invited_is_said_beside_the_field(world, admin, changes, told):
    with tenant(world.tenant):
        other = add_company(name="Other")
        add_person(name="Xaver", role="contact", email="x@other.test", company=other)

    page = admin.post("/company/invite/", INVITE | changes)

    assert page.status_code == 422
    assert told in words(page)
    with tenant(world.tenant):
        assert not Invitation.objects.exists()


def test_company_sends_only_so_many_invitations_a_day(world):
    with tenant(world.tenant):
        invite = {"rights": Rights(), "by": world.admin, "at": NOON}
        for number in range(MOST_A_DAY):
            invite_colleague(name="Dora", email=f"dora{number}@acme.test", **invite)

        with pytest.raises(TooManyInvitations):
            invite_colleague(name="Dora", email="one-more@acme.test", **invite)
        with pytest.raises(AddressNotFree):
            later = {**invite, "at": datetime(2083, 6, 9, tzinfo=UTC)}
            invite_colleague(name="Ana", email="ana@desk.test", **later)


def test_rights_decide_what_a_colleague_sees_and_may_do(world, admin, browse):
    file_cases(world, 1, at=NOON, severity="2", priority="normal")
    colin = browse(world.tenant, world.colleague)
    before = words(colin.get("/cases/?scope=company"))

    answer = admin.post(
        f"/company/{world.colleague.pk}/", {"role": "contact", "sees_company": "on"}
    )

    assert answer.status_code == 302
    assert "No case is open." in before
    assert "Case 1 of carla" in words(colin.get("/cases/?scope=company"))
    assert colin.get("/cases/1/").status_code == 200
    changed = found(world, "colin@acme.test")
    assert (changed.may_file, changed.sees_company, changed.role) == (False, True, "contact")
    assert colin.get("/company/").status_code == 403
    with tenant(world.tenant):
        kept = Change.objects.get(row=str(changed.pk))
        assert kept.by_id == world.admin.pk
        assert "Sees all cases of the company: no → yes" in told(kept).sentences


def test_points_are_seen_by_whom_the_company_lets(vendor, browse, set_desk_time):
    set_desk_time(NOON)
    world = vendor("scalix")
    admin, carla = browse(world.tenant, world.admin), browse(world.tenant, world.contact)
    before = carla.get("/points/").status_code

    admin.post(f"/company/{world.contact.pk}/", {"role": "contact", "may_file": "on"})

    assert before == 200
    assert carla.get("/points/").status_code == 403
    assert carla.get("/points/statement.csv").status_code == 403
    assert "/points/" not in carla.get("/").content.decode()
    assert "points left" not in words(carla.get("/"))


def test_who_left_is_let_in_no_more_and_their_cases_are_shown(world, admin, browse):
    asked, _other = file_cases(
        world, 2, at=NOON, contact=world.colleague, severity="2", priority="normal"
    )
    with tenant(world.tenant):
        ask_customer(case_id=asked.pk, question="Which version?", by=world.agent, at=NOON)
    colin = browse(world.tenant, world.colleague)
    key = world.colleague.pk
    shown = words(admin.get(f"/company/{key}/"))

    admin.post(f"/company/{key}/deactivate/")

    assert "Open cases that they reported 2" in shown
    assert "Case 1 of colin" in shown
    assert "colin has 2 open cases: they go on" in shown
    assert colin.get("/")["Location"].startswith("/account/login/")
    assert "Deactivated" in words(admin.get("/company/"))
    # Somebody has to answer: the admins do from now on.
    assert "A question about “Case 1 of colin” Which version?" in words(admin.get("/"))
    with tenant(world.tenant):
        assert visible_cases(world.admin).filter(contact=world.colleague).count() == 2


def test_nobody_decides_about_themselves_or_about_another_company(world, admin):
    with tenant(world.tenant):
        other = add_company(name="Other")
        xaver = add_person(name="Xaver", role="contact", email="x@other.test", company=other)

    me = admin.post(f"/company/{world.admin.pk}/", {"role": "contact"})
    admin.post(f"/company/{world.admin.pk}/deactivate/")

    assert me.status_code == 422
    assert "ask another admin of your company" in words(me)
    assert found(world, "adele@acme.test").is_active
    for page in ("", "invite/", "take-back/", "deactivate/", "activate/"):
        for key in (xaver.pk, world.agent.pk):
            assert admin.post(f"/company/{key}/{page}").status_code == 404


def test_sites_are_listed_with_their_zone_and_people(world, admin):
    with tenant(world.tenant):
        site = add_site(company=world.company, name="Lyon", time_zone="Europe/Paris", country="FR")
    admin.post(
        f"/company/{world.colleague.pk}/", {"role": "contact", "may_file": "on", "site": site.pk}
    )

    page = words(admin.get("/company/sites/"))

    assert "Lyon France (FR) Europe/Paris Mon 7 Jun 2083, 18:00 CEST 1" in page


def test_manager_of_the_vendor_sets_the_rights_of_customers_too(alpha, browse):
    manager = browse(alpha.tenant, alpha.manager)
    page = f"/admin/accounts/person/{alpha.contact.pk}/change/"
    fields = manager.get(page).context["adminform"].form.initial
    sent = {name: value for name, value in fields.items() if value not in (None, False)}

    answer = manager.post(page, sent | {"sees_company": "on", "sees_points": ""})

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    with tenant(alpha.tenant):
        person = Person.objects.get(pk=alpha.contact.pk)
    assert (person.sees_company, person.sees_points) == (True, False)
    staff = manager.get(f"/admin/accounts/person/{alpha.agent.pk}/change/").content.decode()
    assert "sees_company" not in staff


def test_admin_decides_about_nobody_of_another_company(world):
    with tenant(world.tenant) as at:
        company = add_company(name="Other")
        other = add_person(name="Olga", role="contact", email="olga@other.test", company=company)
        acts = (
            lambda who: change_colleague(rights=Rights(), **who),
            lambda who: deactivate_colleague(**who),
            lambda who: take_back_invitation(**who),
            lambda who: invite_again(**who),
        )
        for act in acts:
            with pytest.raises(NotFound):
                act({"person_id": other.pk, "by": world.admin, "at": at})
