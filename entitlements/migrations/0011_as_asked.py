"""What was asked for about points stays as it was asked; a licence number however it is written."""

import django.db.models.functions.text
from django.db import migrations, models

# Whoever decides may write the decision, and nothing of what the other one asked for. What may be
# written is named, so that a column that is added one day is kept as well.
STAY_AS_ASKED = """
CREATE FUNCTION stay_as_asked() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    IF to_jsonb(NEW) - TG_ARGV::text[] IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV::text[] THEN
        RAISE EXCEPTION 'what was asked for about points stays as it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'points_request_stays';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER stay_as_asked BEFORE UPDATE ON entitlements_correction
    FOR EACH ROW EXECUTE FUNCTION stay_as_asked(
        'state', 'decided_by_id', 'decided_at', 'answer', 'entry_id');
CREATE TRIGGER stay_as_asked BEFORE UPDATE ON entitlements_moneyrefund
    FOR EACH ROW EXECUTE FUNCTION stay_as_asked(
        'state', 'decided_by_id', 'decided_at', 'answer', 'reference')
"""
DROP_STAY_AS_ASKED = """
DROP TRIGGER stay_as_asked ON entitlements_correction;
DROP TRIGGER stay_as_asked ON entitlements_moneyrefund;
DROP FUNCTION stay_as_asked()
"""

# Checked at commit, from the side of the entry and from that of what was asked for: each has its
# other half, and both say the same. As the owner, for then no tenant is entered any more.
MATCH_ENTRIES = """
CREATE FUNCTION is_corrected(correction entitlements_correction) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM entitlements_pointsentry entry
        WHERE entry.tenant_id = correction.tenant_id AND entry.id = correction.entry_id
          AND entry.kind = 'correction' AND entry.company_id = correction.company_id
          AND entry.points = correction.points
          AND NOT EXISTS (
              SELECT FROM entitlements_pointsline line
              JOIN entitlements_pointslot lot
                ON lot.tenant_id = line.tenant_id AND lot.id = line.lot_id
              WHERE line.tenant_id = entry.tenant_id AND line.entry_id = entry.id
                AND CASE WHEN correction.points > 0
                    THEN lot.expires_at IS DISTINCT FROM correction.expires_at
                    ELSE lot.id <> correction.lot_id END))
$$;
CREATE FUNCTION is_refunded(refund entitlements_moneyrefund) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM entitlements_pointsentry entry
        WHERE entry.tenant_id = refund.tenant_id AND entry.id = refund.entry_id
          AND entry.kind = 'money_refund' AND entry.company_id = refund.company_id
          AND entry.case_number = refund.case_number
          AND refund.points = (
              SELECT sum(line.points) FROM entitlements_pointsline line
              WHERE line.tenant_id = entry.tenant_id AND line.entry_id = entry.id
                AND line.account = 'refunded'))
$$;
CREATE FUNCTION check_points_asked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fault text;
BEGIN
    IF TG_TABLE_NAME = 'entitlements_correction' THEN
        IF NEW.state = 'approved' AND NOT is_corrected(NEW) THEN
            fault := 'points_correction_is_what_was_asked';
        END IF;
    ELSIF TG_TABLE_NAME = 'entitlements_moneyrefund' THEN
        IF NOT is_refunded(NEW) THEN
            fault := 'points_refund_is_what_was_asked';
        END IF;
    ELSIF NEW.kind = 'money_refund' AND NOT EXISTS (
            SELECT FROM entitlements_moneyrefund
            WHERE tenant_id = NEW.tenant_id AND entry_id = NEW.id) THEN
        fault := 'points_refund_is_asked_for';
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'the points ledger refuses this: %', fault
            USING ERRCODE = 'check_violation', CONSTRAINT = fault;
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION check_points_asked(), is_corrected(entitlements_correction),
    is_refunded(entitlements_moneyrefund) FROM PUBLIC, supportdesk_app;
CREATE CONSTRAINT TRIGGER check_points_asked AFTER INSERT OR UPDATE ON entitlements_correction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_points_asked();
CREATE CONSTRAINT TRIGGER check_points_asked AFTER INSERT OR UPDATE ON entitlements_moneyrefund
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_points_asked();
CREATE CONSTRAINT TRIGGER check_points_asked AFTER INSERT ON entitlements_pointsentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_points_asked()
"""
DROP_MATCH_ENTRIES = """
DROP TRIGGER check_points_asked ON entitlements_correction;
DROP TRIGGER check_points_asked ON entitlements_moneyrefund;
DROP TRIGGER check_points_asked ON entitlements_pointsentry;
DROP FUNCTION check_points_asked();
DROP FUNCTION is_corrected(entitlements_correction);
DROP FUNCTION is_refunded(entitlements_moneyrefund)
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0010_bulletins")]

    operations = [
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                fields=("tenant", "entry"), name="correction_once_an_entry"
            ),
        ),
        migrations.RunSQL(STAY_AS_ASKED, DROP_STAY_AS_ASKED),
        migrations.RunSQL(MATCH_ENTRIES, DROP_MATCH_ENTRIES),
        # The database fills it for the rows that are there. It stops here where two numbers differ
        # in nothing but case and spaces: which of the two is right, a person has to say.
        migrations.AddField(
            model_name="licence",
            name="number_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Upper(
                    models.Func(
                        models.F("number"),
                        models.Value(r"\s+"),
                        models.Value(""),
                        models.Value("g"),
                        function="regexp_replace",
                    )
                ),
                output_field=models.CharField(max_length=80),
            ),
        ),
        migrations.RemoveConstraint(model_name="licence", name="licence_number_once"),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.UniqueConstraint(
                fields=("tenant", "number_key"), name="licence_number_once"
            ),
        ),
    ]
