"""The same walls for the tables of Django and allauth, whose code does not know of tenants."""

from django.db import migrations

from accounts.walls import OwnedByDatabase, ReadOnlyTables

TIES = """
ALTER TABLE account_emailaddress ADD CONSTRAINT account_emailaddress_tenant_id_id_wall
    UNIQUE (tenant_id, id);
ALTER TABLE account_emailaddress ADD CONSTRAINT account_emailaddress_user_id_wall
    FOREIGN KEY (tenant_id, user_id) REFERENCES accounts_person (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE account_emailconfirmation ADD CONSTRAINT account_emailconfirmation_email_address_id_wall
    FOREIGN KEY (tenant_id, email_address_id) REFERENCES account_emailaddress (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE django_admin_log ADD CONSTRAINT django_admin_log_user_id_wall
    FOREIGN KEY (tenant_id, user_id) REFERENCES accounts_person (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED;
DROP INDEX unique_verified_email;
CREATE UNIQUE INDEX unique_verified_email ON account_emailaddress (tenant_id, email) WHERE verified
"""

TIES_BACK = """
DROP INDEX unique_verified_email;
CREATE UNIQUE INDEX unique_verified_email ON account_emailaddress (email) WHERE verified;
ALTER TABLE django_admin_log DROP CONSTRAINT django_admin_log_user_id_wall;
ALTER TABLE account_emailconfirmation
    DROP CONSTRAINT account_emailconfirmation_email_address_id_wall;
ALTER TABLE account_emailaddress DROP CONSTRAINT account_emailaddress_user_id_wall;
ALTER TABLE account_emailaddress DROP CONSTRAINT account_emailaddress_tenant_id_id_wall
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_walls"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        OwnedByDatabase(
            "account_emailaddress",
            "account_emailconfirmation",
            "django_admin_log",
            "django_cache",
            "django_session",
        ),
        migrations.RunSQL(TIES, TIES_BACK),
        # What is left without a tenant describes the code, not anybody's data.
        ReadOnlyTables(
            "auth_group",
            "auth_group_permissions",
            "auth_permission",
            "django_content_type",
            "django_migrations",
        ),
    ]
