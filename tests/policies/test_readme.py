"""The page about the format names every key that a document may have."""

import re

import pytest

from sla.engine import sections
from sla.engine.parts import AXES
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
    ],
    ids=lambda shape: shape.build.__name__,
)
def test_every_key_is_explained(shape: Shape) -> None:
    assert {field.key for field in shape.fields} - NAMED == set()


def test_every_axis_is_explained() -> None:
    assert set(AXES) - NAMED == set()
