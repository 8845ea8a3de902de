"""The health page's look over all tenants: counts and moments only, as the owner."""

from django.db import migrations

TICK_BACKLOG = """
CREATE FUNCTION tick_backlog() RETURNS TABLE (
        tenant_id bigint, due bigint, oldest_mark_at timestamptz, set_aside bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.tenant_id,
           count(*) FILTER (WHERE c.set_aside_until IS NULL OR c.set_aside_until <= desk_now()),
           min(c.next_mark_at)
               FILTER (WHERE c.set_aside_until IS NULL OR c.set_aside_until <= desk_now()),
           count(*) FILTER (WHERE c.set_aside_until > desk_now())
    FROM tickets_case c
    WHERE c.next_mark_at <= desk_now()
    GROUP BY c.tenant_id
$$;
REVOKE ALL ON FUNCTION tick_backlog() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tick_backlog() TO supportdesk_app
"""


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_due_cases")]

    operations = [migrations.RunSQL(TICK_BACKLOG, "DROP FUNCTION tick_backlog()")]
