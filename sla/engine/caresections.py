"""The sections of a policy document about escalations and files: see `sla.engine.care`."""

from sla.engine.care import Attaching, Diagnosing, Escalating, Grade, Swat
from sla.engine.forms import When
from sla.engine.parts import STEP_ROLES
from sla.engine.shape import CODE, NAME, TEXT, Field, Flag, Many, Number, Shape, Text

GRADE = Shape(Grade, (Field("code", CODE), Field("name", NAME)))
SWAT = Shape(
    Swat,
    (
        Field("name", TEXT, ""),
        Field("when", When(), {}),
        Field("grades", Many(CODE), ()),
        Field("source", TEXT, ""),
    ),
    blank=Swat(),
)
ESCALATING = Shape(
    Escalating,
    (
        Field("open", Flag(), False),
        Field("roles", Many(Text(choices=STEP_ROLES)), ()),
        Field("note", TEXT, ""),
        Field("source", TEXT, ""),
    ),
    blank=Escalating(),
)
ATTACHING = Shape(
    Attaching,
    (
        Field("max_megabytes", Number(1, 102_400), None),
        Field("retention_days", Number(1, 36_500), None),
        Field("note", TEXT, ""),
        Field("source", TEXT, ""),
    ),
    blank=Attaching(),
)
DIAGNOSING = Shape(
    Diagnosing,
    (Field("terms", TEXT, ""), Field("source", TEXT, "")),
    blank=Diagnosing(),
)
