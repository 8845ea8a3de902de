"""Refusals have one shape, whoever refuses."""

import pytest

from accounts.tenancy import tenant
from api.models import KeptReply
from tests.api.programs import Program, program
from transfer.keepers import Known, keepers

SHAPE = {"type", "title", "status", "code", "detail", "errors"}


def send(asking: Program, method: str, path: str, body: bytes, kind: str, **headers: str):
    given = {"Authorization": f"Bearer {asking.secret}", **headers}
    return asking.client.generic(method, f"/api/v1/{path}", body, content_type=kind, headers=given)


JSON = "application/json"


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status", "code"),
    [
        ("GET", "nowhere/", b"", JSON, 404, "not_found"),
        ("GET", "cases/999/", b"", JSON, 404, "not_found"),
        ("GET", "cases/x/timeline/", b"", JSON, 404, "not_found"),
        ("GET", "companies/99999999999999999999/", b"", JSON, 404, "not_found"),
        ("PUT", "cases/", b"{}", JSON, 405, "method_not_allowed"),
        ("OPTIONS", "cases/", b"", JSON, 405, "method_not_allowed"),
        ("POST", "cases/1/replies/", b"{", JSON, 400, "unreadable_body"),
        ("POST", "cases/1/replies/", b"[1]", JSON, 400, "invalid"),
        ("POST", "cases/1/replies/", b"[" * 100_000, JSON, 400, "unreadable_body"),
        ("POST", "cases/1/replies/", b'{"body": "a\\u0000b"}', JSON, 400, "invalid"),
        ("POST", "cases/1/replies/", b'{"body": "\\ud800"}', JSON, 400, "invalid"),
        ("POST", "cases/1/replies/", b'{"body": NaN}', JSON, 400, "unreadable_body"),
        ("POST", "cases/1/replies/", b"\xff\xfe", JSON, 400, "unreadable_body"),
        ("POST", "cases/1/replies/", b'{"body": " "}', JSON, 400, "invalid"),
        ("POST", "cases/1/replies/", b"body=x", "text/plain", 415, "unsupported_media_type"),
        ("POST", "uploads/", b"{}", JSON, 415, "unsupported_media_type"),
        ("POST", "cases/1/replies/", b"x" * 1_100_000, JSON, 413, "body_too_large"),
        ("POST", "promise/", b'{"product": "none"}', JSON, 400, "no_such_product"),
        (
            "POST",
            "promise/",
            b'{"scheduled_for": "0001-01-01T00:00:00+23:00"}',
            JSON,
            400,
            "invalid",
        ),
        ("POST", "cases/1/close/", b'{"body": "x"}', JSON, 409, "case_is_not_solved"),
    ],
)
def test_refusal_has_the_one_shape(house, method, path, body, kind, status, code):
    # Of the desk a contact would be asked for first.
    person = house.twin.contact if path == "promise/" else house.twin.manager

    answer = send(program(house.twin.tenant, person), method, path, body, kind)

    told = answer.json()
    assert (answer.status_code, told["code"], told["status"]) == (status, code, status)
    assert answer["Content-Type"] == "application/problem+json"
    assert set(told) == SHAPE and told["detail"]
    assert status != 405 or answer["Allow"] == "GET, HEAD, POST"


def test_refusal_names_each_field_at_fault(house):
    asking = program(house.twin.tenant, house.twin.agent)

    answer = asking.post("cases/1/questions/", {"items": ["ok", ""], "other": 1})

    faults = {one["field"]: one["code"] for one in answer.json()["errors"]}
    assert faults == {"other": "unknown_field"}
    again = asking.post("cases/1/questions/", {"items": ["ok", ""]})
    faults = {one["field"]: one["code"] for one in again.json()["errors"]}
    assert faults == {"items.1": "blank", "question": "required"}


def test_unknown_vendor_and_a_fault_of_ours_are_told_in_the_one_shape(house, client, monkeypatch):
    unknown = client.get("/api/v1/me/", headers={"host": "nobody.localhost"})
    asking = program(house.twin.tenant, house.twin.agent)
    asking.client.raise_request_exception = False
    monkeypatch.setattr("api.views.policy.MeOut", None)
    fault = asking.ask("GET", "me/")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert (fault.status_code, fault.json()["code"]) == (500, "server_error")
    assert "NoneType" not in fault.content.decode()


def test_same_request_with_the_same_key_is_done_once(house):
    asking = program(house.twin.tenant, house.twin.contact)
    path, said = f"cases/{house.case.number}/replies/", {"body": "Once."}

    first = asking.post(path, said, Idempotency_Key="a-1")
    second = asking.post(path, said, Idempotency_Key="a-1")
    other_body = asking.post(path, {"body": "Twice."}, Idempotency_Key="a-1")
    other_path = asking.post(f"cases/{house.case.number}/close/", said, Idempotency_Key="a-1")
    other_token = program(house.twin.tenant, house.twin.agent).post(
        path, said, Idempotency_Key="a-1"
    )

    assert (second.status_code, second.content) == (201, first.content)
    assert second["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert [one.status_code for one in (other_body, other_path)] == [422, 422]
    assert other_token.status_code == 201
    texts = [one["text"] for one in asking.get(f"cases/{house.case.number}/timeline/")["results"]]
    assert texts.count("Once.") == 2


def test_what_was_refused_can_be_sent_again_with_its_key(house):
    asking = program(house.twin.tenant, house.twin.agent)
    path = f"cases/{house.case.number}/close/"
    refused = asking.post(path, {}, Idempotency_Key="k")
    asking.post(f"cases/{house.case.number}/resolve/", {"solution": "Done."})

    done = asking.post(path, {}, Idempotency_Key="k")

    assert (refused.status_code, done.status_code) == (409, 201)
    with tenant(house.twin.tenant):
        assert KeptReply.objects.count() == 1


def test_words_of_an_erased_person_are_kept_in_no_answer_and_nothing_is_done_twice(house):
    asking = program(house.twin.tenant, house.twin.agent)
    path = f"cases/{house.case.number}/replies/"
    first = asking.post(path, {"body": "Dear Wilma."}, Idempotency_Key="k")
    with tenant(house.twin.tenant) as at:
        known = Known(house.twin.contact, ("Wilma",), with_texts=False, at=at)
        number = keepers()["api_replies"].forget_person(known)
        kept = KeptReply.objects.values_list("body", flat=True)
        assert (number, list(kept)) == (1, ["{}"])

    again = asking.post(path, {"body": "Dear Wilma."}, Idempotency_Key="k")

    assert (first.status_code, again.status_code, again.content) == (201, 201, b"{}")
    texts = [one["text"] for one in asking.get(f"cases/{house.case.number}/timeline/")["results"]]
    assert texts.count("Dear Wilma.") == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there", "naïve"])
def test_key_that_is_none_is_refused(house, key):
    asking = program(house.twin.tenant, house.twin.contact)

    answer = asking.post("cases/1/replies/", {"body": "x"}, Idempotency_Key=key)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")
