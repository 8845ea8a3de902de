"""What a manager can do in the admin, and what the forms refuse."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Company, Person, Site, Team, TeamMember
from accounts.tenancy import tenant
from entitlements.models import Contract
from sla.starting import start_policy
from tests.cases import file_case
from tests.packs import publish
from tests.portal.pages import words
from tests.twins import PASSWORD


@pytest.fixture
def manager(browse, beta):
    return browse(beta.tenant, beta.manager)


@pytest.fixture
def inside(beta):
    """Look at beta's rows after a request."""
    return lambda: tenant(beta.tenant)


def add(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def change(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def no_rows(prefix):
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}


NOTHING_BELOW = no_rows("sites") | no_rows("domains")
NO_LINES = no_rows("lines")
NO_DESK_ROWS = (
    no_rows("skills") | no_rows("memberships") | no_rows("working_hours") | no_rows("absences")
)


def one_row(prefix, **fields):
    management = {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    return management | {f"{prefix}-0-{name}": value for name, value in fields.items()}


def person(**changes):
    facts = {"name": "Ana", "email": "ana@desk.test", "role": "agent", "tier": "1"}
    others = {"company": "", "site": "", "phone": "", "time_zone": "", "language": "en"}
    return facts | others | NO_DESK_ROWS | changes


def errors_of(page):
    return page.context["adminform"].form.errors


def test_new_company_and_its_site_are_the_vendors(manager, inside):
    answer = manager.post(
        add(Company),
        {"name": "Initech", "account_manager": "", "time_zone": "Asia/Tokyo", "country": "JP"}
        | {"region": ""}
        | one_row("sites", name="Osaka", time_zone="", country="JP", region="")
        | no_rows("domains"),
    )

    assert answer.status_code == 302
    with inside():
        site = Site.objects.get(name="Osaka")
        assert (site.company.name, site.company.time_zone) == ("Initech", "Asia/Tokyo")


def test_new_person_can_be_found_by_address_and_has_no_password(manager, inside):
    answer = manager.post(add(Person), person(email="Ana@Desk.Test"))

    assert answer.status_code == 302
    with inside():
        ana = Person.objects.get(email_key="ana@desk.test")
        assert (ana.role, ana.tier, ana.is_active) == ("agent", 1, True)
        assert not ana.has_usable_password()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "agent@desk.test"}, "email"),
        ({"email": "AGENT@desk.test "}, "email"),
        ({"tier": ""}, "tier"),
        ({"role": "dispatcher"}, "tier"),
        ({"role": "contact", "tier": ""}, "company"),
        ({"role": "operator"}, "role"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": ""}, "name"),
    ],
)
def test_refused_person_is_shown_with_the_error_at_its_field(manager, inside, changes, field):
    page = manager.post(add(Person), person(phone="123456", **changes))

    assert page.status_code == 200
    assert list(errors_of(page)) == [field]
    assert 'value="123456"' in page.content.decode()
    with inside():
        assert not Person.objects.filter(phone="123456").exists()


def test_person_sent_empty_is_told_everything_in_words(manager):
    page = manager.post(add(Person), person(name="", role="contact", tier="1"))
    fitting = manager.post(add(Person), person(name="", role="contact", tier=""))

    assert errors_of(page) == {
        "name": ["This field is required."],
        "tier": ["Only agents and leads work in a tier, and it is 1, 2 or 3."],
    }
    assert errors_of(fitting) == {
        "name": ["This field is required."],
        "company": ["A customer belongs to a company."],
    }


@pytest.mark.parametrize("country", ["XX", "us", "UK"])
def test_country_that_is_none_is_refused(manager, inside, country):
    company = {"name": "Initech", "time_zone": "", "country": country, **NOTHING_BELOW}

    page = manager.post(add(Company), company)

    assert list(errors_of(page)) == ["country"]
    with inside():
        assert not Company.objects.filter(name="Initech").exists()


def test_country_is_chosen_by_its_name(manager):
    assert '<option value="DE">Germany (DE)</option>' in manager.get(add(Site)).content.decode()


def test_same_address_at_another_vendor_is_no_obstacle(manager, alpha, inside):
    with tenant(alpha.tenant):
        Person.objects.filter(pk=alpha.agent.pk).update(email="ana@desk.test")

    answer = manager.post(add(Person), person())

    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("model", "data", "field"),
    [
        ("person", {"role": "contact", "tier": ""}, "company"),
        ("contract", {"plan": "standard", "starts_on": "2026-01-01", **NO_LINES}, "company"),
        ("contract", {"plan": "standard", "starts_on": "2026-01-01", **NO_LINES}, "product"),
        ("company", {"name": "Initech", "time_zone": "", **NOTHING_BELOW}, "account_manager"),
        ("site", {"name": "Osaka", "time_zone": ""}, "company"),
    ],
)
def test_forged_foreign_key_is_refused(manager, alpha, beta, inside, model, data, field):
    app = "entitlements" if model == "contract" else "accounts"
    fields = {"company": beta.company.pk, **person(**data)} if model == "person" else data
    own = {"company": beta.company.pk} if model == "contract" else {}
    foreign = getattr(alpha, field).pk

    page = manager.post(reverse(f"admin:{app}_{model}_add"), own | fields | {field: foreign})

    assert page.status_code == 200
    assert field in errors_of(page)
    assert alpha.canary not in page.content.decode()


