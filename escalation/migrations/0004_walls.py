from django.db import migrations

from accounts.walls import RaiseWalls


class Migration(migrations.Migration):
    dependencies = [("escalation", "0003_notices_and_duty"), ("tickets", "0017_life_walls")]

    operations = [
        RaiseWalls(
            "NoticeBatch",
            "Notice",
            "DutyShift",
            "Absence",
            "WorkingHours",
            "EscalationRequest",
        ),
    ]
