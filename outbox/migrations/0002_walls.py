"""Row-level security and composite keys."""

from django.db import migrations

from accounts.walls import RaiseWalls


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("accounts", "0003_walls")]

    operations = [RaiseWalls("OutboxMessage", "DeliveredMail")]
