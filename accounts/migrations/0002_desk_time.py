"""The desk's only clock: the transaction's time in whole seconds plus an offset that never shrinks."""

from django.db import migrations

DESK_NOW = """
CREATE FUNCTION desk_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT date_trunc('second', now())
         + coalesce((SELECT offset_seconds FROM accounts_desktime), 0) * interval '1 second'
$$
"""

FORWARD_ONLY = """
CREATE FUNCTION refuse_to_go_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.offset_seconds < OLD.offset_seconds THEN
        RAISE EXCEPTION 'desk time only moves forward'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'desk_time_only_moves_forward';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER desk_time_only_moves_forward BEFORE UPDATE OR DELETE ON accounts_desktime
    FOR EACH ROW EXECUTE FUNCTION refuse_to_go_back()
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(DESK_NOW, "DROP FUNCTION desk_now()"),
        migrations.RunSQL(
            FORWARD_ONLY,
            "DROP TRIGGER desk_time_only_moves_forward ON accounts_desktime;"
            "DROP FUNCTION refuse_to_go_back()",
        ),
    ]
