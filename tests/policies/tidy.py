"""A small policy in which the linter finds nothing, to spoil in one place at a time."""

from datetime import date

from sla.engine.document import parse_document
from sla.engine.lint import Finding, lint

TODAY = date(2026, 11, 22)

TIDY = """\
schema = 1
vendor = "acme"
name = "Acme support"
policy_date = 2026-01-01
time_zone = "Europe/Berlin"
case_prefix = "AC"
summary = "We answer."
axes = ["severity"]
default_region = "HOME"

[[phones]]
number = "111"
label = "By day"
hours = "office"

[contact]
support_email = "help@acme.example"
portal = "https://help.acme.example"
renewal_email = "sales@acme.example"

[[plans]]
code = "tin"
name = "Tin"

[[plans]]
code = "gold"
name = "Gold"

[[severities]]
code = "1"
name = "Worst"
definition = "All is down."

[[severities]]
code = "2"
name = "Bad"
definition = "Some is down."

[[case_types]]
code = "problem"
name = "Problem"
definition = "It fails."

[[case_types]]
code = "question"
name = "Question"
definition = "How is it done?"

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
mon = [["09:00", "17:00"]]
tue = [["09:00", "17:00"]]
wed = [["09:00", "17:00"]]
thu = [["09:00", "17:00"]]
fri = [["09:00", "17:00"]]

[[targets]]
clock = "first_response"
when = { plan = ["gold"], severity = ["1"] }
target = { kind = "elapsed", minutes = 30 }
source = "A-1"

[[targets]]
clock = "first_response"
when = { plan = ["gold"], severity = ["2"] }
target = { kind = "business_time", hours = 4, goal = 2 }
calendar = "office"
source = "A-2"

[[targets]]
clock = "first_response"
when = { plan = ["tin"], case_type = ["problem"] }
target = { kind = "business_time", hours = 8 }
calendar = "office"
source = "A-3"

[[targets]]
clock = "first_response"
when = { plan = ["tin"], case_type = ["question"] }
target = { kind = "none" }
source = "A-4"

[[ladder]]
code = "late"
clock = "first_response"
at = "due"
action = "notify"
roles = ["lead"]
"""


def spoiled(*replacements: tuple[str, str]) -> str:
    """Give the policy with each text, which must be in it once, replaced; "" = added at the end."""
    text = TIDY
    for old, new in replacements:
        assert not old or text.count(old) == 1, old
        text = text.replace(old, new) if old else text + new
    return text


def findings(text: str, on: date = TODAY) -> tuple[Finding, ...]:
    return lint(parse_document(text, "acme.toml"), on)
