"""The sections of a policy document: which keys each table holds, in the order they are written."""

import re
from datetime import date

from sla.engine.calendarparts import CUSTOMER_ZONE, CalendarSpec, HolidayList
from sla.engine.care import Attaching, Diagnosing, Escalating, Swat
from sla.engine.caresections import ATTACHING, DIAGNOSING, ESCALATING, GRADE, SWAT
from sla.engine.forms import Kinds, SpanForm, TargetForm, When
from sla.engine.holidays import OBSERVED_RULES
from sla.engine.hours import Exceptions, Holidays, Weekly
from sla.engine.kinds import DEFAULT_KINDS
from sla.engine.offer import LIMIT_SPANS, ON_LAPSE, Licensing, Notices, Points, Registering
from sla.engine.offersections import (
    BENEFIT,
    GRANT,
    LICENSING,
    MOST_POINTS,
    NOTICES,
    PACK,
    POINTS,
    PRICE,
    REGISTERING,
    RELEASE_RULE,
    SUBSCRIPTION,
    TOPIC,
)
from sla.engine.pageparts import Contact, Declined, Phone, PublicTexts, Reading
from sla.engine.parts import (
    BASES,
    CALLS,
    CAPS,
    CHANNELS,
    ENVIRONMENTS,
    FLOORS,
    LEVEL_AXES,
    MAIL_CONFIRM,
    MAIL_RULES,
    QUEUE_KEYS,
    REOPEN_FROM,
    STEP_ACTIONS,
    STEP_MOMENTS,
    STEP_ROLES,
    THE_CASE,
    TIERS,
    CaseType,
    Channel,
    Edition,
    LadderStep,
    Level,
    Plan,
    Region,
    Reopen,
    Retarget,
    TargetRow,
    TierName,
    Waiting,
)
from sla.engine.policy import Policy
from sla.engine.shape import (
    CODE,
    NAME,
    TEXT,
    Day,
    Field,
    Flag,
    Keyed,
    Many,
    Number,
    Place,
    Rows,
    Shape,
    Text,
    Zone,
)
from sla.engine.wordsections import Translations

