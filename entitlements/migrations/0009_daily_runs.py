"""When the daily work was done last, and what is late or failed of it."""

import django.db.models.deletion
from django.db import migrations, models

from accounts.walls import RaiseWalls

# Who has had no round for an hour of the desk's clock. Names tenants and nothing else.
TENANTS_TO_KEEP = """
CREATE FUNCTION tenants_to_keep() RETURNS TABLE (tenant_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT tenant.id
    FROM accounts_tenant tenant
    LEFT JOIN entitlements_dailyrun run ON run.tenant_id = tenant.id AND run.name = ''
    WHERE NOT tenant.is_operators
      AND (run.ran_at IS NULL OR run.ran_at <= desk_now() - interval '1 hour')
    ORDER BY tenant.id
$$;
REVOKE ALL ON FUNCTION tenants_to_keep() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_keep() TO supportdesk_app
"""

# When each tenant had its last round, and the names of the tasks that failed in it.
DAILY_STATES = """
CREATE FUNCTION daily_states() RETURNS TABLE (
        tenant_id bigint, ran_at timestamptz, failed varchar[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT run.tenant_id,
           max(run.ran_at) FILTER (WHERE run.name = ''),
           coalesce(
               array_agg(run.name ORDER BY run.name) FILTER (WHERE run.failed_at IS NOT NULL),
               '{}')
    FROM entitlements_dailyrun run
    GROUP BY run.tenant_id
$$;
REVOKE ALL ON FUNCTION daily_states() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daily_states() TO supportdesk_app
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0008_registration")]

    operations = [
        migrations.CreateModel(
            name="DailyRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60)),
                ("ran_at", models.DateTimeField()),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("why", models.CharField(blank=True, max_length=500)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="dailyrun",
            constraint=models.UniqueConstraint(
                fields=("tenant", "name"), name="daily_run_once_per_task"
            ),
        ),
        RaiseWalls("DailyRun"),
        migrations.RunSQL(TENANTS_TO_KEEP, "DROP FUNCTION tenants_to_keep()"),
        migrations.RunSQL(DAILY_STATES, "DROP FUNCTION daily_states()"),
    ]
