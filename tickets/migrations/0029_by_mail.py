"""Messages that came by mail: said so, and with what they quote folded away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0028_subject_changes")]

    operations = [
        migrations.AddField(
            "message", "quoted", models.TextField(blank=True, default="", db_default="")
        ),
        migrations.AddField(
            "message",
            "way",
            models.CharField(blank=True, default="", db_default="", max_length=10),
        ),
    ]
