from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_pulse_without_order")]

    operations = [
        migrations.AddField(
            model_name="pulse",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL("UPDATE accounts_pulse SET told_at = alarmed_at", ""),
    ]
