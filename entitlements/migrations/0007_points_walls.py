"""What the database itself keeps and refuses of the points ledger."""

from django.db import migrations

from accounts.walls import InsertOnly, RaiseWalls

# The only writer of what is left of a lot and of a company's balance, which the app role may not
# change. It runs as the owner, whom no policy binds, and so refuses any tenant but the entered one.
# All lines of an entry come by one statement: none is unbalanced even for a moment, and none is
# added later.
KEEP_POINTS = """
CREATE FUNCTION keep_points() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entered bigint := nullif(current_setting('app.tenant', true), '')::bigint;
    fault text;
    changed bigint;
BEGIN
    SELECT CASE
        WHEN n.tenant_id IS DISTINCT FROM entered THEN 'points_of_the_entered_tenant'
        WHEN n.total <> 0 THEN 'points_lines_sum_to_zero'
        WHEN e.id IS NULL OR n.moved <> e.points THEN 'points_lines_move_what_the_entry_says'
        WHEN EXISTS (SELECT FROM entitlements_pointsline l
                     WHERE l.entry_id = n.entry_id AND l.id < n.first_id)
            THEN 'points_lines_come_at_once'
        WHEN e.balance_after - e.points <> coalesce(p.balance_after, 0)
             OR (e.seq > 1 AND p.id IS NULL) THEN 'points_balance_runs_on'
        END INTO fault
    FROM (
        SELECT tenant_id, entry_id, min(id) AS first_id, sum(points) AS total,
               coalesce(sum(points) FILTER (WHERE lot_id IS NOT NULL), 0) AS moved
        FROM new_lines GROUP BY tenant_id, entry_id
    ) n
    LEFT JOIN entitlements_pointsentry e ON e.tenant_id = n.tenant_id AND e.id = n.entry_id
    LEFT JOIN entitlements_pointsentry p ON p.tenant_id = e.tenant_id
         AND p.company_id = e.company_id AND p.seq = e.seq - 1
    ORDER BY 1 NULLS LAST
    LIMIT 1;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'the points ledger refuses this entry: %', fault
            USING ERRCODE = 'check_violation', CONSTRAINT = fault;
    END IF;

    -- Like all that follows, only where the lot is of the entry's own company.
    UPDATE entitlements_pointslot lot SET remaining = lot.remaining + moved.points
    FROM (
        SELECT n.lot_id, e.company_id, sum(n.points) AS points
        FROM new_lines n JOIN entitlements_pointsentry e ON e.id = n.entry_id
        WHERE n.lot_id IS NOT NULL GROUP BY n.lot_id, e.company_id
    ) moved
    WHERE lot.tenant_id = entered AND lot.id = moved.lot_id
      AND lot.company_id = moved.company_id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> (SELECT count(DISTINCT lot_id) FROM new_lines) THEN
        RAISE EXCEPTION 'the points ledger refuses this entry: points_of_the_companys_own_lots'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'points_of_the_companys_own_lots';
    END IF;

    UPDATE entitlements_pointsaccount account
    SET balance = account.balance + moved.points, last_seq = moved.last_seq
    FROM (
        SELECT e.company_id, max(e.seq) AS last_seq,
               coalesce(sum(n.points) FILTER (WHERE n.lot_id IS NOT NULL), 0) AS points
        FROM new_lines n JOIN entitlements_pointsentry e ON e.id = n.entry_id
        GROUP BY e.company_id
    ) moved
    WHERE account.tenant_id = entered AND account.company_id = moved.company_id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> (SELECT count(DISTINCT e.company_id) FROM new_lines n
                   JOIN entitlements_pointsentry e ON e.id = n.entry_id) THEN
        RAISE EXCEPTION 'the points ledger refuses this entry: points_have_an_account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'points_have_an_account';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION keep_points() FROM PUBLIC, supportdesk_app;
CREATE TRIGGER keep_points AFTER INSERT ON entitlements_pointsline
    REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION keep_points()
"""
DROP_KEEP_POINTS = """
DROP TRIGGER keep_points ON entitlements_pointsline;
DROP FUNCTION keep_points()
"""

