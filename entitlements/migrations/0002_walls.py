from django.db import migrations

from accounts.walls import RaiseWalls


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0001_initial"), ("accounts", "0003_walls")]

    operations = [RaiseWalls("Product", "Contract")]
