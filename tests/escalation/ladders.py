"""Ladders of the tests: Metalogix's policy with other steps."""

from sla.actions import load_document
from tests.packs import LONG_AGO, pack_for

STEP = """
[[ladder]]
code = "{code}"
clock = "{clock}"
at = "{at}"
action = "{action}"
{more}
"""


def step(code, at="due", action="notify", clock="first_response", **more):
    """Write one step of a ladder."""
    lines = "\n".join(f"{key} = {value}" for key, value in more.items())
    return STEP.format(code=code, clock=clock, at=at, action=action, more=lines)


def publish_ladder(twin, *steps):
    """Publish Metalogix's policy with this ladder instead of its own, in effect since long ago."""
    text = pack_for(twin.tenant.slug, "metalogix")
    load_document(text=text[: text.index("[[ladder]]")] + "".join(steps), by=None, at=LONG_AGO)
