"""Row-level security, composite keys, and the workers' look over all tenants: ids only."""

from django.db import migrations

from accounts.walls import RaiseWalls

# Fair: every tenant's first job before anybody's second; chance decides between tenants.
JOBS_TO_WORK = """
CREATE FUNCTION jobs_to_work() RETURNS TABLE (tenant_id bigint, job_id bigint)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT j.tenant_id, j.id
    FROM jobs_job j
    WHERE j.state IN ('waiting', 'running')
      AND (j.not_before IS NULL OR j.not_before <= desk_now())
    ORDER BY row_number() OVER (PARTITION BY j.tenant_id ORDER BY j.id), random()
$$;
REVOKE ALL ON FUNCTION jobs_to_work() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs_to_work() TO supportdesk_app
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_jobs"),
        ("accounts", "0003_walls"),
    ]

    operations = [
        RaiseWalls("Job", "JobPart"),
        migrations.RunSQL(JOBS_TO_WORK, "DROP FUNCTION jobs_to_work()"),
    ]
