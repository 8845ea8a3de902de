"""Whom the interface is open to: by scope, role, company, vendor. And what it never says."""

import json

import pytest
from django.http import HttpResponse

from accounts.tenancy import tenant
from api.description import description
from api.scopes import SCOPES
from tests.access.conftest import dump
from tests.api.asked import ALL, Asked, filled
from tests.api.conftest import INSIDE, LISTS, House
from tests.api.programs import Program, program
from tests.cases import file_case
from tickets.models import Case, InternalNote

ROLES = (
    "contact", "company_admin", "agent", "lead", "manager", "dispatcher", "account_manager",
)  # fmt: skip
NO_ROW, NO_FILE = 987_654, "00000000-0000-4000-8000-000000000000"


def names_of(house: House) -> dict[str, object]:
    return {
        "case": house.case.uuid,
        "file": house.shown.uuid,
        "company": house.twin.company.pk,
        "contact": house.twin.contact.pk,
        "contract": house.twin.contract.pk,
        "article": house.article,
    }


def ask(asking: Program, asked: Asked, names: dict[str, object]) -> HttpResponse:
    said = None if asked.method == "GET" else filled(asked.said, names)
    if said is not None and "contact" in said and asking.token.person.is_customer:
        said["contact"] = asking.token.person_id
    # A review of a version that is read blindly.
    return asking.ask(asked.method, filled(asked.path, names), said, If_Match="*")