def test_forged_member_of_another_vendor_joins_no_team(manager, alpha, inside):
    members = one_row("memberships", person=alpha.agent.pk)

    page = manager.post(add(Team), {"name": "Night shift", "tier": "1", **members})

    assert page.status_code == 200
    assert alpha.canary not in page.content.decode()
    with inside():
        assert not Team.objects.filter(name="Night shift").exists()


def test_foreign_row_in_an_inline_stays_as_it_is(manager, alpha, beta):
    forged = {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "1", "sites-0-name": "taken over"}
    forged |= {"sites-0-id": alpha.site.pk, "sites-0-company": beta.company.pk}
    company = {"name": beta.company.name, "time_zone": "", "account_manager": ""}

    page = manager.post(change(beta.company), company | forged)

    assert page.status_code == 200
    assert alpha.canary not in page.content.decode()
    with tenant(alpha.tenant):
        assert Site.objects.get().name == alpha.site.name


def test_tenant_in_the_body_is_ignored(manager, alpha, beta, inside):
    manager.post(add(Person), person(tenant=alpha.tenant.pk, tenant_id=alpha.tenant.pk))

    with inside():
        assert Person.objects.get(name="Ana").tenant == beta.tenant


def test_member_of_another_tier_is_refused_in_words(manager, beta, inside):
    members = one_row("memberships", person=beta.agent_3.pk)

    page = manager.post(add(Team), {"name": "Night shift", "tier": "1", **members})

    assert errors_of(page)["__all__"] == [
        f"{beta.agent_3.name} works in tier 3, the team in tier 1."
    ]
    with inside():
        assert not Team.objects.filter(name="Night shift").exists()


def test_person_leaves_the_team_by_its_page(manager, beta, inside):
    with inside():
        member = TeamMember.objects.get(team=beta.team, person=beta.agent)
    rows = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1"}
    rows |= {"memberships-0-id": member.pk, "memberships-0-team": beta.team.pk}

    manager.post(
        change(beta.team),
        {"name": beta.team.name, "tier": "1", "memberships-0-DELETE": "on", **rows},
    )

    with inside():
        assert list(beta.team.members.values_list("pk", flat=True)) == [beta.lead.pk]


def test_tier_of_a_person_in_a_team_of_that_tier_stays(manager, beta, inside):
    page = manager.post(
        change(beta.agent), person(name=beta.agent.name, email=beta.agent.email, tier="2")
    )

    assert errors_of(page)["__all__"] == [f"{beta.agent.name} works in tier 2, the team in tier 1."]
    with inside():
        assert Person.objects.get(pk=beta.agent.pk).tier == 1


def test_manager_cannot_change_the_own_role_or_lock_themselves_out(manager, beta, inside):
    own = person(name="Me", email=beta.manager.email, role="agent", tier="1")

    answer = manager.post(change(beta.manager), own)

    assert answer.status_code == 302
    with inside():
        me = Person.objects.get(pk=beta.manager.pk)
        assert (me.name, me.role, me.tier, me.is_active) == ("Me", "manager", None, True)


def test_person_who_left_is_made_inactive(manager, browse, beta, inside):
    agent = browse(beta.tenant, beta.agent)
    facts = person(name=beta.agent.name, email=beta.agent.email)
    assert agent.get(reverse("account_change_password")).status_code == 200

    manager.post(change(beta.agent), facts)

    with inside():
        assert not Person.objects.get(pk=beta.agent.pk).is_active
    assert agent.get(reverse("account_change_password")).status_code == 302


def test_customer_cannot_be_moved_to_another_company(manager, beta, inside):
    facts = person(name="Moved", email=beta.contact.email, role="contact", tier="")

    manager.post(
        change(beta.contact), facts | {"company": beta.other_company.pk, "is_active": "on"}
    )

    with inside():
        assert Person.objects.get(name="Moved").company == beta.company


def test_password_set_by_the_manager_signs_the_person_in(manager, browse, beta, settings):
    page = reverse("admin:accounts_person_password", args=[beta.agent.pk])

    weak = manager.post(page, {"password": "12345678"})
    strong = manager.post(page, {"password": "a-fresh-long-phrase"})

    assert weak.status_code == 200
    assert list(weak.context["form"].errors) == ["password"]
    assert strong.status_code == 302
    signed_in = browse(beta.tenant).post(
        reverse("account_login"), {"login": beta.agent.email, "password": "a-fresh-long-phrase"}
    )
    assert signed_in.status_code == 302


def test_password_of_another_vendors_person_cannot_be_set(manager, alpha):
    page = reverse("admin:accounts_person_password", args=[alpha.agent.pk])

    assert manager.post(page, {"password": "a-fresh-long-phrase"}).status_code == 404
    with tenant(alpha.tenant):
        assert Person.objects.get(pk=alpha.agent.pk).check_password(PASSWORD)


