from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalation", "0004_walls")]

    operations = [
        migrations.AddField(
            model_name="noticebatch",
            name="unwatched_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
