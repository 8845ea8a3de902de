"""A platform operator is one because of the tenant, and no vendor can make one."""

from django.db import migrations

APART = """
CREATE FUNCTION refuse_misplaced_operator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.role = 'operator') IS DISTINCT FROM
       (SELECT is_operators FROM accounts_tenant WHERE id = NEW.tenant_id) THEN
        RAISE EXCEPTION 'operators live in their own tenant, and nobody else does'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'person_operator_among_operators';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER person_operator_among_operators BEFORE INSERT OR UPDATE OF role, tenant_id
    ON accounts_person FOR EACH ROW EXECUTE FUNCTION refuse_misplaced_operator()
"""

APART_BACK = """
DROP TRIGGER person_operator_among_operators ON accounts_person;
DROP FUNCTION refuse_misplaced_operator()
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_other_packages")]

    operations = [migrations.RunSQL(APART, APART_BACK)]
