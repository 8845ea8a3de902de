from django.db import migrations

from accounts.walls import InsertOnly, RaiseWalls


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial"), ("accounts", "0003_walls")]

    operations = [
        RaiseWalls(
            "PolicyVersion",
            "PolicyDraft",
            "CalendarRow",
            "CalendarWindow",
            "CalendarException",
            "TargetRow",
        ),
        # What was promised under a version must stay readable for ever.
        InsertOnly("PolicyVersion"),
    ]
