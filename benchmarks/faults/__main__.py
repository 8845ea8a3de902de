"""Prove that every step fires exactly once while processes are killed at random.

    python -m benchmarks.faults [--seed N] [--cases N] [--phases calm,killed,strange]

On a PostgreSQL, a Redis, workers and beats of its own, which are erased at the end. Three phases,
of `--cases` clocks each (two steps a clock):

- calm: nothing is wrong; 99 of 100 steps are committed within 5 s of being due.
- killed: at least 20 kills of workers, 5 of beat, 3 of Redis (one with all it held lost) and 2 of
  PostgreSQL, with SIGKILL, at moments that the seed chooses.
- strange: three beats, each order delivered three times, a worker frozen for a minute with its
  locks, a worker an hour ahead and a beat an hour behind.

Ends with 1 unless every step fired exactly once, none was lost or early, and none came later than
the longest outage and 15 s. Prints the seed first, and one line of JSON for each phase.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.settings"
for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL"):
    os.environ.pop(name, None)
os.environ["SUPPORTDESK_STATE_DIR"] = STATE = tempfile.mkdtemp(prefix="supportdesk-faults-")
os.environ["PYTHONUNBUFFERED"] = "1"
os.chmod(STATE, 0o711)  # noqa: S103  # root's PostgreSQL runs as somebody else

import django  # noqa: E402  # the environment above comes first

django.setup()

from django.db import connections  # noqa: E402

from benchmarks.faults.rig import PHASES, Rig  # noqa: E402
from supportdesk.local import embedded, erase  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--phases", default=",".join(PHASES))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    began = time.monotonic()
    rig = None
    try:
        embedded.ensure(migrate=True)
        rig = Rig(random.Random(options.seed), options.cases)
        failed = [phase for phase in options.phases.split(",") if not told(rig, phase)]
        print(f"{time.monotonic() - began:.0f} s in all", flush=True)
        return 1 if failed else 0
    finally:
        if rig is not None:
            rig.stop()
        connections.close_all()
        embedded.leave()
        erase.main()
        shutil.rmtree(STATE, ignore_errors=True)


def told(rig: Rig, phase: str) -> bool:
    """Run one phase, print what became of it, and tell whether it passed."""
    outcome = rig.run(phase)
    line = asdict(outcome) | {"passed": not outcome.wrong}
    print(json.dumps(line, default=str), flush=True)
    return not outcome.wrong


if __name__ == "__main__":
    sys.exit(main())
