"""The latest moves of desk time are kept: what one passed over is no outage."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_alarm_is_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="desktime",
            name="moves",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
