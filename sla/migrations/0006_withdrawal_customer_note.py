from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0005_request_compared_with")]

    operations = [
        migrations.AddField(
            model_name="policywithdrawal",
            name="customer_note",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
