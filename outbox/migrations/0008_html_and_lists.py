"""The HTML of mail in the demonstration, and the lists of what left and what did not."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_changes'),
        ('outbox', '0007_webhooks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='deliveredmail',
            name='html',
            field=models.TextField(blank=True, db_default=''),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(fields=['tenant', 'state', '-id'], name='message_by_state'),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(fields=['tenant', 'recipient', '-id'], name='message_to_whom'),
        ),
    ]
