"""Celery's share of escalation: beat shortens the wait, the rows hold the truth."""

from celery import shared_task

from accounts.pulses import TICK, say
from escalation import tick as ticking


@shared_task(name="escalation.tasks.tick")
def tick() -> None:
    """Fire what is due. Idempotent; any number may run at once."""
    ticking.tick()
    say(TICK)
