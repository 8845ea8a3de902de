"""The description is whole and true: nothing is answered that it does not tell."""

from collections import defaultdict
from http import HTTPStatus
from itertools import count
from typing import Any

import pytest
import requests
import schemathesis
from drf_spectacular.drainage import GENERATOR_STATS
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.description import description
from tests.api.programs import Program, program
from tests.api.test_walls import names_of

A_FEW = settings(
    max_examples=4,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_description_is_made_without_a_warning():
    GENERATOR_STATS.reset()
    description.cache_clear()

    told = description()

    assert not GENERATOR_STATS._warn_cache and not GENERATOR_STATS._error_cache
    operations = [one for path in told["paths"].values() for one in path.values()]
    assert len(operations) > 40
    assert all(one["summary"] and one["tags"] for one in operations)


def test_whatever_is_sent_has_an_example():
    bodies = {
        one["operationId"]: one["requestBody"]["content"]
        for path in description()["paths"].values()
        for one in path.values()
        if "requestBody" in one
    }
    assert [
        name
        for name, kinds in bodies.items()
        if "application/json" in kinds and not kinds["application/json"].get("examples")
    ] == []


def test_description_names_the_vendors_own_address(house, client):
    answer = client.get("/api/v1/openapi.json", headers={"host": "alpha.localhost"})

    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["servers"] == [{"url": "http://alpha.localhost:8000"}]
    assert answer.json()["openapi"].startswith("3.")


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(description())
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("who", ["contact", "manager"])
def test_nothing_is_answered_that_is_not_described_and_nothing_fails(house, conf, who):
    """Schemathesis makes up requests, right and wrong, for every operation."""
    conf.API_REQUESTS_A_MINUTE = 1_000_000
    asking = program(house.twin.tenant, house.twin.person_of(who))
    names = {name: str(value) for name, value in names_of(house).items()}
    turns, seen = count(), defaultdict(set)

    def send(case: Any) -> None:
        if next(turns) % 2:
            _name_what_is_there(case, names)
        answer = answered(asking, case)
        case.validate_response(answer, checks=CHECKS)
        seen[case.operation.label].add(answer.status_code)

    for operation in operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                seed(7)(A_FEW(given(operation.as_strategy(generation_mode=mode))(send)))()
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE  # nothing about it can be wrong

    assert len(seen) == len(operations())
    assert {200, 201, 400, 404} <= set().union(*seen.values())


@pytest.fixture
def conf(settings: Any) -> Any:
    """The settings of the desk, where those of Hypothesis have their name."""
    return settings


def _name_what_is_there(case: Any, names: dict[str, str]) -> None:
    """Put what there is in place of what was made up."""
    for name in set(case.path_parameters or ()) & set(names):
        case.path_parameters[name] = names[name]
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = "*"
    if isinstance(case.body, dict):
        for name in {"contact", "company"} & set(case.body):
            case.body[name] = int(names[name])


def answered(asking: Program, case: Any) -> Response:
    """Send a request that was made up, inside of this process and its transaction."""
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://alpha.localhost")).prepare()
    headers = {**sent.headers, "Authorization": f"Bearer {asking.secret}"}
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    answer = asking.client.generic(
        sent.method, sent.path_url, body, headers.pop("Content-Type", ""), headers=headers
    )
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    told = {name: [value] for name, value in answer.items()}
    return Response(answer.status_code, told, content, sent, elapsed=0.0, verify=False)
