from django.db import migrations

from accounts.walls import InsertOnly, RaiseWalls


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0001_cases"),
        ("accounts", "0003_walls"),
        ("entitlements", "0002_walls"),
        ("sla", "0002_walls"),
    ]

    operations = [
        RaiseWalls(
            "Case",
            "CaseCounter",
            "CaseEvent",
            "Message",
            "InternalNote",
            "StoredClock",
            "CaseDraft",
        ),
        # Clocks, replay and reports are functions of the timeline: what is written stays.
        InsertOnly("CaseEvent"),
    ]
