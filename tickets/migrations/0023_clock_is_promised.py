"""Whether a clock was promised is kept with it, for lists: what the desk aims at is no breach.

Of clocks that run already every change of their case fills it in, and so does the nightly audit's
order to compute a case anew; those kinds that nobody is ever promised are set here.
"""

from django.db import migrations, models

UNPROMISED = """
    UPDATE tickets_storedclock SET is_promised = false
    WHERE kind IN ('waiting_on_customer', 'tier_time')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0022_words_gathered_anew"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedclock",
            name="is_promised",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunSQL(UNPROMISED, migrations.RunSQL.noop),
    ]
