"""What is held for its recipient's hours is not due before: in the two looks over all tenants."""

from django.db import migrations, models
from django.db.models import Q

# Everything that waits is asked for by 'infinity': that is to be held back, whatever its hour.
TENANTS = """
CREATE OR REPLACE FUNCTION outbox_tenants(due_by timestamptz) RETURNS SETOF bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT tenant.id
    FROM accounts_tenant tenant
    WHERE EXISTS (
        SELECT FROM outbox_outboxmessage m
        WHERE m.tenant_id = tenant.id
          AND m.state IN ('queued', 'sending')
          AND m.due_at <= due_by
          AND (m.claimed_until IS NULL OR m.claimed_until <= due_by)
          AND (m.hold_until IS NULL OR m.hold_until <= desk_now() OR due_by = 'infinity')
    )
    ORDER BY random()
$$
"""
TENANTS_BEFORE = """
CREATE OR REPLACE FUNCTION outbox_tenants(due_by timestamptz) RETURNS SETOF bigint
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
$$
"""

# A hold is desk time, all else here is real; a message that was held is late from its hold's end.
BACKLOG = """
CREATE OR REPLACE FUNCTION outbox_backlog() RETURNS TABLE (
        waiting bigint, oldest_due_at timestamptz, late_seconds bigint,
        failed bigint, ambiguous bigint, held bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH queue AS (
        SELECT greatest(due_at, hold_until - (desk_now() - statement_timestamp())) AS due_at
        FROM outbox_outboxmessage
        WHERE state IN ('queued', 'sending')
    ), waits AS (
        SELECT count(*) AS number, min(due_at) FILTER (WHERE due_at <= statement_timestamp()) AS oldest
        FROM queue
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
$$
"""
BACKLOG_BEFORE = BACKLOG.replace(
    "greatest(due_at, hold_until - (desk_now() - statement_timestamp()))", "due_at"
)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_channels_and_hours"), ("accounts", "0002_desk_time")]

    operations = [
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                fields=["tenant", "recipient"],
                condition=Q(state="queued"),
                name="message_by_recipient",
            ),
        ),
        migrations.RunSQL(TENANTS, TENANTS_BEFORE),
        migrations.RunSQL(BACKLOG, BACKLOG_BEFORE),
    ]
