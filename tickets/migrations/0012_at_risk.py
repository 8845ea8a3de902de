"""From when a promise is at risk is kept with it, for lists; every change of a case fills it in."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0011_audit'),
    ]

    operations = [
        migrations.AddField(
            model_name='storedclock',
            name='at_risk_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
