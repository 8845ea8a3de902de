from django.db import migrations

from accounts.walls import RaiseWalls


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_skills_and_pulses")]

    operations = [RaiseWalls("PersonSkill")]
