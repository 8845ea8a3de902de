"""Every numbered line of the documents that is built has a test that names it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ASKED = (
    *("mx_01", "mx_03", "mx_04", "mx_05", "mx_06", "mx_07", "mx_17", "mx_21"),
    *(f"mx_{number:02}" for number in (*range(10, 16), *range(22, 29))),
    *(f"sc_{number:02}" for number in range(1, 23)),
    *(f"sp_{number:02}" for number in range(1, 22)),
    *(f"ms_{number:02}" for number in (1, *range(5, 12))),
    *("dd_03", "dd_16", "dd_17", "dd_19", "dd_42"),
    *(f"dd_{number:02}" for number in (*range(5, 16), *range(21, 42))),
)


def names_of_tests() -> Iterator[str]:
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"_{node.name}_"


@pytest.fixture(scope="module")
def names() -> frozenset[str]:
    return frozenset(names_of_tests())


@pytest.mark.parametrize("requirement", ASKED)
def test_a_test_names_the_requirement(names: frozenset[str], requirement: str) -> None:
    assert any(f"_{requirement}_" in name for name in names)
