"""The page about the format names every key that a document may have."""

import re

import pytest

from sla.engine import sections
from sla.engine.offer import (
    BENEFIT_KINDS,
    INCLUDED_LIFE,
    LIMIT_SPANS,
    ON_LAPSE,
    RELEASE_UNITS,
    TOPICS_ABOUT,
)
from sla.engine.parts import AXES, ENVIRONMENTS, STEP_ACTIONS, STEP_MOMENTS, STEP_ROLES
from sla.engine.shape import Shape
from tests.policies.packs import FOLDER

README = (FOLDER / "README.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`\[?\[?([a-z_]+)[`.\]]", README))


@pytest.mark.parametrize(
    "shape",
    [
        sections.POLICY,
        sections.PHONE,
        sections.CONTACT,
        sections.PUBLIC_TEXTS,
        sections.DECLINED,
        sections.TIER_NAME,
        sections.READING,
        sections.PLAN,
        sections.LEVEL,
        sections.CHANNEL,
        sections.REGION,
        sections.HOLIDAY_LIST,
        sections.CALENDAR,
        sections.TARGET_ROW,
        sections.RETARGET,
        sections.WAITING,
        sections.REOPEN,
        sections.POINTS,
        sections.LADDER_STEP,
        sections.SUBSCRIPTION,
        sections.PRICE,
        sections.PACK,
        sections.GRANT,
        sections.BENEFIT,
        sections.TOPIC,
        sections.RELEASE_RULE,
        sections.LICENSING,
        sections.NOTICES,
        sections.REGISTERING,
        sections.CASE_TYPE,
        sections.GRADE,
        sections.SWAT,
        sections.ESCALATING,
        sections.ATTACHING,
        sections.DIAGNOSING,
    ],
    ids=lambda shape: shape.build.__name__,
)
def test_every_key_is_explained(shape: Shape) -> None:
    assert {field.key for field in shape.fields} - NAMED == set()


@pytest.mark.parametrize(
    "choices",
    [
        ON_LAPSE,
        LIMIT_SPANS,
        BENEFIT_KINDS,
        TOPICS_ABOUT,
        RELEASE_UNITS,
        INCLUDED_LIFE,
        STEP_ACTIONS,
        STEP_MOMENTS,
        STEP_ROLES,
        ENVIRONMENTS,
    ],
    ids=lambda choices: choices[0],
)
def test_every_choice_is_explained(choices: tuple[str, ...]) -> None:
    assert set(choices) - NAMED == set()


def test_every_axis_is_explained() -> None:
    assert set(AXES) - NAMED == set()
