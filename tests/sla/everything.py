"""A small policy with something of everything."""

EVERYTHING = """
schema = 1
vendor = "alpha"
name = "All there is"
time_zone = "UTC"
case_prefix = "AL"
axes = ["severity"]
default_region = "SOUTH"

[[phones]]
number = "111"
label = "Day and night"
regions = ["EAST"]
hours = "always"

[[phones]]
number = "222"
label = "By day"
hours = "zulu"

[contact]
support_email = "support@example.com"
portal = "https://support.example.com/"
renewal_email = "sales@example.com"
sales_email = "sales@example.com"
website = "https://example.com"

[page]
covered = ["Installing it", "Using it"]
effort = "As well as we can."
conduct = "Politely."
customer = "Be there."
escalation = "Ask for the lead."
eula = "The licence goes first."
eula_url = "https://example.com/eula"

[[declined]]
code = "tuning"
name = "Tuning"
pointer = "Ask Professional Services."
source = "X-2"

[[tiers]]
tier = 1
name = "Front"
description = "Takes the call."

[[readings]]
code = "hours"
says = "At any time."
against = "By day."
taken = "By day."
sources = ["X-3"]
settled = true

[[plans]]
code = "b"
name = "B"

[[plans]]
code = "a"
name = "A"

[[severities]]
code = "1"
name = "One"

[regions.SOUTH]
name = "South"

[regions.EAST]
name = "East"
countries = ["JP"]

[holidays.own]
name = "Own"
dates = [{ date = 2027-01-02, name = "Second, really" }]

[calendars.zulu]
name = "Zulu"
time_zone = "customer"
holidays = "own"

[calendars.zulu.weekly]
mon = [["09:00", "12:00"], ["13:00:30", "17:00"]]
sun = [["22:00", "06:00"]]

[[calendars.zulu.exceptions]]
date = 2026-12-24
intervals = [["09:00", "12:00"], ["13:00", "14:00"]]
name = "Christmas Eve"

[[calendars.zulu.exceptions]]
from = 2026-12-28
to = 2026-12-31
intervals = []

[calendars.any]
name = "Any"
by_region = { EAST = "zulu", SOUTH = "zulu" }

[[targets]]
clock = "first_response"
when = { plan = ["b", "a"], severity = ["1"], product = ["anvil", "rope"] }
target = { kind = "business_time", minutes = 90, goal = 60 }
calendar = "any"
source = "X-1"
note = "Two\\nlines, and a comma"

[[targets]]
clock = "first_response"
target = { kind = "business_days", days = 3, goal = 2, day_rule = "end_of_day" }
calendar = "zulu"
counts_late = false
promised = false

[[targets]]
clock = "next_response"
target = { kind = "weeks", weeks = 1, back = "exact" }
calendar = "zulu"

[[targets]]
clock = "resolution"
target = { kind = "scheduled", outside = "exact" }
calendar = "zulu"

[[targets]]
clock = "workaround"
target = { kind = "elapsed", seconds = 3601 }

[waiting]
close_after = { days = 7 }

[[ladder]]
code = "late"
clock = "first_response"
at = "due"
action = "notify"
roles = ["lead"]
"""