# Checked at commit, when no tenant is entered any more: the row itself says whose it is. They read
# as the owner and tell nothing but that the row they were called for is refused.
CHECK_AT_COMMIT = """
CREATE FUNCTION check_points_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fault text;
BEGIN
    IF NOT EXISTS (SELECT FROM entitlements_pointsline
                   WHERE tenant_id = NEW.tenant_id AND entry_id = NEW.id) THEN
        fault := 'points_entry_has_lines';
    ELSIF NEW.kind = 'correction' AND NOT EXISTS (
            SELECT FROM entitlements_correction
            WHERE tenant_id = NEW.tenant_id AND entry_id = NEW.id AND state = 'approved') THEN
        fault := 'points_correction_is_approved';
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'the points ledger refuses this entry: %', fault
            USING ERRCODE = 'check_violation', CONSTRAINT = fault;
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION check_points_lot() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    opening int;
BEGIN
    SELECT points INTO opening FROM entitlements_pointsline
    WHERE tenant_id = NEW.tenant_id AND lot_id = NEW.id ORDER BY id LIMIT 1;
    IF opening IS DISTINCT FROM NEW.points THEN
        RAISE EXCEPTION 'the points ledger refuses this lot: points_lot_opens_with_its_points'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'points_lot_opens_with_its_points';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION check_points_entry(), check_points_lot() FROM PUBLIC, supportdesk_app;
CREATE CONSTRAINT TRIGGER check_points_entry AFTER INSERT ON entitlements_pointsentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_points_entry();
CREATE CONSTRAINT TRIGGER check_points_lot AFTER INSERT ON entitlements_pointslot
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_points_lot()
"""
DROP_CHECK_AT_COMMIT = """
DROP TRIGGER check_points_entry ON entitlements_pointsentry;
DROP TRIGGER check_points_lot ON entitlements_pointslot;
DROP FUNCTION check_points_entry();
DROP FUNCTION check_points_lot()
"""

# What lines alone may fill begins empty; what has been decided stays decided.
BEGIN_EMPTY = """
CREATE FUNCTION begin_empty() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'entitlements_pointslot' THEN
        NEW.remaining := 0;
    ELSE
        NEW.balance := 0;
        NEW.last_seq := 0;
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION stay_decided() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> TG_ARGV[0] THEN
        RAISE EXCEPTION 'what was decided about points stays as it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'points_decision_stays';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER begin_empty BEFORE INSERT ON entitlements_pointslot
    FOR EACH ROW EXECUTE FUNCTION begin_empty();
CREATE TRIGGER begin_empty BEFORE INSERT ON entitlements_pointsaccount
    FOR EACH ROW EXECUTE FUNCTION begin_empty();
CREATE TRIGGER stay_decided BEFORE UPDATE ON entitlements_correction
    FOR EACH ROW EXECUTE FUNCTION stay_decided('waiting');
CREATE TRIGGER stay_decided BEFORE UPDATE ON entitlements_moneyrefund
    FOR EACH ROW EXECUTE FUNCTION stay_decided('asked')
"""
DROP_BEGIN_EMPTY = """
DROP TRIGGER begin_empty ON entitlements_pointslot;
DROP TRIGGER begin_empty ON entitlements_pointsaccount;
DROP TRIGGER stay_decided ON entitlements_correction;
DROP TRIGGER stay_decided ON entitlements_moneyrefund;
DROP FUNCTION begin_empty();
DROP FUNCTION stay_decided()
"""

# Locking a row takes the right to update some column of it. The policy refuses every other value
# of this one, so that with it an account can be locked and nothing else.
LOCK_ONLY = """
GRANT UPDATE (tenant_id) ON entitlements_pointsaccount TO supportdesk_app;
REVOKE DELETE ON entitlements_correction, entitlements_moneyrefund FROM supportdesk_app
"""
NOT_LOCK_ONLY = """
REVOKE UPDATE (tenant_id) ON entitlements_pointsaccount FROM supportdesk_app;
GRANT DELETE ON entitlements_correction, entitlements_moneyrefund TO supportdesk_app
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0006_points")]

    operations = [
        RaiseWalls(
            "PointsAccount", "PointsLot", "PointsEntry", "PointsLine", "MoneyRefund", "Correction"
        ),
        InsertOnly("PointsAccount", "PointsLot", "PointsEntry", "PointsLine"),
        migrations.RunSQL(LOCK_ONLY, NOT_LOCK_ONLY),
        migrations.RunSQL(KEEP_POINTS, DROP_KEEP_POINTS),
        migrations.RunSQL(CHECK_AT_COMMIT, DROP_CHECK_AT_COMMIT),
        migrations.RunSQL(BEGIN_EMPTY, DROP_BEGIN_EMPTY),
    ]
