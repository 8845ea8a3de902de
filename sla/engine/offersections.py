"""The sections of a document about what is sold: which keys each table holds, in their order."""

from sla.engine.forms import SpanForm, When
from sla.engine.offer import (
    BENEFIT_KINDS,
    INCLUDED_LIFE,
    RELEASE_UNITS,
    TOPICS_ABOUT,
    Benefit,
    Grant,
    Licensing,
    Notices,
    Pack,
    Points,
    Price,
    Registering,
    ReleaseRule,
    Subscription,
    Topic,
)
from sla.engine.shape import CODE, NAME, TEXT, Field, Flag, Many, Number, Place, Shape, Text

# Above any price, pack or number of seats; within what the ledger's integers hold.
MOST_POINTS = 1_000_000
DAYS_BEFORE = Many(Number(1, 730))


class Figures:
    """{code = number}: a number for each of some plans or editions."""

    blank = ()
    _number = Number(0, MOST_POINTS)

    def read(self, raw: object, place: Place) -> tuple[tuple[str, int], ...]:
        if not isinstance(raw, dict):
            place.fault("wrong_type", expected="table", found="other")
            return ()
        pairs = sorted(raw.items())
        return tuple((code, self._number.read(number, place.key(code))) for code, number in pairs)

    def write(self, value: tuple[tuple[str, int], ...]) -> object:
        return dict(value)


SUBSCRIPTION = Shape(
    Subscription,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("description", TEXT, ""),
        Field("editions", Many(CODE, 1), None),
        Field("per_user", Flag(), False),
        Field("source", TEXT, ""),
    ),
)
PRICE = Shape(
    Price,
    (
        Field("when", When(), {}),
        Field("points", Number(0, MOST_POINTS)),
        Field("source", TEXT, ""),
        Field("note", TEXT, ""),
    ),
)
PACK = Shape(
    Pack,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("points", Number(1, MOST_POINTS)),
        Field("note", TEXT, ""),
    ),
)
GRANT = Shape(
    Grant,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("points", Number(1, MOST_POINTS), None),
        Field("editions", Many(CODE, 1), None),
        Field("source", TEXT, ""),
    ),
)
BENEFIT = Shape(
    Benefit,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("description", TEXT, ""),
        Field("kind", Text(choices=BENEFIT_KINDS)),
        Field("plans", Figures(), ()),
        Field("editions", Figures(), ()),
        Field("source", TEXT, ""),
    ),
)
TOPIC = Shape(
    Topic,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("description", TEXT, ""),
        Field("about", Text(choices=TOPICS_ABOUT)),
        Field("opt_out", Flag(), False),
        Field("by_product", Flag(), False),
        Field("plans", Many(CODE, 1), None),
        Field("subscriptions", Many(CODE, 1), None),
        Field("source", TEXT, ""),
    ),
)
RELEASE_RULE = Shape(
    ReleaseRule,
    (
        Field("when", When(), {}),
        Field("unit", Text(choices=RELEASE_UNITS)),
        Field("back", Number(0, 100)),
        Field("source", TEXT, ""),
        Field("note", TEXT, ""),
    ),
)
LICENSING = Shape(
    Licensing,
    (
        Field("required", Flag(), False),
        Field("grace_days", Number(0, 3650), 0),
        Field("source", TEXT, ""),
    ),
    blank=Licensing(),
)
NOTICES = Shape(
    Notices,
    (
        Field("support_end_days", DAYS_BEFORE, ()),
        Field("licence_days", DAYS_BEFORE, ()),
        Field("contract_days", DAYS_BEFORE, ()),
        Field("points_days", DAYS_BEFORE, ()),
        Field("delivery_days", DAYS_BEFORE, ()),
        Field("low_points", Number(0, MOST_POINTS), None),
    ),
    blank=Notices(),
)
REGISTERING = Shape(
    Registering,
    (Field("open", Flag(), False), Field("note", TEXT, ""), Field("source", TEXT, "")),
    blank=Registering(),
)
POINTS = Shape(
    Points,
    (
        Field("life", SpanForm(), None),
        Field("included", Text(choices=INCLUDED_LIFE, blank="term"), "term"),
        Field("grace", SpanForm(), None),
        Field("bug_credit", Flag(), False),
        Field("money_refund", Flag(), False),
        Field("declined_refund", Flag(), False),
        Field("source", TEXT, ""),
    ),
    blank=Points(),
)
