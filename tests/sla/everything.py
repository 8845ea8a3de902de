"""A small policy with something of everything."""

EVERYTHING = """
schema = 1
vendor = "alpha"
name = "All there is"
time_zone = "UTC"
case_prefix = "AL"
axes = ["severity", "priority"]
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
budget = { kind = "business_days", days = 2, goal = 1, day_rule = "end_of_day" }

[[tiers]]
tier = 2
name = "Back"
budget = { kind = "business_time", minutes = 90 }

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

[[plans]]
code = "c"
name = "C"
description = "The dearest."
family = "Best"
editions = ["pro"]
requires = ["updates"]
on_lapse = "downgrade"
lapses_to = "a"
included_points = 1500
case_limit = 20
case_limit_per = "month"

[[subscriptions]]
code = "updates"
name = "Updates"
description = "New versions."
editions = ["pro"]
per_user = true
source = "X-4"

[[prices]]
when = { channel = ["email"] }
points = 10
source = "X-5"
note = "By form as well."

[[prices]]
when = { plan = ["a", "c"], channel = ["email"], product = ["anvil"] }
points = 5
source = "X-5"

[[prices]]
points = 20

[[packs]]
code = "small"
name = "Small"
points = 50
note = "To begin with."

[[grants]]
code = "hello"
name = "Welcome"
points = 30
editions = ["pro"]
source = "X-6"

[[benefits]]
code = "training"
name = "Training"
description = "For your people."
kind = "seats"
plans = { a = 2, c = 4 }
source = "X-7"

[[benefits]]
code = "users"
name = "Light users"
kind = "unlock"
plans = { c = 1 }
editions = { pro = 5 }

[[topics]]
code = "tips"
name = "Tips"
description = "Once a quarter."
about = "news"
opt_out = true
by_product = true
plans = ["c"]
subscriptions = ["updates"]
source = "X-8"

[[supported_releases]]
when = { plan = ["c"] }
unit = "major"
back = 2
source = "X-9"
note = "For a while."

[[supported_releases]]
unit = "release"
back = 0

[licence]
required = true
grace_days = 14
source = "X-10"

[notices]
support_end_days = [90, 30]
licence_days = [30]
contract_days = [60]
points_days = [30, 7]
delivery_days = [14]
low_points = 20

[registration]
open = true
note = "Have your licence at hand."
source = "X-11"

[[severities]]
code = "1"
name = "One"
environments = ["test", "production"]
otherwise = "2"
workaround_to = "2"
sets_priority = "high"
promotes = ["2"]
fix = "At once."

[[severities]]
code = "2"
name = "Two"
feature_request = true

[[priorities]]
code = "high"
name = "High"
unreachable_to = "low"

[[priorities]]
code = "low"
name = "Low"

[[case_types]]
code = "problem"
name = "Problem"
checklist = ["Log files", "What was done before"]

[[case_types]]
code = "wish"
name = "Wish"
feature_request = true

[[grades]]
code = "senior"
name = "Senior"

[[grades]]
code = "lead"
name = "Lead"

[swat]
name = "The few"
when = { severity = ["1", "2"], priority = ["high"] }
grades = ["lead", "senior"]
source = "X-13"

[escalation]
open = true
roles = ["swat", "lead"]
note = "Say why."
source = "X-14"

[attachments]
max_megabytes = 200
retention_days = 90
note = "Nobody else sees them."
source = "X-15"

[diagnostics]
terms = "For this case only."
source = "X-16"

[[channels]]
code = "email"
name = "E-mail"
mail = "form"

[[channels]]
code = "portal"
name = "Form"
plans = ["b", "c"]
counts_as = "email"

[[editions]]
code = "pro"
name = "Professional"

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
checklist = ["A time for a call"]

[points]
life = { years = 1, rule = "end_of_day" }
included = "life"
grace = { days = 30 }
bug_credit = true
money_refund = true
declined_refund = true
source = "X-12"

[[ladder]]
code = "late"
clock = "first_response"
at = "due"
action = "notify"
roles = ["lead"]

[[ladder]]
code = "raised"
clock = "case"
at = "opened"
action = "page"
roles = ["duty", "swat"]
urgent = true
repeat_seconds = 900
repeat_times = 3

[[ladder]]
code = "raised_later"
clock = "case"
at = "after"
seconds = 3600
action = "swat"
roles = ["swat"]
when = { severity = ["1"] }

[[ladder]]
code = "told"
clock = "first_response"
at = "due"
action = "tell_customer"
roles = ["lead"]
"""
