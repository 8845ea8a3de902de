"""What the audit of the clocks finds, and the health page's look over all tenants at it."""

import accounts.walls
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.walls import RaiseWalls

# Counts and moments of every tenant's newest audit that came to its end.
AUDIT_OUTCOMES = """
CREATE FUNCTION audit_outcomes() RETURNS TABLE (
        tenant_id bigint, audited_at timestamptz, cases int, clocks int,
        differences int, not_rebuilt bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT tenant.id, audit.finished_at,
           (audit.result ->> 'cases')::int, (audit.result ->> 'clocks')::int,
           (audit.result ->> 'differences')::int,
           (SELECT count(*) FROM tickets_clockdifference d
            WHERE d.job_id = audit.id AND d.rebuilt_at IS NULL)
    FROM accounts_tenant tenant
    CROSS JOIN LATERAL (
        SELECT j.id, j.finished_at, j.result FROM jobs_job j
        WHERE j.tenant_id = tenant.id AND j.kind = 'audit_clocks' AND j.state = 'done'
        ORDER BY j.id DESC
        LIMIT 1
    ) audit
$$;
REVOKE ALL ON FUNCTION audit_outcomes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_outcomes() TO supportdesk_app
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_walls'),
        ('jobs', '0002_walls'),
        ('tickets', '0010_replay'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClockDifference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=100)),
                ('stored', models.CharField(blank=True, max_length=200)),
                ('computed', models.CharField(blank=True, max_length=200)),
                ('found_at', models.DateTimeField()),
                ('rebuilt_at', models.DateTimeField(blank=True, null=True)),
                ('case', accounts.walls.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.case')),
                ('job', accounts.walls.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='jobs.job')),
                ('rebuilt_by', accounts.walls.TenantForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.tenant')),
            ],
            options={
                'verbose_name': 'difference of the clocks',
                'verbose_name_plural': 'audit of the clocks',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'job', 'case', 'what'), name='difference_once_an_audit'), models.CheckConstraint(condition=models.Q(models.Q(('rebuilt_at__isnull', True), ('rebuilt_by__isnull', True)), models.Q(('rebuilt_at__isnull', False), ('rebuilt_by__isnull', False)), _connector='OR'), name='difference_rebuilt_by_somebody')],
            },
        ),
        RaiseWalls("ClockDifference"),
        migrations.RunSQL(AUDIT_OUTCOMES, "DROP FUNCTION audit_outcomes()"),
    ]
