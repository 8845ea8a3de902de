"""Companies, their people and their points, kept by a manager's program."""

from accounts.change_models import Change
from accounts.models import Company, Person
from accounts.tenancy import tenant
from tests.api.programs import Program, program
from tests.packs import publish

NEW = {"name": "Bergmann GmbH", "time_zone": "Europe/Berlin", "country": "DE"}


def managers(twin) -> Program:
    return program(twin.tenant, twin.manager)


def test_manager_adds_a_company_and_changes_what_was_read(alpha):
    asking = managers(alpha)
    made = asking.post("companies/", NEW | {"account_manager": alpha.account_manager.pk})
    path = made["Location"].removeprefix("/api/v1/")
    read = asking.ask("GET", path)

    changed = asking.ask("PATCH", path, {"region": "emea"}, If_Match=read["ETag"])
    older = asking.ask("PATCH", path, {"region": "apac"}, If_Match=read["ETag"])
    taken = asking.ask("PATCH", path, {"name": alpha.company.name}, If_Match="*")
    unmanaged = asking.ask("PATCH", path, {"account_manager": None}, If_Match=changed["ETag"])

    assert made.status_code == 201 and made.json()["account_manager"]["name"].endswith("manager")
    assert changed.json() == made.json() | {"region": "emea"}
    assert (older.status_code, older.json()["code"]) == (412, "version_is_older")
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "name")
    assert unmanaged.json()["account_manager"] is None
    with tenant(alpha.tenant):
        row = Company.objects.get(name="Bergmann GmbH")
        kept = Change.objects.filter(model="accounts.company", row=str(row.pk)).order_by("pk")
        assert [(change.act, len(change.lines)) for change in kept] == [
            ("added", 0), ("changed", 1), ("changed", 1),
        ]  # fmt: skip


def test_manager_adds_somebody_who_may_then_be_let_in_no_more(alpha):
    asking = managers(alpha)
    said = {"name": "Sam Carter", "email": "sam@acme.test", "company": alpha.company.pk}
    made = asking.post("contacts/", said)
    path = made["Location"].removeprefix("/api/v1/")
    twice = asking.post("contacts/", said)
    nowhere = asking.post("contacts/", said | {"company": 987_654})

    out = asking.ask("PATCH", path, {"active": False, "phone": "1"}, If_Match="*")
    of_desk = asking.ask("PATCH", f"contacts/{alpha.agent.pk}/", {"phone": "1"}, If_Match="*")
    promoted = asking.ask("PATCH", path, {"role": "manager"}, If_Match="*")

    assert made.json()["role"] == "contact" and made.json()["active"] is True
    assert (twice.status_code, twice.json()["code"]) == (409, "email_taken")
    assert nowhere.status_code == of_desk.status_code == 404
    assert (out.json()["active"], out.json()["phone"]) == (False, "1")
    assert promoted.status_code == 400
    with tenant(alpha.tenant):
        assert not Person.objects.get(email="sam@acme.test").has_usable_password()


def test_what_was_sold_is_entered_once(alpha):
    publish(alpha, "scalix")
    asking = managers(alpha)
    path = f"companies/{alpha.company.pk}/points/"
    pack = asking.get("policy/")["packs"][0]["code"]
    said = {"pack": pack, "reference": "4711", "bought_on": "2026-03-02"}

    sold = asking.post(f"{path}packs/", said)
    twice = asking.post(f"{path}packs/", said)
    unknown = asking.post(f"{path}packs/", said | {"pack": "none"})

    assert sold.status_code == 201, sold.content
    assert sold.json()["balance"] == asking.get(path)["balance"] > 0
    assert (twice.status_code, twice.json()["code"]) == (409, "reference_taken")
    assert unknown.status_code == 404
    (row,) = asking.get(f"{path}statement/")["results"]
    assert (row["kind"], row["balance_after"]) == ("purchase", sold.json()["balance"])


def test_customer_who_may_not_see_the_points_does_not_by_a_program(alpha):
    with tenant(alpha.tenant):
        Person.objects.filter(pk=alpha.contact.pk).update(sees_points=False)
    asking = program(alpha.tenant, alpha.contact)

    answer = asking.ask("GET", f"companies/{alpha.company.pk}/points/")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_document_of_the_policy_is_the_desks(alpha):
    publish(alpha, "metalogix")
    customers = program(alpha.tenant, alpha.contact).get("policy/")
    desks = program(alpha.tenant, alpha.agent).get("policy/versions/1/")

    assert customers["document"] is None
    assert desks["document"].startswith("schema = 1")
    assert customers | {"document": ""} == desks | {"document": ""}
