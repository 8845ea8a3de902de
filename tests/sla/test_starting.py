"""A new vendor begins: the prepared policies, the empty one, and what is still missing."""

from datetime import date

import pytest

from accounts.actions import add_person, add_team, join_team
from accounts.brand import Uploaded, save_brand
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import tenant
from entitlements.actions import add_product
from sla.checklist import checklist
from sla.documents import policy_of, read_rows
from sla.engine.document import canonical_text
from sla.engine.policy import Policy
from sla.errors import AlreadyStarted, NoPolicy
from sla.models import PolicyDraft, PolicyVersion
from sla.queries import current_policy, working_copy
from sla.registry import ChecklistItem, register_checklist
from sla.starting import EMPTY, start_policy, templates
from tests.pictures import png
from tests.portal.pages import words
from tests.twins import Twin

OVERVIEW = "/admin/sla/policydraft/"
START = f"{OVERVIEW}start/"
PACKS = ["datadynamics", "metalogix", "msp", "scalix"]

ROSTER = "Somebody on the duty roster: the ladder pages who is on duty"


def started(twin: Twin, template: str) -> Policy:
    with tenant(twin.tenant) as at:
        return policy_of(read_rows(start_policy(by=twin.manager, at=at, template=template)))


def missing(policy: Policy) -> list[str]:
    return [item.text for item in checklist(policy).open_items]


def test_the_four_policies_are_offered_with_their_summaries():
    offered = templates()

    assert sorted(template.code for template in offered) == PACKS
    assert all(template.name and template.summary for template in offered)


@pytest.mark.parametrize("template", [*PACKS, EMPTY])
def test_working_copy_is_filled_for_the_vendor_and_nothing_is_published(alpha, template):
    policy = started(alpha, template)

    assert (policy.vendor, policy.time_zone, policy.case_prefix) == ("alpha", "Europe/Paris", "TW")
    assert policy.name.startswith("cn-alpha-vendor ")
    with tenant(alpha.tenant) as at:
        assert not PolicyVersion.objects.exists()
        with pytest.raises(NoPolicy):
            current_policy(at)


@pytest.mark.parametrize("template", PACKS)
def test_nothing_of_the_other_vendor_comes_along(alpha, template):
    policy = started(alpha, template)

    assert (policy.phones, policy.policy_date, policy.readings) == ((), None, ())
    assert (policy.contact.support_email, policy.contact.portal) == ("", "")
    assert (policy.texts.eula, policy.texts.eula_url) == ("", "")
    with tenant(alpha.tenant):
        rows = read_rows(working_copy())
    names = [calendar.row.name for calendar in rows.calendars]
    for brand in ("Metalogix", "Scalix", "MSP", "Data Dynamics"):
        assert brand not in rows.sections
        assert not any(brand in name for name in names)


def test_hours_of_the_other_vendors_home_follow_the_new_one(alpha):
    zones = {spec.code: spec.zone for spec in started(alpha, "metalogix").calendars}

    assert zones == {"portal": None, "portal_amer": "Europe/Paris", "portal_emea": "Europe/Berlin"}


def test_customers_own_zone_stays_the_customers(alpha):
    zones = {spec.zone for spec in started(alpha, "scalix").calendars}

    assert zones == {"customer"}


def test_empty_policy_takes_one_type_of_case_and_promises_nothing(alpha):
    policy = started(alpha, EMPTY)

    assert [channel.code for channel in policy.channels] == ["portal"]
    assert [case_type.code for case_type in policy.case_types] == ["problem"]
    assert (policy.targets, policy.ladder, policy.calendars) == ((), (), ())


@pytest.mark.parametrize("template", [*PACKS, EMPTY])
def test_vendor_called_after_its_support_is_not_called_so_twice(alpha, template):
    with tenant(alpha.tenant):
        save_brand(by=alpha.manager, name="Emptyco Support", time_zone="Europe/Paris")

    policy = started(alpha, template)

    assert policy.name.startswith("Emptyco Support")
    assert "Support Support" not in canonical_text(policy)


def test_working_copy_that_is_there_is_not_replaced(alpha):
    started(alpha, "msp")

    with pytest.raises(AlreadyStarted):
        started(alpha, "scalix")

    with tenant(alpha.tenant):
        assert policy_of(read_rows(working_copy())).axes == ("priority",)


def test_unknown_template_is_not_found(alpha):
    with pytest.raises(NotFound):
        started(alpha, "../pyproject")


def test_only_managers_start(alpha):
    with tenant(alpha.tenant) as at, pytest.raises(NotAllowed):
        start_policy(by=alpha.lead, at=at, template="msp")


def test_twin_has_no_policy_because_the_other_began(alpha, beta):
    started(alpha, "msp")

    with tenant(beta.tenant):
        assert not PolicyDraft.objects.exists()


def test_manager_chooses_in_the_admin_and_reads_what_is_missing(alpha, browse):
    manager = browse(alpha.tenant, alpha.manager)
    offered = words(manager.get(OVERVIEW))
    answer = manager.post(START, {"template": "metalogix"}, follow=True)

    assert "Metalogix Support Standard and Premium support by phone" in offered
    assert "Begin with an empty policy" in offered
    assert answer.redirect_chain == [(OVERVIEW, 302)]
    assert "nothing is published yet" in words(answer)
    assert answer.context["checklist"].open_items


