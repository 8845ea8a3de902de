from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_skill_walls")]

    operations = [migrations.RemoveField(model_name="pulse", name="ordered_at")]
