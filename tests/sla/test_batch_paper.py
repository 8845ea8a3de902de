"""The description of the batch: its examples are answered as it says, its tables are complete."""

import json
import re

import pytest
from django.conf import settings

from sla.batch.answers import AMOUNTS, METRICS, SPANS
from sla.management.commands.sla_batch import Command
from tests.sla.lines import answer

PAPER = settings.BASE_DIR / "docs" / "sla-batch.md"
CODES = {
    "bad_request",
    "unknown_policy",
    "unsupported",
    "phone_required",
    "channel_not_entitled",
    "no_offset",
    "bad_time_zone",
    "bad_interval",
    "never_open",
    "negative_duration",
    "bad_pause",
    "scheduled_in_past",
}


def objects():
    found = re.findall(r"```json\n(.*?)```", PAPER.read_text(), re.DOTALL)
    return [json.loads(text) for text in found]


def pairs():
    read = objects()
    return list(zip(read[::2], read[1::2], strict=True))


@pytest.mark.parametrize(("question", "told"), pairs(), ids=lambda found: found.get("id"))
def test_example_is_answered_as_the_paper_says(question, told):
    assert answer(question) == told


def test_paper_has_an_example_of_every_kind():
    asked = [question for question, _told in pairs()]

    assert {question["op"] for question in asked} == {"due", "between"}
    assert {"vendor" in question for question in asked} == {True, False}
    assert [told["ok"] for _question, told in pairs()].count(False) == 1


def test_paper_names_every_word_of_a_line():
    named = set(re.findall(r"`([a-z_]+)`", PAPER.read_text()))

    assert {*METRICS, *AMOUNTS, *(since for since, _span in SPANS.values()), *CODES} <= named


def test_command_and_readme_lead_to_the_paper():
    assert "docs/sla-batch.md" in Command.help
    assert "(docs/sla-batch.md)" in (settings.BASE_DIR / "README.md").read_text()
