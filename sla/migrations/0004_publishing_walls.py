from django.db import migrations

from accounts.walls import InsertOnly, RaiseWalls, TieForeignKey


class Migration(migrations.Migration):
    dependencies = [("sla", "0003_publishing_and_products")]

    operations = [
        TieForeignKey("PolicyVersion", "approved_by"),
        RaiseWalls("PolicyWithdrawal", "PublishRequest"),
        InsertOnly("PolicyWithdrawal"),
    ]
