"""The walls around incoming mail, and the two looks over all tenants: ids only."""

from django.db import migrations

from accounts.walls import RaiseWalls

# Chance order, as in the outbox: in any fixed one the last would starve behind a flood.
TENANTS = """
CREATE FUNCTION mail_tenants(by_now timestamptz) RETURNS SETOF bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT tenant.id
    FROM accounts_tenant tenant
    WHERE EXISTS (
        SELECT FROM mailbox_rawmail m
        WHERE m.tenant_id = tenant.id
          AND m.state = 'received'
          AND (m.claimed_until IS NULL OR m.claimed_until <= by_now)
    )
    ORDER BY random()
$$;
REVOKE ALL ON FUNCTION mail_tenants(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_tenants(timestamptz) TO supportdesk_app
"""

PULLED = """
CREATE FUNCTION mailboxes_to_pull(by_now timestamptz)
    RETURNS TABLE (tenant_id bigint, mailbox_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.tenant_id, m.id
    FROM mailbox_mailbox m
    WHERE m.is_active AND m.imap_host <> ''
      AND (m.pull_claimed_until IS NULL OR m.pull_claimed_until <= by_now)
    ORDER BY m.pulled_at NULLS FIRST, m.id
$$;
REVOKE ALL ON FUNCTION mailboxes_to_pull(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mailboxes_to_pull(timestamptz) TO supportdesk_app
"""


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0001_kept_mail")]

    operations = [
        RaiseWalls("Mailbox", "RawMail"),
        migrations.RunSQL(TENANTS, "DROP FUNCTION mail_tenants(timestamptz)"),
        migrations.RunSQL(PULLED, "DROP FUNCTION mailboxes_to_pull(timestamptz)"),
    ]