def test_own_password_is_changed_where_the_old_one_is_asked_for(manager, beta):
    page = reverse("admin:accounts_person_password", args=[beta.manager.pk])

    assert manager.post(page, {"password": "a-fresh-long-phrase"}).url == reverse(
        "account_change_password"
    )


def test_company_with_people_is_not_deleted_and_the_page_says_why(manager, beta, inside):
    page = manager.post(
        reverse("admin:accounts_company_delete", args=[beta.company.pk]), {"post": "yes"}
    )

    assert page.status_code == 200
    assert "cannot be deleted" in page.content.decode()
    assert beta.contact.name in page.content.decode()
    with inside():
        assert Company.objects.filter(pk=beta.company.pk).exists()


def test_person_with_a_case_is_not_deleted(manager, beta, inside, at):
    publish(beta, "metalogix")
    with inside():
        file_case(beta, at=at)

    page = manager.post(
        reverse("admin:accounts_person_delete", args=[beta.contact.pk]), {"post": "yes"}
    )

    assert "cannot be deleted" in page.content.decode()
    with inside():
        assert Person.objects.filter(pk=beta.contact.pk).exists()


def test_person_who_acted_in_the_admin_is_not_deleted_with_the_history(
    manager, browse, beta, inside
):
    with inside():
        Person.objects.filter(pk=beta.account_manager.pk).update(role="manager")
        Company.objects.update(account_manager=None)
        beta.account_manager.refresh_from_db()
    other = browse(beta.tenant, beta.account_manager)
    other.post(add(Team), {"name": "Night shift", "tier": "", **no_rows("memberships")})

    page = manager.post(
        reverse("admin:accounts_person_delete", args=[beta.account_manager.pk]), {"post": "yes"}
    )

    assert "cannot be deleted" in page.content.decode()
    with inside():
        assert Person.objects.filter(pk=beta.account_manager.pk).exists()


def test_person_of_whom_nothing_is_left_can_be_deleted(manager, beta, inside):
    with inside():
        TeamMember.objects.filter(person=beta.agent_3).delete()

    manager.post(reverse("admin:accounts_person_delete", args=[beta.agent_3.pk]), {"post": "yes"})

    with inside():
        assert not Person.objects.filter(pk=beta.agent_3.pk).exists()


def test_contract_offers_the_plans_of_the_policy(manager, beta, inside):
    publish(beta, "metalogix")
    contract = {"company": beta.company.pk, "product": "", "starts_on": "2026-05-01", **NO_LINES}

    unknown = manager.post(add(Contract), contract | {"plan": "gold"})
    manager.post(add(Contract), contract | {"plan": "premium"})

    assert list(errors_of(unknown)) == ["plan"]
    with inside():
        signed = Contract.objects.get(plan="premium")
        assert (signed.company, signed.starts_on) == (beta.company, date(2026, 5, 1))


def test_contract_offers_the_plans_of_the_working_copy_before_anything_is_published(
    manager, beta, inside
):
    with inside() as at:
        start_policy(by=beta.manager, at=at, template="metalogix")

    page = words(manager.get(add(Contract)))
    contract = {"company": beta.company.pk, "product": "", "starts_on": "2026-05-01", **NO_LINES}
    unknown = manager.post(add(Contract), contract | {"plan": "gold"})

    assert "Standard Premium" in page
    assert "Europe, Middle East and Africa" in page
    assert list(errors_of(unknown)) == ["plan"]


def test_contract_that_ends_before_it_starts_is_refused(manager, beta):
    contract = {"company": beta.company.pk, "product": "", "plan": "standard", **NO_LINES}

    page = manager.post(
        add(Contract), contract | {"starts_on": "2026-05-01", "ends_on": "2026-04-30"}
    )

    assert errors_of(page) == {"ends_on": ["The contract ends before it starts."]}


def test_second_contract_for_the_same_is_refused_and_a_changed_one_does_not_meet_itself(
    manager, beta, inside
):
    contract = {"company": beta.company.pk, "product": beta.product.pk, "plan": "standard"}
    contract |= NO_LINES

    page = manager.post(add(Contract), contract | {"starts_on": "2026-05-01", "ends_on": ""})
    changed = manager.post(
        change(beta.contract), contract | {"starts_on": "2026-01-01", "ends_on": "2026-04-30"}
    )
    after = manager.post(add(Contract), contract | {"starts_on": "2026-05-01", "ends_on": ""})

    assert list(errors_of(page)) == ["starts_on"]
    assert (changed.status_code, after.status_code) == (302, 302)
    with inside():
        assert Contract.objects.filter(company=beta.company).count() == 2


def test_company_name_twice_is_refused_in_words(manager, beta):
    page = manager.post(add(Company), {"name": beta.company.name, "time_zone": "", **NOTHING_BELOW})

    assert errors_of(page) == {"name": [f"The name “{beta.company.name}” is already taken."]}
