"""lint_policy as it is called, and files that cannot be read as policies."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sla.engine.document import Fault, PolicyFaults
from sla.files import decoded
from tests.packs import POLICIES
from tests.policies.tidy import TIDY, TODAY


def lint(*files, **options):
    """Run lint_policy; give what it printed, what it complained of, and how it ended."""
    said, complained, status = StringIO(), StringIO(), 0
    try:
        call_command(
            "lint_policy", *map(str, files), on=TODAY, stdout=said, stderr=complained, **options
        )
    except CommandError as error:
        status = error.returncode
    return said.getvalue().splitlines(), complained.getvalue().splitlines(), status


def line_of(file, text):
    return file.read_text().split("\n").index(text) + 1


def test_tidy_file_ends_well_even_when_strict(tmp_path):
    file = tmp_path / "tidy.toml"
    file.write_text(TIDY)

    assert lint(file, strict=True) == (["0 errors, 0 warnings, 0 notices"], [], 0)


def test_finding_has_file_line_and_what_to_do(tmp_path):
    file = tmp_path / "spoiled.toml"
    file.write_text(TIDY.replace("goal = 2", "goal = 4").replace('hours = "office"\n', ""))
    phone, goal = line_of(file, "[[phones]]"), line_of(file, TIDY_GOAL)

    assert lint(file) == (
        [
            f"{file}:{phone}: warning: phone 1, hours: It is not said when 111 is answered. "
            "Choose a calendar, or say that it is always answered.",
            f"{file}:{goal}: notice: target 2: The goal is the same as the commitment. "
            "Make the goal shorter, or leave it out.",
            "0 errors, 1 warnings, 1 notices",
        ],
        [],
        0,
    )


TIDY_GOAL = 'target = { kind = "business_time", hours = 4, goal = 4 }'


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [("goal = 2", "goal = 4", 0), ('hours = "office"\n', "", 1)],
)
def test_strict_minds_all_but_notices(tmp_path, old, new, status):
    file = tmp_path / "spoiled.toml"
    file.write_text(TIDY.replace(old, new))

    assert lint(file)[2] == 0
    assert lint(file, strict=True)[2] == status


def test_packs_are_named_with_their_lines():
    file = POLICIES / "metalogix.toml"
    call, target = line_of(file, 'call = "required"'), "hours = 8, goal = 4 }"
    portal = next(n for n, text in enumerate(file.read_text().split("\n"), 1) if target in text)

    said, complained, status = lint(file)

    assert (complained, status) == ([], 0)
    assert [line.split(": ")[:3] for line in said if "severity 1, call" in line] == [
        [f"{file}:{call}", "warning", "severity 1, call"]
    ]
    assert [line.split(": ")[:3] for line in said if "one range of time" in line.lower()] == [
        [f"{file}:{portal}", "warning", "target 4"]
    ]


def test_json_has_the_same(tmp_path):
    file = tmp_path / "spoiled.toml"
    file.write_text(TIDY.replace("goal = 2", "goal = 4"))

    said, _complained, _status = lint(file, json=True)

    assert json.loads("\n".join(said)) == [
        {
            "file": str(file),
            "line": line_of(file, TIDY_GOAL),
            "severity": "notice",
            "code": "goal_is_commitment",
            "path": "targets[1].target",
            "message": "target 2: The goal is the same as the commitment.",
            "advice": "Make the goal shorter, or leave it out.",
        }
    ]


def test_of_a_broken_file_only_the_faults_are_told(tmp_path):
    file = tmp_path / "broken.toml"
    file.write_text(TIDY.replace('summary = "We answer."', "colour = 7"))

    said, complained, status = lint(file)

    assert (said, status) == ([], 2)
    assert complained[0].startswith(f"{file}:7: colour: ")


def test_faults_end_with_two_and_the_other_files_are_still_linted(tmp_path):
    files = {name: tmp_path / f"{name}.toml" for name in ("tidy", "latin", "marked", "keyed")}
    files["tidy"].write_text(TIDY)
    files["latin"].write_bytes(TIDY.replace("We answer.", "Wir hören zu.").encode("latin-1"))
    files["marked"].write_bytes(b"\xef\xbb\xbf" + TIDY.encode())
    files["keyed"].write_text(TIDY.replace('summary = "We answer."', "colour = 7"))

    said, complained, status = lint(*files.values(), tmp_path, tmp_path / "none.toml")

    assert (said, status) == (["0 errors, 0 warnings, 0 notices"], 2)
    assert complained[:2] == [
        f"{files['latin']}:7: This is not UTF-8: column 17 has the byte f6. "
        "Save the file as UTF-8.",
        f"{files['marked']}:1: The file begins with a byte order mark: "
        "save it as UTF-8 without one.",
    ]
    assert complained[2].startswith(f"{files['keyed']}:7: colour: “colour” is not known here: ")
    assert complained[3:] == [
        f"{tmp_path}: This is a folder, not a file.",
        f"{tmp_path / 'none.toml'}: No such file or directory",
    ]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\xff\xfea\x00", Fault("", "not_utf8", {"byte": "ff", "column": 1}, 1)),
        (b"a = 1\nb = '\xc3\xa4\xe4'", Fault("", "not_utf8", {"byte": "e4", "column": 7}, 2)),
        (b"a = '\xc3", Fault("", "not_utf8", {"byte": "c3", "column": 6}, 1)),
        (b"\xef\xbb\xbfa = 1", Fault("", "byte_order_mark", {}, 1)),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_place(data, fault):
    with pytest.raises(PolicyFaults) as refused:
        decoded(data, "a.toml")

    assert (refused.value.filename, refused.value.faults) == ("a.toml", (fault,))
