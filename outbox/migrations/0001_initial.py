"""What is to leave the desk, and the mailboxes of the demonstration."""

import accounts.walls
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0004_other_packages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliveredMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to_address', models.CharField(max_length=254)),
                ('subject', models.TextField(blank=True)),
                ('body', models.TextField(blank=True)),
                ('headers', models.JSONField(default=dict)),
                ('message_id', models.CharField(max_length=200)),
                ('delivered_at', models.DateTimeField()),
                ('tenant', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.tenant')),
            ],
            options={
                'verbose_name': 'delivered e-mail',
                'verbose_name_plural': 'delivered e-mails',
                'indexes': [models.Index(fields=['tenant', '-id'], name='mail_newest'), models.Index(fields=['tenant', 'to_address', '-id'], name='mail_of_address')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('refs', models.JSONField(default=dict)),
                ('dedupe_key', models.CharField(max_length=200)),
                ('message_id', models.CharField(max_length=200)),
                ('urgent', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('skipped', 'Not sent on purpose'), ('failed', 'Failed'), ('ambiguous', 'Perhaps sent'), ('held', 'Held back')], default='queued', max_length=10)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('doubts', models.PositiveSmallIntegerField(default=0)),
                ('queued_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('recipient', accounts.walls.TenantForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.tenant')),
            ],
            options={
                'verbose_name': 'outgoing message',
                'verbose_name_plural': 'outgoing messages',
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['tenant', '-urgent', 'due_at', 'id'], name='message_waiting'), models.Index(condition=models.Q(('state__in', ['failed', 'ambiguous', 'held'])), fields=['tenant', '-id'], name='message_for_a_person')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'dedupe_key'), name='message_queued_once'), models.UniqueConstraint(fields=('tenant', 'message_id'), name='message_id_once'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'sent', 'skipped', 'failed', 'ambiguous', 'held'])), name='message_state_is_known'), models.CheckConstraint(condition=models.Q(('dedupe_key', ''), _negated=True), name='message_has_dedupe_key'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='message_sent_has_moment'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['skipped', 'failed', 'ambiguous', 'held']), _negated=True), models.Q(('why', ''), _negated=True), _connector='OR'), name='message_unsent_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), ('claimed_until__isnull', False), _connector='OR'), name='message_sending_is_claimed'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending']), ('claimed_until__isnull', True), _connector='OR'), name='message_at_rest_is_unclaimed')],
            },
        ),
    ]