def test_second_start_in_the_admin_is_refused_in_words(alpha, browse):
    manager = browse(alpha.tenant, alpha.manager)
    manager.post(START, {"template": "msp"})

    answer = manager.post(START, {"template": "scalix"}, follow=True)

    assert "There is a working copy already" in words(answer)


@pytest.mark.parametrize("template", ["nothing", "../msp", ""])
def test_template_that_is_none_is_not_found_in_the_admin(alpha, browse, template):
    answer = browse(alpha.tenant, alpha.manager).post(START, {"template": template})

    assert answer.status_code == 404


def test_checklist_names_the_vendors_settings(alpha):
    policy = started(alpha, "metalogix")

    with tenant(alpha.tenant):
        told = missing(policy)

    assert told == [
        "Phone numbers, each with the hours in which it is answered",
        "The support e-mail address",
        "The address of the portal",
        "The contact for renewals",
        "A logo",
        "A colour",
        ROSTER,
        "A published version",
    ]


def test_checklist_says_where_zones_differ(alpha):
    policy = started(alpha, "msp")

    with tenant(alpha.tenant):
        save_brand(by=alpha.manager, name="A", time_zone="Asia/Kolkata")
        told = missing(policy)

    assert "One time zone for the vendor and for its policy: Asia/Kolkata and Europe/Paris" in told


def test_face_is_no_longer_missing_once_it_is_given(alpha):
    policy = started(alpha, "msp")

    with tenant(alpha.tenant):
        save_brand(
            by=alpha.manager,
            name="A",
            time_zone="Europe/Paris",
            colour="#1c4fb4",
            logo=Uploaded(content=png()),
        )
        told = missing(policy)

    assert not {"A logo", "A colour"} & set(told)


def test_checklist_asks_for_everybody_whom_the_ladder_needs(alpha):
    policy = started(alpha, "msp")

    with tenant(alpha.tenant):
        Person.objects.filter(role__in=("lead", "agent")).update(is_active=False)
        told = missing(policy)

    assert told[-6:-1] == [
        "Somebody in a team of Level 1",
        "Somebody in a team of Level 2",
        "Somebody in a team of Level 3",
        "Somebody with the role “lead”",
        ROSTER,
    ]


def test_team_without_anybody_in_it_is_none(alpha):
    policy = started(alpha, EMPTY)

    with tenant(alpha.tenant):
        alpha.team.memberships.all().delete()
        told = missing(policy)
        join_team(
            team=add_team(name="Another", tier=1),
            person=add_person(name="Somebody", role="agent", tier=1),
        )
        told_after = missing(policy)

    assert "Somebody in a team of Level 1" in told
    assert "Somebody in a team of Level 1" not in told_after


def test_checklist_asks_for_somebody_who_can_file_the_first_case(alpha):
    policy = started(alpha, "msp")
    wanted = "A company with a person who may file cases"

    with tenant(alpha.tenant):
        told = missing(policy)
        Person.objects.filter(role__in=("contact", "company_admin")).update(may_file=False)
        told_without = missing(policy)

    assert wanted not in told
    assert wanted in told_without


def test_checklist_asks_for_a_product_and_a_contract_where_plans_are_sold(alpha):
    policy = started(alpha, "metalogix")

    with tenant(alpha.tenant):
        for contract in (alpha.contract, alpha.other_contract):
            contract.delete()
        alpha.product.delete()
        told = missing(policy)
        add_product(code="new", name="New")
        told_after = missing(policy)

    wanted = ["A product that cases can be about", "A company with a contract for one of the plans"]
    assert told[-4:-2] == wanted
    assert [text for text in told_after if text in wanted] == wanted[1:]


def test_empty_policy_lacks_promises_and_hours(alpha):
    policy = started(alpha, EMPTY)

    with tenant(alpha.tenant):
        told = missing(policy)

    assert {"A first response that is promised", "Opening hours"} <= set(told)


def test_checklist_of_one_vendor_knows_nothing_of_the_other(alpha, beta):
    policy = started(alpha, "msp")
    with tenant(beta.tenant):
        save_brand(
            by=beta.manager,
            name="B",
            time_zone="Europe/Paris",
            colour="#1c4fb4",
            logo=Uploaded(content=png()),
        )

    with tenant(alpha.tenant):
        assert {"A logo", "A colour"} <= set(missing(policy))


def test_name_of_a_checklist_is_taken_once():
    def another(policy: Policy) -> list[ChecklistItem]:
        return [ChecklistItem(policy.name, is_done=False)]

    with pytest.raises(ValueError, match="entitlements"):
        register_checklist("entitlements", another)


def test_policy_of_the_vendor_itself_is_taken_over_as_it_is(alpha):
    with tenant(alpha.tenant):
        # The pack of this address is the vendor's own.
        alpha.tenant.slug = "datadynamics"
        alpha.tenant.save(update_fields=["slug"])

    policy = started(alpha, "datadynamics")

    assert policy.policy_date == date(2017, 1, 3)
    assert policy.phones
