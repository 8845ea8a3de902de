"""Long work and its parts."""

import accounts.walls
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0005_operators_stay_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('params', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('not_before', models.DateTimeField(blank=True, null=True)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('requested_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('why', models.CharField(blank=True, max_length=500)),
                ('result', models.JSONField(default=dict)),
                ('requested_by', accounts.walls.TenantForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.tenant')),
            ],
            options={
                'verbose_name': 'long work',
                'verbose_name_plural': 'long work',
            },
        ),
        migrations.CreateModel(
            name='JobPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('params', models.JSONField(default=dict)),
                ('items', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('result', models.JSONField(default=dict)),
                ('job', accounts.walls.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='jobs.job')),
                ('tenant', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.tenant')),
            ],
            options={
                'verbose_name': 'part of long work',
                'verbose_name_plural': 'parts of long work',
            },
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['tenant', 'id'], name='job_to_work'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'cancelled', 'failed'])), name='job_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='job_done_within_total'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ['waiting', 'running'])), models.Q(('finished_at__isnull', False), ('state__in', ['done', 'cancelled', 'failed'])), _connector='OR'), name='job_ended_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('why', ''), _negated=True), _connector='OR'), name='job_failed_says_why'),
        ),
        migrations.AddIndex(
            model_name='jobpart',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['tenant', 'job', 'attempts', 'number'], name='part_to_work'),
        ),
        migrations.AddConstraint(
            model_name='jobpart',
            constraint=models.UniqueConstraint(fields=('tenant', 'job', 'number'), name='part_number_once'),
        ),
        migrations.AddConstraint(
            model_name='jobpart',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'done'])), name='part_state_is_known'),
        ),
    ]
