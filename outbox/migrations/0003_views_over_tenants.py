"""The two looks over all tenants, as the owner: ids and counts only, never a row's content."""

from django.db import migrations

# Chance order: in any fixed one the last tenants would starve behind a slow mail server. One look
# at the index message_waiting for each tenant.
TENANTS = """
CREATE FUNCTION outbox_tenants(due_by timestamptz) RETURNS SETOF bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT tenant.id
    FROM accounts_tenant tenant
    WHERE EXISTS (
        SELECT FROM outbox_outboxmessage m
        WHERE m.tenant_id = tenant.id
          AND m.state IN ('queued', 'sending')
          AND m.due_at <= due_by
          AND (m.claimed_until IS NULL OR m.claimed_until <= due_by)
    )
    ORDER BY random()
$$;
REVOKE ALL ON FUNCTION outbox_tenants(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_tenants(timestamptz) TO supportdesk_app
"""

BACKLOG = """
CREATE FUNCTION outbox_backlog() RETURNS TABLE (
        waiting bigint, oldest_due_at timestamptz, late_seconds bigint,
        failed bigint, ambiguous bigint, held bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH waits AS (
        SELECT count(*) AS number, min(due_at) FILTER (WHERE due_at <= statement_timestamp()) AS oldest
        FROM outbox_outboxmessage
        WHERE state IN ('queued', 'sending')
    ), stuck AS (
        SELECT count(*) FILTER (WHERE state = 'failed') AS failed,
               count(*) FILTER (WHERE state = 'ambiguous') AS ambiguous,
               count(*) FILTER (WHERE state = 'held') AS held
        FROM outbox_outboxmessage
        WHERE state IN ('failed', 'ambiguous', 'held')
    )
    SELECT waits.number, waits.oldest,
           coalesce(extract(epoch FROM statement_timestamp() - waits.oldest), 0)::bigint,
           stuck.failed, stuck.ambiguous, stuck.held
    FROM waits CROSS JOIN stuck
$$;
REVOKE ALL ON FUNCTION outbox_backlog() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_backlog() TO supportdesk_app
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_walls")]

    operations = [
        migrations.RunSQL(TENANTS, "DROP FUNCTION outbox_tenants(timestamptz)"),
        migrations.RunSQL(BACKLOG, "DROP FUNCTION outbox_backlog()"),
    ]
