import django.db.models.deletion
from django.db import migrations

import accounts.walls


class Migration(migrations.Migration):
    dependencies = [("sla", "0004_publishing_walls")]

    operations = [
        migrations.AddField(
            model_name="publishrequest",
            name="compared_with",
            field=accounts.walls.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sla.policyversion",
            ),
        ),
        accounts.walls.TieForeignKey("PublishRequest", "compared_with"),
    ]
