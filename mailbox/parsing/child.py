"""Reading a mail in a process of its own, which is killed when it takes too much."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailbox.parsing.limits import (
    CODES,
    CPU_SECONDS,
    CRASHED,
    MEMORY_BYTES,
    MOST_BYTES,
    TOO_BIG,
    TOO_SLOW,
    WALL_SECONDS,
    Unparsable,
)
from mailbox.parsing.mail import ParsedMail

ROOT = Path(__file__).resolve().parents[2]
ANSWER = "answer.json"
_MOST_ANSWER = 32 * 1024 * 1024
_KILLED_BY = {signal.SIGXCPU: TOO_SLOW, signal.SIGKILL: TOO_SLOW}


@dataclass(frozen=True)
class Patience:
    """What a child may take."""

    cpu_seconds: int = CPU_SECONDS
    memory_bytes: int = MEMORY_BYTES
    wall_seconds: float = WALL_SECONDS


USUAL = Patience()


def run_parser(raw: bytes, folder: Path | None = None, patience: Patience = USUAL) -> ParsedMail:
    """Read a mail in a child process; its files go to `folder`, an empty one. Raises Unparsable.

    Takes a tenth of a second and up to 20 s. Without a folder the files are only described. The
    child has nothing of this process but the bytes: no environment, no open file, no database.
    """
    if len(raw) > MOST_BYTES:
        raise Unparsable(TOO_BIG, f"{len(raw)} bytes")
    with _folder(folder) as (place, keeps):
        status = _run(raw, place, patience, keeps=keeps)
        answer = _answer(place)
    if answer is None:
        code = _KILLED_BY.get(signal.Signals(-status), CRASHED) if status < 0 else CRASHED
        raise Unparsable(code, f"the child ended with {status}")
    if "code" in answer:
        raise Unparsable(answer["code"] if answer["code"] in CODES else CRASHED, answer["detail"])
    return ParsedMail.from_json(answer)


@contextmanager
def _folder(given: Path | None) -> Iterator[tuple[Path, bool]]:
    if given is not None:
        yield given, True
        return
    with tempfile.TemporaryDirectory(prefix="mail-") as made:
        yield Path(made), False


def _run(raw: bytes, place: Path, patience: Patience, *, keeps: bool) -> int:
    """Run the child to its end, or to the end of our patience. Gives its exit status."""
    limits = (int(keeps), patience.cpu_seconds, patience.memory_bytes)
    with tempfile.TemporaryFile(dir=place) as given:
        given.write(raw)
        given.seek(0)
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-E", "-s", "-m", "mailbox.parsing", str(place), *map(str, limits)],
            stdin=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            start_new_session=True,
        )
    try:
        return child.wait(patience.wall_seconds)
    except subprocess.TimeoutExpired as error:
        raise Unparsable(TOO_SLOW, f"more than {patience.wall_seconds} s") from error
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _answer(place: Path) -> dict | None:
    """Take the child's answer out of the folder; None if there is none that can be read."""
    path = place / ANSWER
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_ANSWER + 1)
        path.unlink()
        answer = json.loads(data) if len(data) <= _MOST_ANSWER else None
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None