COUNTRY = Text(pattern=re.compile("[A-Z]{2}"))
CLOCK = Text(choices=tuple(DEFAULT_KINDS))
LADDER_CLOCK = Text(choices=(*DEFAULT_KINDS, THE_CASE))
OPTIONAL_CODE = Text(pattern=CODE.pattern, blank=None)
EMAIL = Text(pattern=re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+"), form="email")
WEB_ADDRESS = Text(pattern=re.compile(r"https?://[^\s<>\"]+"), form="web_address")


class OwnDates:
    """[{date, name}]: holidays of one's own."""

    blank = ()
    _shape = Shape(lambda date, name: (date, name), (Field("date", Day()), Field("name", NAME)))

    def read(self, raw: object, place: Place) -> tuple[tuple[date, str], ...]:
        pairs = Rows(self._shape).read(raw, place)
        return tuple(pair for pair in pairs if pair[0] is not None)

    def write(self, value: tuple[tuple[date, str], ...]) -> object:
        return [{"date": on.isoformat(), "name": name} for on, name in value]


class ByRegion:
    """{region = calendar}."""

    blank = ()

    def read(self, raw: object, place: Place) -> tuple[tuple[str, str], ...]:
        if not isinstance(raw, dict):
            place.fault("wrong_type", expected="table", found="other")
            return ()
        pairs = sorted(raw.items())
        return tuple((region, CODE.read(code, place.key(region)) or "") for region, code in pairs)

    def write(self, value: tuple[tuple[str, str], ...]) -> object:
        return dict(value)


PHONE = Shape(
    Phone,
    (
        Field("number", NAME),
        Field("label", NAME),
        Field("regions", Many(CODE), ()),
        Field("hours", OPTIONAL_CODE, None),
    ),
)
CONTACT = Shape(
    Contact,
    (
        Field("support_email", EMAIL, ""),
        Field("portal", WEB_ADDRESS, ""),
        Field("renewal_email", EMAIL, ""),
        Field("sales_email", EMAIL, ""),
        Field("website", WEB_ADDRESS, ""),
    ),
    blank=Contact(),
)
PUBLIC_TEXTS = Shape(
    PublicTexts,
    (
        Field("covered", Many(NAME), ()),
        Field("effort", TEXT, ""),
        Field("conduct", TEXT, ""),
        Field("customer", TEXT, ""),
        Field("escalation", TEXT, ""),
        Field("eula", TEXT, ""),
        Field("eula_url", WEB_ADDRESS, ""),
    ),
    blank=PublicTexts(),
)
DECLINED = Shape(
    Declined,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("pointer", TEXT, ""),
        Field("source", TEXT, ""),
    ),
)
TIER_NAME = Shape(
    TierName,
    (
        Field("tier", Number(min(TIERS), max(TIERS))),
        Field("name", NAME),
        Field("description", TEXT, ""),
        Field("budget", TargetForm(), None),
    ),
)
READING = Shape(
    Reading,
    (
        Field("code", CODE),
        Field("says", NAME),
        Field("against", NAME),
        Field("taken", NAME),
        Field("sources", Many(NAME), ()),
        Field("settled", Flag(), False),
    ),
)
PLAN = Shape(
    Plan,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("description", TEXT, ""),
        Field("default", Flag(), False),
        Field("family", TEXT, ""),
        Field("editions", Many(CODE, 1), None),
        Field("requires", Many(CODE), ()),
        Field("on_lapse", Text(choices=ON_LAPSE, blank="keep"), "keep"),
        Field("lapses_to", OPTIONAL_CODE, None),
        Field("included_points", Number(0, MOST_POINTS), None),
        Field("case_limit", Number(1, MOST_POINTS), None),
        Field("case_limit_per", Text(choices=LIMIT_SPANS, blank="term"), "term"),
    ),
)
LEVEL = Shape(
    Level,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("definition", TEXT, ""),
        Field("customer_may_set", Flag(), True),
        Field("default", Flag(), False),
        Field("call", Text(choices=CALLS, blank="none"), "none"),
        Field("availability_required", Flag(), False),
        Field("paging", Flag(), False),
        Field("note", TEXT, ""),
        Field("environments", Many(Text(choices=ENVIRONMENTS)), ()),
        Field("otherwise", OPTIONAL_CODE, None),
        Field("workaround_to", OPTIONAL_CODE, None),
        Field("unreachable_to", OPTIONAL_CODE, None),
        Field("sets_priority", OPTIONAL_CODE, None),
        Field("promotes", Many(CODE), ()),
        Field("feature_request", Flag(), False),
        Field("fix", TEXT, ""),
    ),
)
CASE_TYPE = Shape(
    CaseType,
    (
        Field("code", CODE),
        Field("name", NAME),
        Field("definition", TEXT, ""),
        Field("default", Flag(), False),
        Field("checklist", Many(NAME), ()),
        Field("feature_request", Flag(), False),
    ),
)
CHANNEL = Shape(
    Channel,
    (
        Field("code", Text(choices=CHANNELS)),
        Field("name", NAME),
        Field("plans", Many(CODE, 1), None),
        Field("editions", Many(CODE, 1), None),
        Field("counts_as", Text(choices=CHANNELS, blank=None), None),
        Field("note", TEXT, ""),
        Field("mail", Text(choices=MAIL_RULES, blank=MAIL_CONFIRM), MAIL_CONFIRM),
    ),
)
EDITION = Shape(Edition, (Field("code", CODE), Field("name", NAME)))
REGION = Shape(Region, (Field("name", NAME), Field("countries", Many(COUNTRY), ())))
HOLIDAY_LIST = Shape(
    HolidayList,
    (
        Field("name", NAME),
        Field("observed", Text(choices=OBSERVED_RULES, blank="actual"), "nearest_weekday"),
        Field("dates", OwnDates(), ()),
        Field("days", Holidays(), ()),
    ),
)
CALENDAR = Shape(
    CalendarSpec,
    (
        Field("name", NAME),
        Field("time_zone", Zone((CUSTOMER_ZONE,)), None, "zone"),
        Field("holidays", OPTIONAL_CODE, None),
        Field("by_region", ByRegion(), ()),
        Field("weekly", Weekly(), ()),
        Field("exceptions", Exceptions(), ()),
    ),
)
TARGET_ROW = Shape(
    TargetRow,
    (
        Field("clock", CLOCK),
        Field("when", When(), {}),
        Field("target", TargetForm()),
        Field("calendar", OPTIONAL_CODE, None),
        Field("counts_late", Flag(), True),
        Field("promised", Flag(), True),
        Field("source", TEXT, ""),
        Field("note", TEXT, ""),
    ),
)
_RETARGET_FIELDS = (
    Field("base", Text(choices=BASES), "opening"),
    Field("floor", Text(choices=FLOORS), "none"),
    Field("cap", Text(choices=CAPS), "none"),
    Field("from_no_target", Text(choices=BASES), "change"),
)
RETARGET = Shape(
    Retarget,
    (*_RETARGET_FIELDS, Field("on_call", Shape(Retarget, _RETARGET_FIELDS), None)),
    blank=Retarget(),
)
WAITING = Shape(
    Waiting,
    (
        Field("close_after", SpanForm(), None),
        Field("warn_days", Many(Number(1, 3650)), ()),
        Field("source", TEXT, ""),
        Field("checklist", Many(NAME), ()),
    ),
    blank=Waiting(),
)
REOPEN = Shape(
    Reopen,
    (
        Field("window", SpanForm(), None),
        Field("counted_from", Text(choices=REOPEN_FROM), "first_close"),
        Field("source", TEXT, ""),
        Field("approval", Flag(), False),
    ),
    blank=Reopen(),
)
LADDER_STEP = Shape(
    LadderStep,
    (
        Field("code", CODE),
        Field("clock", LADDER_CLOCK),
        Field("at", Text(choices=STEP_MOMENTS)),
        Field("share_percent", Number(1, 99), None),
        Field("seconds", Number(1, 315_360_000), None),
        Field("action", Text(choices=STEP_ACTIONS)),
        Field("roles", Many(Text(choices=STEP_ROLES)), ()),
        Field("when", When(), {}),
        Field("tiers", Many(Number(min(TIERS), max(TIERS))), ()),
        Field("urgent", Flag(), False),
        Field("repeat_seconds", Number(60, 604_800), None),
        Field("repeat_times", Number(2, 1000), None),
    ),
)
POLICY = Shape(
    Policy,
    (
        Field("vendor", Text(pattern=re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"))),
        Field("name", NAME),
        Field("policy_date", Day(), None),
        Field("time_zone", Zone()),
        Field("case_prefix", Text(pattern=re.compile("[A-Z]{1,8}"))),
        Field("summary", TEXT, ""),
        Field("axes", Many(Text(choices=LEVEL_AXES)), ()),
        Field("queue_order", Many(Text(choices=QUEUE_KEYS), 1), ("due",)),
        Field("default_region", OPTIONAL_CODE, None),
        Field("phones", Rows(PHONE), ()),
        Field("contact", CONTACT, Contact()),
        Field("page", PUBLIC_TEXTS, PublicTexts(), "texts"),
        Field("declined", Rows(DECLINED), ()),
        Field("tiers", Rows(TIER_NAME), ()),
        Field("readings", Rows(READING), ()),
        Field("plans", Rows(PLAN), ()),
        Field("subscriptions", Rows(SUBSCRIPTION), ()),
        Field("prices", Rows(PRICE), ()),
        Field("packs", Rows(PACK), ()),
        Field("grants", Rows(GRANT), ()),
        Field("benefits", Rows(BENEFIT), ()),
        Field("topics", Rows(TOPIC), ()),
        Field("supported_releases", Rows(RELEASE_RULE), ()),
        Field("licence", LICENSING, Licensing()),
        Field("notices", NOTICES, Notices()),
        Field("registration", REGISTERING, Registering()),
        Field("severities", Rows(LEVEL, (("axis", "severity"),)), ()),
        Field("priorities", Rows(LEVEL, (("axis", "priority"),)), ()),
        Field("case_types", Rows(CASE_TYPE), ()),
        Field("channels", Rows(CHANNEL), ()),
        Field("editions", Rows(EDITION), ()),
        Field("regions", Keyed(REGION), ()),
        Field("holidays", Keyed(HOLIDAY_LIST), ()),
        Field("calendars", Keyed(CALENDAR), ()),
        Field("targets", Rows(TARGET_ROW), ()),
        Field("clocks", Kinds(), DEFAULT_KINDS, "kinds"),
        Field("retarget", RETARGET, Retarget()),
        Field("waiting", WAITING, Waiting()),
        Field("reopen", REOPEN, Reopen()),
        Field("points", POINTS, Points()),
        Field("grades", Rows(GRADE), ()),
        Field("swat", SWAT, Swat()),
        Field("escalation", ESCALATING, Escalating()),
        Field("attachments", ATTACHING, Attaching()),
        Field("diagnostics", DIAGNOSING, Diagnosing()),
        Field("ladder", Rows(LADDER_STEP), ()),
        Field("translations", Translations(), ()),
    ),
)
