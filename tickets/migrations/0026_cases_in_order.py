"""Indexes by which lists of all cases stand in a policy's order: by level, by what is due next."""

from django.db import migrations, models


def index(name: str, *before: str) -> models.Index:
    return models.Index(fields=["tenant", *before, "next_due_at", "number"], name=name)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0025_many_cases")]

    operations = [
        migrations.AddIndex("case", index("case_by_severity", "severity")),
        migrations.AddIndex("case", index("case_by_priority", "priority")),
        migrations.AddIndex("case", index("case_by_due")),
    ]
