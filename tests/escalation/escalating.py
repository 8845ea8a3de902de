"""Policies under which customers may ask for an escalation, whatever the packs say of it."""

from dataclasses import replace

from accounts.actions import add_team, join_team
from accounts.models import Person, Team
from accounts.tenancy import tenant
from sla.actions import load_document
from sla.engine.care import Escalating, Grade, Swat
from sla.engine.document import canonical_text, parse_document
from sla.engine.parts import TargetRow
from sla.engine.policy import Policy
from sla.engine.target import Target
from tests.packs import LONG_AGO, pack_for
from tests.twins import Twin

FOUR_HOURS = 4 * 3600
SWAT = Swat(
    name="SWAT team",
    when={"priority": ("high",), "severity": ("1", "2")},
    grades=("senior",),
    source="DD-26",
)


def publish_escalating(twin: Twin, pack: str = "datadynamics", **changes: object) -> Policy:
    """Publish a pack in which an answer is owed in four hours, round the clock."""
    policy = parse_document(pack_for(twin.tenant.slug, pack))
    owed = TargetRow("escalation_answer", {}, Target("elapsed", FOUR_HOURS), source="DD-25")
    others = tuple(row for row in policy.targets if row.clock != owed.clock)
    parts = {
        "grades": (Grade("junior", "Junior"), Grade("senior", "Senior")),
        "swat": SWAT if "priority" in policy.axes else Swat(),
        "escalation": Escalating(open=True, roles=("lead",), note="We call you back."),
        "targets": (*others, owed),
    }
    made = replace(policy, **parts | changes)
    with tenant(twin.tenant):
        load_document(text=canonical_text(made), by=None, at=LONG_AGO)
    return made


def make_swat_team(*people: Person, grade: str = "senior") -> Team:
    """Make the SWAT team of the entered tenant."""
    team = add_team(name="SWAT", is_swat=True)
    for person in people:
        person.grade = grade
        person.save(update_fields=["grade"])
        join_team(team=team, person=person)
    return team
