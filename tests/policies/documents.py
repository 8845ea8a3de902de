"""A small whole document to make mistakes in, and one with ten of them."""

from sla.engine.document import Fault, PolicyFaults, parse_document

DOCUMENT = """\
schema = 1
vendor = "acme"
name = "Acme support"
time_zone = "Europe/Berlin"
case_prefix = "AC"
axes = ["severity"]
default_region = "HOME"

[[plans]]
code = "gold"
name = "Gold"

[[plans]]
code = "tin"
name = "Tin"

[[severities]]
code = "1"
name = "Worst"

[[severities]]
code = "2"
name = "Bad"

[[channels]]
code = "phone"
name = "Phone"

[[channels]]
code = "email"
name = "E-mail"

[regions.HOME]
name = "Home"

[regions.AWAY]
name = "Away"
countries = ["US", "CA"]

[holidays.own]
name = "Own"

[[holidays.own.days]]
name = "First of May"
month = 5
day = 1

[calendars.office]
name = "Office"
time_zone = "Europe/Berlin"
holidays = "own"

[calendars.office.weekly]
mon = [["09:00", "12:00"], ["13:00", "17:00"]]
tue = [["09:00", "17:00"]]

[calendars.far]
name = "Far"
time_zone = "customer"

[calendars.far.weekly]
mon = [["22:00", "06:00"]]

[calendars.both]
name = "Both"
by_region = { HOME = "office", AWAY = "far" }

[[targets]]
clock = "first_response"
when = { plan = ["gold"], severity = ["1"] }
target = { kind = "elapsed", minutes = 30 }

[[targets]]
clock = "first_response"
target = { kind = "business_time", hours = 8 }
calendar = "both"

[[ladder]]
code = "climb"
clock = "first_response"
at = "due"
action = "hand_over"
tiers = [1, 2]
"""

TEN_MISTAKES = """\
schema = 1
vendor = "acme"
name = "Acme support"
time_zone = "Europe/Berlin"
case_prefix = "AC"
axes = ["severity"]
colour = "red"

[[plans]]
code = "gold"
name = 7

[[plans]]
code = "gold"
name = "Gold again"

[[severities]]
code = "1"
name = "Worst"
call = "maybe"

[calendars.office]
name = "Office"
time_zone = "Europe/Nowhere"
weekly = { mon = [["09:00", "09:00"]] }

[calendars.shut]
name = "Never open"
time_zone = "UTC"

[[targets]]
clock = "first_response"
when = { plan = ["silver"] }
target = { kind = "elapsed", hours = 2 }

[[targets]]
clock = "first_response"
when = { plan = ["gold"], severity = ["1"] }
target = { kind = "business_time" }
calendar = "office"

[[targets]]
clock = "no_progress"
target = { kind = "business_time", hours = 2 }
calendar = "shut"

[[targets]]
clock = "next_response"
target = { kind = "business_days", days = 3 }
calendar = "weekend"
"""

KNOWN_AT_TOP = (
    "attachments",
    "axes",
    "benefits",
    "calendars",
    "case_prefix",
    "case_types",
    "channels",
    "clocks",
    "contact",
    "declined",
    "default_region",
    "diagnostics",
    "editions",
    "escalation",
    "grades",
    "grants",
    "holidays",
    "ladder",
    "licence",
    "name",
    "notices",
    "packs",
    "page",
    "phones",
    "plans",
    "points",
    "policy_date",
    "prices",
    "priorities",
    "queue_order",
    "readings",
    "regions",
    "registration",
    "reopen",
    "retarget",
    "severities",
    "subscriptions",
    "summary",
    "supported_releases",
    "swat",
    "targets",
    "tiers",
    "time_zone",
    "topics",
    "translations",
    "vendor",
    "waiting",
)


def changed(*replacements: tuple[str, str]) -> str:
    """Give the document with each text, which must be in it once, replaced."""
    text = DOCUMENT
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def faults(text: str) -> tuple[Fault, ...]:
    try:
        parse_document(text, "acme.toml")
    except PolicyFaults as found:
        return found.faults
    return ()


def brief(text: str) -> list[tuple[int | None, str, str]]:
    """List the faults of a text as (line, path, code)."""
    return [(fault.line, fault.path, fault.code) for fault in faults(text)]
