"""The tick's list of due cases: the one look over all tenants, ids only, as the owner."""

from django.db import migrations

# Fair: the oldest marks of every tenant, so that one tenant's storm does not hide the others.
DUE_CASES = """
CREATE FUNCTION due_cases(per_tenant int) RETURNS TABLE (tenant_id bigint, case_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT tenant.id, due.id
    FROM accounts_tenant tenant
    CROSS JOIN LATERAL (
        SELECT c.id FROM tickets_case c
        WHERE c.tenant_id = tenant.id
          AND c.next_mark_at <= desk_now()
          AND (c.set_aside_until IS NULL OR c.set_aside_until <= desk_now())
        ORDER BY c.next_mark_at
        LIMIT per_tenant
    ) due
$$;
REVOKE ALL ON FUNCTION due_cases(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_cases(int) TO supportdesk_app
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_walls"), ("accounts", "0002_desk_time")]

    operations = [migrations.RunSQL(DUE_CASES, "DROP FUNCTION due_cases(int)")]
