"""Row-level security and composite keys for our own tables."""

from django.db import migrations

from accounts.walls import RaiseWalls

# A person sits at a site of the person's own company. With no site the key is not checked.
OWN_SITE = """
ALTER TABLE accounts_person ADD CONSTRAINT person_site_is_of_its_company
    FOREIGN KEY (tenant_id, company_id, site_id) REFERENCES accounts_site (tenant_id, company_id, id)
    DEFERRABLE INITIALLY DEFERRED
"""

# Every request looks a vendor up before a tenant is known, so all may read the list. A vendor
# changes its own row only, and none is ever deleted by the app.
VENDORS = """
REVOKE DELETE ON accounts_tenant FROM supportdesk_app;
REVOKE INSERT, DELETE ON accounts_desktime FROM supportdesk_app;
ALTER TABLE accounts_tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_are_read ON accounts_tenant FOR SELECT USING (true);
CREATE POLICY new_ones_are_made ON accounts_tenant FOR INSERT WITH CHECK (NOT is_operators);
CREATE POLICY own_row_is_changed ON accounts_tenant FOR UPDATE
    USING (id = (SELECT nullif(current_setting('app.tenant', true), '')::bigint))
"""

VENDORS_BACK = """
DROP POLICY all_are_read ON accounts_tenant;
DROP POLICY new_ones_are_made ON accounts_tenant;
DROP POLICY own_row_is_changed ON accounts_tenant;
ALTER TABLE accounts_tenant DISABLE ROW LEVEL SECURITY;
GRANT INSERT, DELETE ON accounts_desktime TO supportdesk_app;
GRANT DELETE ON accounts_tenant TO supportdesk_app
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_desk_time")]

    operations = [
        RaiseWalls("Company", "Site", "Person", "Team", "TeamMember"),
        migrations.RunSQL(
            OWN_SITE, "ALTER TABLE accounts_person DROP CONSTRAINT person_site_is_of_its_company"
        ),
        migrations.RunSQL(VENDORS, VENDORS_BACK),
    ]
