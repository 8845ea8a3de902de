"""Every hostile mail is read within the limits, and says what it may say."""

import json
import random

import pytest

from mailbox.parsing import ParsedMail, Patience, Unparsable, parse, run_parser
from tests.mailbox.corpus import Hostile, hostile_mails

MAILS = list(hostile_mails())
TAME = [one for one in MAILS if not one.claims.killer]
KILLERS = [one for one in MAILS if one.claims.killer]


def test_there_are_three_hundred_different_ones():
    assert len(MAILS) >= 300
    assert len({one.name for one in MAILS}) == len(MAILS)
    assert len({one.raw for one in MAILS}) == len(MAILS)


@pytest.mark.parametrize("hostile", TAME, ids=lambda one: one.name)
def test_a_hostile_mail_becomes_what_is_claimed(hostile: Hostile, tmp_path):
    code, parsed = "", None
    try:
        parsed = parse(hostile.raw, tmp_path)
    except Unparsable as refused:
        code = refused.code

    assert code == hostile.claims.code
    if parsed is not None:
        check(parsed, hostile)
        assert sorted(one.path for one in parsed.attachments) == sorted(
            path.name for path in tmp_path.iterdir()
        )


def check(parsed: ParsedMail, hostile: Hostile) -> None:
    claims = hostile.claims
    assert (parsed.from_.address if parsed.from_ else None) == claims.sender, parsed.from_defects
    assert bool(parsed.from_defects) == (parsed.from_ is None)
    assert parsed.auto == claims.auto
    assert parsed.loops == claims.loops
    assert claims.says is None or claims.says in parsed.text
    assert claims.fresh is None or claims.fresh == parsed.fresh
    assert claims.subject is None or claims.subject == parsed.subject
    assert claims.files is None or claims.files == tuple(one.name for one in parsed.attachments)
    assert not [one for one in claims.never if one in parsed.html.lower()]
    assert bool(parsed.fresh.strip()) == bool(parsed.text.strip())
    assert ParsedMail.from_json(parsed.to_json()) == parsed
    shown = "".join([parsed.subject, parsed.text, parsed.html, parsed.fresh, parsed.quoted])
    assert "\0" not in shown
    shown.encode("utf-8")  # no half of a character, which no database takes


@pytest.mark.parametrize("hostile", KILLERS, ids=lambda one: one.name)
def test_a_huge_mail_is_read_in_a_child_within_its_limits(hostile: Hostile):
    check(run_parser(hostile.raw), hostile)


@pytest.mark.parametrize(
    ("name", "patience", "code"),
    [
        ("false_marks_at_depth", Patience(cpu_seconds=1), "too_slow"),
        ("from_plain", Patience(wall_seconds=0.01), "too_slow"),
        ("file_of_24_million", Patience(memory_bytes=80 * 1024 * 1024), "too_much_memory"),
        ("nested_300", Patience(), "too_deep"),
        ("empty", Patience(), "empty"),
    ],
)
def test_a_child_that_takes_too_much_is_ended(name: str, patience: Patience, code: str, tmp_path):
    raw = next(one.raw for one in MAILS if one.name == name)

    with pytest.raises(Unparsable) as refused:
        run_parser(raw, tmp_path, patience)

    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_child_gives_the_same_as_reading_here(tmp_path):
    raw = next(one.raw for one in MAILS if one.name == "html_with_cid")
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()

    assert run_parser(raw, there) == parse(raw, here)
    assert (there / "001").read_bytes() == (here / "001").read_bytes() == b"x"
    assert run_parser(raw).attachments[0].path == ""


def test_bytes_that_were_mixed_up_are_read_or_refused_and_nothing_else():
    chance = random.Random(7)
    small = [one.raw for one in TAME if len(one.raw) < 5_000]
    for _round in range(1_000):
        raw = bytearray(chance.choice(small))
        for _change in range(chance.randrange(1, 12)):
            mix(raw, chance, small)
        try:
            parsed = parse(bytes(raw))
        except Unparsable:
            continue
        assert ParsedMail.from_json(parsed.to_json()) == parsed
        json.dumps(parsed.to_json()).encode("utf-8")


def mix(raw: bytearray, chance: random.Random, others: list[bytes]) -> None:
    at = chance.randrange(len(raw) + 1)
    other = chance.choice(others) or b"x"
    start = chance.randrange(len(other))
    piece = other[start : start + chance.randrange(60)]
    kind = chance.randrange(3)
    if kind == 0:
        raw[at : at + len(piece)] = piece
    elif kind == 1:
        raw[at:at] = piece
    else:
        raw[at : at + 1] = bytes([chance.randrange(256)])
