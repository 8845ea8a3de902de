"""Publishing again over open cases, in the tenant that is entered."""

from datetime import datetime

from sla.actions import save_targets
from sla.models import PolicyVersion
from sla.publishing import publish_draft
from tests.sla.working import revision, with_hours
from tests.twins import Twin
from tickets.models import Case
from tickets.timeline import load_timeline, moment


def publish_hours(twin: Twin, hours: int, *, at: datetime, **terms: object) -> PolicyVersion:
    """Publish that Standard, severities 2 to 4, are answered within so many hours (MX-20)."""
    save_targets(by=twin.manager, at=at, revision=revision(), targets=with_hours("MX-20", hours))
    return publish_draft(by=twin.manager, at=at, revision=revision(), **terms)


def due_of(case: Case, kind: str = "first_response") -> datetime | None:
    """Give when the running or last clock of a kind is due, from the timeline."""
    clocks = [one for one in load_timeline(case).state().clocks if one.kind == kind]
    return moment(clocks[-1].due_at)


def now(case: Case) -> Case:
    return Case.objects.select_related("policy_version").get(pk=case.pk)


def retargets(case: Case) -> list[dict]:
    return list(case.events.filter(kind="policy_retargeted").values_list("payload", flat=True))
