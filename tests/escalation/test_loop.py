"""The loop that watches the clocks in place of beat: no part of it stops another."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError

from escalation.management.commands import tick as command


@pytest.mark.parametrize("error", [TypeError("x"), OperationalError("x")])
def test_part_that_fails_costs_the_others_nothing(monkeypatch, error):
    done = []

    def fail():
        done.append("send")
        raise error

    monkeypatch.setattr(command, "send_held_answers", fail)
    for name in ("tick", "say", "keep_due", "audit_clocks"):
        monkeypatch.setattr(command, name, _noting(done, name))
    loop = command.Command()

    if isinstance(error, OperationalError):
        with pytest.raises(OperationalError):  # told by the loop, which connects again
            loop._tick()
    else:
        loop._tick()

    assert done == ["tick", "say", "send", "keep_due", "say", "audit_clocks"]


def _noting(done, name):
    def part(*_arguments):
        done.append(name)
        return SimpleNamespace(failed=()) if name == "keep_due" else command.Ticked()

    part.__name__ = name
    return part
