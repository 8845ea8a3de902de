"""What programs read and write of cases; an integrator lives in the interface alone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.tenancy import tenant
from entitlements.balances import balance_at
from tests.api.programs import program
from tests.cases import file_case
from tests.entitled import entitle
from tests.packs import publish
from tickets.models import Case, CaseEvent


def test_customers_program_opens_asks_and_closes_and_the_desks_answers(house):
    """A case from its opening to its end, with both sides in the interface alone."""
    customer = program(house.twin.tenant, house.twin.contact)
    desk = program(house.twin.tenant, house.twin.agent)
    foreseen = customer.post("promise/", {"severity": "3"}).json()
    opened = customer.post("cases/", {"subject": "Slow", "body": "2 MB a second", "severity": "3"})
    key = opened.json()["id"]
    promised = customer.get(f"cases/{key}/promises/")["results"][0]

    asked = desk.post(f"cases/{key}/questions/", {"question": "Which release?", "items": ["Log"]})
    waiting = customer.get(f"cases/{key}/")["status"]
    told = customer.post(f"cases/{key}/replies/", {"body": "7.2"})
    solved = desk.post(f"cases/{key}/resolve/", {"solution": "Install 7.3."})
    closed = customer.post(f"cases/{key}/close/", {"body": "Thanks."})
    again = customer.post(f"cases/{key}/reopen/", {"body": "It is back.", "same_problem": True})

    assert foreseen["first_response"]["due_at"] == promised["due_at"]
    assert foreseen["may_be_opened"] is True and foreseen["cost"] is None
    assert opened.status_code == 201 and opened["Location"] == f"/api/v1/cases/{key}/"
    assert promised["receipt"]["sentences"] and promised["is_promised"] is True
    assert asked.json()["entry"]["kind"] == "question_asked" and waiting == "waiting"
    assert told.json()["case"]["status"] == "open"
    assert solved.json()["case"]["status"] == "resolved"
    assert closed.json()["entry"]["text"] == "Thanks."
    assert again.status_code == 201
    read = [entry["kind"] for entry in customer.get(f"cases/{key}/timeline/")["results"]]
    assert read[:5] == [
        "case_opened", "question_asked", "customer_replied", "resolved", "closed",
    ]  # fmt: skip


def test_escalation_is_asked_for_and_logged(house):
    publish(house.twin, "datadynamics")
    with tenant(house.twin.tenant) as at:
        house.case = file_case(house.twin, at=at)
    customer = program(house.twin.tenant, house.twin.contact)
    desk = program(house.twin.tenant, house.twin.agent)
    path = f"cases/{house.case.number}/escalations/"
    said = {"situation": "Nobody can work.", "reason": "We ship tonight."}

    unsaid = desk.post(path, said)
    asked = customer.post(path, said)
    second = desk.post(path, said | {"asked_by": house.twin.contact.pk, "way": "phone"})

    assert unsaid.json()["code"] == "contact_needed"
    assert asked.json()["way"] == "portal" and asked.json()["state"] == "open"
    assert second.json()["code"] == "escalation_runs" and second.status_code == 409
    assert [one["reason"] for one in customer.get(path)["results"]] == [said["reason"]]


def test_files_wait_for_the_words_that_they_go_with(house):
    customer = program(house.twin.tenant, house.twin.contact)

    def upload(said, **headers):
        return customer.client.post(
            "/api/v1/uploads/",
            {"file": SimpleUploadedFile("a.log", b"bytes of a log"), **said},
            headers={"Authorization": f"Bearer {customer.secret}", **headers},
        )

    once = {"Idempotency-Key": "file-1"}
    first = upload({"for": "reply", "case": str(house.case.uuid)}, **once)
    again = upload({"for": "reply", "case": str(house.case.uuid)}, **once)
    second = upload({"for": "case"})
    thrown = customer.ask("DELETE", f"uploads/{second.json()['id']}/")
    waiting = [one["id"] for one in customer.get("uploads/")["results"]]
    replied = customer.post(f"cases/{house.case.number}/replies/", {"body": "The log."})

    assert first.status_code == 201 and first.json()["entry"] is None
    assert again.json() == first.json() and "Idempotency-Replayed" in again
    assert upload({"for": "case"}, **once).status_code == 422
    assert thrown.status_code == 204 and waiting == [first.json()["id"]]
    (file,) = replied.json()["entry"]["files"]
    content = customer.ask("GET", file["content_url"].removeprefix("/api/v1/"))
    assert b"".join(content.streaming_content) == b"bytes of a log"
    assert content["Content-Disposition"].startswith("attachment")
    assert upload({"for": "reply"}).json()["code"] == "case_needed"


def test_desk_sorts_a_case_in_one_request(house):
    desk = program(house.twin.tenant, house.twin.lead)
    key = f"cases/{house.case.number}/"
    read = desk.ask("GET", key)
    wanted = {
        "severity": "2",
        "environment": "production",
        "owner": house.twin.agent.pk,
        "tags": ["VIP", "backup"],
        "subject": "Backups are slow",
        "reason": "All wait for it.",
    }

    changed = desk.ask("PATCH", key, wanted, If_Match=read["ETag"])
    older = desk.ask("PATCH", key, {"severity": "3"}, If_Match=read["ETag"])
    blind = desk.ask("PATCH", key, {"severity": "3"})
    weak = desk.ask("PATCH", key, {"owner": None}, If_Match=f"W/{changed['ETag']}")

    told = changed.json()
    assert changed.status_code == 200, told
    assert (told["severity"], told["environment"]) == ("2", "production")
    assert told["subject"] == "Backups are slow"
    assert told["desk"]["owner"]["id"] == house.twin.agent.pk
    assert told["desk"]["tags"] == ["backup", "vip"]
    assert (older.status_code, blind.status_code) == (412, 428)
    assert weak.json()["desk"]["owner"] is None
    with tenant(house.twin.tenant):
        kinds = CaseEvent.objects.filter(case=house.case).values_list("kind", flat=True)
        assert list(kinds.order_by("seq"))[-4:] == [
            "subject_changed", "triaged", "assigned", "assigned",
        ]  # fmt: skip


def test_what_is_read_again_unchanged_is_not_sent_again(house):
    desk = program(house.twin.tenant, house.twin.agent)
    for page in (f"cases/{house.case.number}/", "cases/", "me/"):
        first = desk.ask("GET", page)
        second = desk.ask("GET", page, If_None_Match=first["ETag"])
        assert (second.status_code, second.content) == (304, b"")


def test_nothing_is_charged_unseen(alpha, beta):
    """SC-20: a case that costs points is opened for what was accepted, and for nothing else."""
    publish(alpha, "scalix")
    with tenant(alpha.tenant) as at:
        alpha.contract.plan = "basic"
        alpha.contract.save(update_fields=["plan"])
        entitle(alpha.company)
        balance = balance_at(alpha.company, at)
    customer = program(alpha.tenant, alpha.contact)
    said = {"subject": "Down", "body": "All of it."}
    foreseen = customer.post("promise/", {}).json()
    assert foreseen["refusals"] == []
    cost = foreseen["cost"]
    assert cost["points"] > 0 and cost["balance"] == balance

    unseen = customer.post("cases/", said)
    wrong = customer.post("cases/", said | {"accept_points": cost["points"] + 1})
    with tenant(alpha.tenant):
        assert Case.objects.count() == 0
    opened = customer.post("cases/", said | {"accept_points": cost["points"]})

    assert [one.json()["code"] for one in (unseen, wrong)] == ["cost_not_accepted"] * 2
    assert opened.status_code == 201, opened.content
    points = customer.get(f"companies/{alpha.company.pk}/points/")
    statement = customer.get(f"companies/{alpha.company.pk}/points/statement/")["results"]
    assert points["balance"] == balance - cost["points"]
    assert statement[0]["case"] == opened.json()["number"]


def test_promise_tells_what_is_on_hand_to_whom_may_read_points_only(alpha):
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        alpha.contract.plan = "basic"
        alpha.contract.save(update_fields=["plan"])
        entitle(alpha.company)
    seeing = program(alpha.tenant, alpha.contact, ["policy:read", "points:read"])
    blind = program(alpha.tenant, alpha.colleague, ["policy:read"])

    costs = [asking.post("promise/", {}).json()["cost"] for asking in (seeing, blind)]

    assert costs[1] == costs[0] | {"balance": None, "missing": None}
    assert costs[0]["balance"] > costs[0]["points"] > 0


def test_lists_are_read_page_by_page_though_cases_come_between(house):
    desk = program(house.twin.tenant, house.twin.agent)
    for number in range(4):
        said = {"subject": f"{number}", "body": "x", "contact": house.twin.contact.pk}
        assert desk.post("cases/", said | {"severity": "3"}).status_code == 201
    first = desk.get("cases/?limit=2&severity=3")
    desk.post("cases/", said | {"severity": "3"})

    numbers, page = [one["number"] for one in first["results"]], first
    while page["next"]:
        page = desk.get(page["next"].split("/api/v1/")[1])
        numbers += [one["number"] for one in page["results"]]

    assert numbers == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=101", "bad_parameter"),
        ("limit=0", "bad_parameter"),
        ("after=x", "bad_parameter"),
        ("owner=somebody", "bad_parameter"),
        ("status=open,lost", "bad_parameter"),
        ("sevrity=1", "unknown_parameter"),
    ],
)
def test_parameter_that_does_nothing_is_refused(house, query, code):
    desk = program(house.twin.tenant, house.twin.agent)

    answer = desk.ask("GET", f"cases/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


def test_filters_of_the_desk_are_none_of_a_customers(house):
    customer = program(house.twin.tenant, house.twin.contact)
    for name in ("owner=1", "team=1", "tag=vip", "text=x", "not_tier=1", "company=1"):
        assert customer.ask("GET", f"cases/?{name}").json()["code"] == "unknown_parameter"
    assert len(customer.get("cases/?severity=3&status=open")["results"]) == 1
    assert customer.get("cases/?not_severity=3")["results"] == []


def test_words_are_told_in_the_persons_language_or_the_programs(house):
    with tenant(house.twin.tenant):
        house.twin.agent.language = "de"
        house.twin.agent.save(update_fields=["language"])
    desk = program(house.twin.tenant, house.twin.agent)

    german = desk.ask("GET", "cases/999/").json()["detail"]
    english = desk.ask("GET", "cases/999/", Accept_Language="en").json()["detail"]

    assert english == "There is nothing here, or it is not yours to see."
    assert german != english
