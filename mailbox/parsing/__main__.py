"""The child: takes its limits, reads a mail from standard input, writes the answer to a folder."""

import json
import resource
import sys
from pathlib import Path

from mailbox.parsing.child import ANSWER
from mailbox.parsing.limits import MOST_BYTES, TOO_MUCH_MEMORY, Unparsable
from mailbox.parsing.reading import parse

_LIMITS = (
    (resource.RLIMIT_CORE, (0, 0)),
    (resource.RLIMIT_NOFILE, (64, 64)),
    (resource.RLIMIT_FSIZE, (2 * MOST_BYTES, 2 * MOST_BYTES)),
)


def main(folder: Path, *, keeps: bool, cpu_seconds: int, memory_bytes: int) -> None:
    """Read one mail. What cannot be read is an answer too; only being killed gives none."""
    # Asked to stop first, killed a second later.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    for limit, values in _LIMITS:
        resource.setrlimit(limit, values)
    try:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        answer = parse(raw, folder if keeps else None).to_json()
    except Unparsable as error:
        answer = {"code": error.code, "detail": error.detail}
    except (MemoryError, RecursionError) as error:
        answer = {"code": TOO_MUCH_MEMORY, "detail": type(error).__name__}
    (folder / ANSWER).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    keeps, cpu, memory = map(int, sys.argv[2:5])
    main(Path(sys.argv[1]), keeps=bool(keeps), cpu_seconds=cpu, memory_bytes=memory)