def content(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_every_operation_is_on_the_table():
    operations = {
        told["operationId"]: told.get("x-scope", "")
        for path in description()["paths"].values()
        for told in path.values()
    }
    assert operations == {asked.id: asked.scope for asked in ALL}


@pytest.mark.parametrize("role", ROLES)
def test_role_may_what_the_table_says(house, role):
    asking = program(house.twin.tenant, house.twin.person_of(role))
    names = names_of(house)

    allowed = {asked.id for asked in ALL if ask(asking, asked, names).status_code != 403}

    assert allowed == {asked.id for asked in ALL if role in asked.open_to}


@pytest.mark.parametrize("role", ["contact", "manager"])
def test_token_without_the_scope_is_told_which_is_missing(house, role):
    person, names = house.twin.person_of(role), names_of(house)
    held = {scope.code for scope in SCOPES if role in scope.roles}
    answers = []
    for scope in held:
        asking = program(house.twin.tenant, person, held - {scope}) if len(held) > 1 else None
        assert asking is not None
        needing = [asked for asked in ALL if asked.scope == scope]
        answers += [(scope, ask(asking, asked, names)) for asked in needing]
        with tenant(house.twin.tenant):
            asking.token.delete()

    assert {answer.status_code for _scope, answer in answers} == {403}
    assert all(scope in answer.json()["detail"] for scope, answer in answers)
    assert {answer.json()["code"] for _scope, answer in answers} == {"scope_missing"}
    assert len(answers) > 20


@pytest.mark.parametrize("role", ROLES)
def test_what_another_vendor_has_is_as_if_there_were_none(houses, role):
    house, other = houses["alpha"], houses["beta"]
    asking = program(house.twin.tenant, house.twin.person_of(role))
    missing = dict.fromkeys(names_of(house), NO_ROW) | {"case": NO_FILE, "file": NO_FILE}
    # Of companies and people the keys are not the twins' own, but nobody else's either.
    foreign = names_of(other)
    before = rows(other)

    pairs = [
        [ask(asking, asked, names) for names in (foreign, missing)]
        for asked in ALL
        if "{" in asked.path
    ]

    told = [[(one.status_code, content(one)) for one in pair] for pair in pairs]
    assert [pair for pair in told if pair[0] != pair[1]] == []
    assert rows(other) == before
    assert len(told) > 20


def rows(house: House) -> dict[str, list]:
    return {model.__name__: dump(house.twin.tenant, model) for model in (Case, InternalNote)}


@pytest.mark.parametrize("role", ["contact", "company_admin"])
def test_no_word_of_the_desks_reaches_a_customer(houses, role):
    """The canary is in a note, in the name of its file, and nowhere else."""
    house = houses["alpha"]
    asking = program(house.twin.tenant, house.twin.person_of(role))
    desk = program(house.twin.tenant, house.twin.agent)
    pages = [*LISTS, *house.addresses()]

    told = {page: content(asking.ask("GET", page)).decode() for page in pages}
    inside = {page: content(desk.ask("GET", page)).decode() for page in pages}

    assert [page for page, text in told.items() if INSIDE in text] == []
    assert [page for page, text in told.items() if '"next_due_at":"' in text] == []
    assert len([page for page, text in inside.items() if INSIDE in text]) >= 4
    assert asking.ask("GET", f"attachments/{house.inside.uuid}/").status_code == 404
    assert asking.ask("GET", f"cases/?text={INSIDE}").status_code == 400
    assert not [page for page, text in (told | inside).items() if "cn-beta-" in text]


def test_token_without_the_scope_of_notes_reads_none_of_them(house):
    scopes = [
        scope.code for scope in SCOPES if "agent" in scope.roles and scope.code[:5] != "notes"
    ]
    asking = program(house.twin.tenant, house.twin.agent, scopes)

    told = {page: content(asking.ask("GET", page)) for page in [*LISTS, *house.addresses()]}

    assert [page for page, text in told.items() if INSIDE.encode() in text] == []
    assert asking.ask("GET", f"cases/?text={INSIDE}").json()["code"] == "scope_missing"


def test_who_may_only_write_notes_reads_no_case_by_it(house):
    path, said = f"cases/{house.case.number}/notes/", {"body": "x"}
    blind = program(house.twin.tenant, house.twin.agent, ["notes:write"]).post(path, said)
    seeing = program(house.twin.tenant, house.twin.lead, ["notes:write", "cases:read"])

    assert blind.status_code == 201
    assert (blind.json()["case"], blind.json()["entry"]["text"]) == (None, "x")
    assert seeing.post(path, said).json()["case"]["number"] == house.case.number


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_case_of_somebody_else_is_as_if_there_were_none(house, who):
    asking = program(house.twin.tenant, getattr(house.twin, who))
    theirs, missing = names_of(house), names_of(house) | {"case": NO_FILE, "file": NO_FILE}
    on_cases = [asked for asked in ALL if "{case}" in asked.path or "{file}" in asked.path]

    pairs = [[ask(asking, asked, names) for names in (theirs, missing)] for asked in on_cases]

    told = [[(one.status_code, content(one)) for one in pair] for pair in pairs]
    assert [pair for pair in told if pair[0] != pair[1]] == []
    assert asking.get("cases/")["results"] == []


def test_restricted_case_is_there_for_those_it_concerns_only(house):
    with tenant(house.twin.tenant) as at:
        case = file_case(house.twin, at=at, severity="3", is_security=True)
    outside = program(house.twin.tenant, house.twin.agent_2)
    inside = program(house.twin.tenant, house.twin.lead)

    assert outside.ask("GET", f"cases/{case.number}/").status_code == 404
    assert case.number not in [one["number"] for one in outside.get("cases/")["results"]]
    assert inside.get(f"cases/{case.number}/")["desk"]["is_restricted"] is True


def fields_of_all_models() -> set[str]:
    from django.apps import apps  # noqa: PLC0415

    return {
        field.attname
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "tickets", "entitlements", "api")
        for field in model._meta.concrete_fields
    } | {"is_superuser", "is_staff", "tenant", "by", "at", "draft"}


def test_every_column_that_is_not_declared_is_refused_by_every_operation(house):
    """Mass assignment: what a model has is not what a request may say."""
    names, asking = names_of(house), program(house.twin.tenant, house.twin.manager)
    columns, accepted = fields_of_all_models(), []
    for asked in ALL:
        if asked.method not in ("POST", "PATCH") or asked.id == "uploads_add":
            continue
        known = properties(asked)
        said = filled(asked.said, names) | {name: 1 for name in columns - known}
        answer = asking.ask(asked.method, filled(asked.path, names), said, If_Match="*")
        refused = {one["field"] for one in answer.json().get("errors", [])}
        accepted += [(asked.id, columns - known - refused)] if columns - known - refused else []

    assert accepted == []


def properties(asked: Asked) -> set[str]:
    told = json.dumps(description()["paths"])
    assert asked.id in told
    operation = next(
        one
        for path in description()["paths"].values()
        for one in path.values()
        if one["operationId"] == asked.id
    )
    shape = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return set(description()["components"]["schemas"][shape.rsplit("/", 1)[1]]["properties"])
