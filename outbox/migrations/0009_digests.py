"""Several messages in one, for people of the desk who want that."""

import accounts.walls
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.walls import RaiseWalls, TieForeignKey


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_changes'),
        ('outbox', '0008_html_and_lists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DigestWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=20)),
                ('every', models.CharField(choices=[('hour', 'together, each hour'), ('day', 'together, each morning at eight')], max_length=4)),
            ],
            options={
                'verbose_name': 'wish for a digest',
                'verbose_name_plural': 'wishes for digests',
            },
        ),
        migrations.RemoveConstraint(
            model_name='outboxmessage',
            name='message_state_is_known',
        ),
        migrations.AddField(
            model_name='outboxmessage',
            name='digest',
            field=accounts.walls.TenantForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joined', to='outbox.outboxmessage'),
        ),
        migrations.AlterField(
            model_name='outboxmessage',
            name='state',
            field=models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('skipped', 'Not sent on purpose'), ('failed', 'Failed'), ('ambiguous', 'Perhaps sent'), ('held', 'Held back'), ('joined', 'In a digest')], default='queued', max_length=10),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'joined')), fields=['tenant', 'digest'], name='message_joined'),
        ),
        migrations.AddConstraint(
            model_name='outboxmessage',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'sent', 'skipped', 'failed', 'ambiguous', 'held', 'joined'])), name='message_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='outboxmessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'joined'), _negated=True), ('digest__isnull', False), _connector='OR'), name='message_joined_has_digest'),
        ),
        migrations.AddField(
            model_name='digestwish',
            name='person',
            field=accounts.walls.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digest_wishes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='digestwish',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.tenant'),
        ),
        migrations.AddConstraint(
            model_name='digestwish',
            constraint=models.UniqueConstraint(fields=('tenant', 'person', 'group'), name='digest_wish_once_per_group'),
        ),
        migrations.AddConstraint(
            model_name='digestwish',
            constraint=models.CheckConstraint(condition=models.Q(('every__in', ['hour', 'day'])), name='digest_wish_is_known'),
        ),
        RaiseWalls("DigestWish"),
        TieForeignKey("OutboxMessage", "digest"),
    ]
