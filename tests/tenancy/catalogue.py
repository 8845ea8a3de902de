"""What the database's catalogue says about the walls. Each function lists faults; [] is right."""

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.walls import APP_ROLE, TenantForeignKey, TenantModel

# Tables without a tenant, each with the reason why that is safe. Change with a decision record.
SHARED_TABLES = {
    "accounts_tenant": "read before a tenant is known; a vendor changes its own row only",
    "accounts_desktime": "one row for the installation",
    "accounts_pulse": "what the installation's own processes do",
    "auth_group": "unused, and read-only to the app",
    "auth_group_permissions": "unused, and read-only to the app",
    "auth_permission": "describes the code, read-only to the app",
    "django_content_type": "describes the code, read-only to the app",
    "django_migrations": "describes the code, read-only to the app",
}

# Unique keys that need not begin with the tenant: what they begin with is one tenant's alone.
OTHER_UNIQUE_KEYS = {
    "django_session_pkey": "a random key",
    "django_cache_pkey": "begins with the tenant's number",
    "account_emailconfirmation_key_key": "a random key",
    "account_emailaddress_user_id_email_987c8728_uniq": "begins with the person",
    "unique_primary_email": "begins with the person",
}

# Functions that run as the owner and so see all tenants.
DEFINER_FUNCTIONS = {
    "audit_states": "tells how each tenant's newest audit stands, for the health page",
    "keep_points": "keeps what is left of lots and accounts from new lines of the entered tenant",
    "check_points_entry": "refuses an entry without lines at commit, when no tenant is entered",
    "check_points_asked": "refuses what differs from what was asked for at commit, likewise",
    "check_points_lot": "refuses a lot that did not open with its points at commit, likewise",
    "audit_outcomes": "counts what each tenant's last audit found, for the health page",
    "daily_states": "tells when each tenant's daily work was done last, for the health page",
    "due_cases": "lists (tenant, case) pairs for the tick, nothing else of a case",
    "due_held_answers": "lists (tenant, held answer) pairs to be sent, nothing else of one",
    "forget_person": "takes the words of an erased person out of the history of changes",
    "search_articles": "likewise for published articles of the audiences that are given",
    "suggest_articles": "likewise",
    "search_cases": "looks words up in the entered tenant; gives case ids, joined to walled rows",
    "jobs_to_work": "lists (tenant, job) pairs for the workers, nothing else of a job",
    "mail_tenants": "lists the tenants with mail to read",
    "mailboxes_to_pull": "lists (tenant, mailbox) pairs to be fetched, nothing else of one",
    "outbox_backlog": "counts what waits to be sent, for the health page",
    "tick_backlog": "counts by tenant what the tick has still to do, for the health page",
    "outbox_tenants": "lists the tenants with something to send",
    "webhook_tenants": "lists the tenants with something to tell to endpoints",
    "tenants_to_keep": "lists the tenants whose daily work is to be done",
}

READ_ONLY_TO_THE_APP = {name for name, why in SHARED_TABLES.items() if "read-only" in why}
OWN_ROWS = (
    "(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint"
)


def rows(connection: BaseDatabaseWrapper, sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    """List the tables that must belong to a tenant."""
    found = rows(
        connection,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'f')"
        " AND relnamespace = 'public'::regnamespace ORDER BY relname",
    )
    return [name for (name,) in found if name not in SHARED_TABLES]


def open_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """List tables without a tenant column, row security or exactly our policy; forced ones too."""
    walled = {
        name
        for (name,) in rows(
            connection,
            "SELECT c.relname FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
            "  AND a.attnotnull AND a.atttypid = 'bigint'::regtype"
            " JOIN pg_policies p ON p.schemaname = 'public' AND p.tablename = c.relname"
            "  AND p.cmd = 'ALL' AND p.permissive = 'PERMISSIVE' AND p.roles = '{public}'"
            "  AND starts_with(p.qual, %s) AND p.with_check = p.qual"
            " WHERE c.relrowsecurity AND NOT c.relforcerowsecurity"
            "  AND (SELECT count(*) FROM pg_policies q"
            "   WHERE q.schemaname = 'public' AND q.tablename = c.relname) = 1",
            OWN_ROWS,
        )
    }
    return [name for name in tables(connection) if name not in walled]


def views_that_see_too_much(connection: BaseDatabaseWrapper) -> list[str]:
    """List materialized views, and views that read with their owner's eyes."""
    found = rows(
        connection,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND"
        " (relkind = 'm' OR relkind = 'v'"
        "  AND NOT coalesce(reloptions && '{security_invoker=true,security_invoker=on}', false))",
    )
    return [name for (name,) in found]


def unique_keys_across_tenants(connection: BaseDatabaseWrapper) -> list[str]:
    """List unique keys that neither begin with the tenant nor are a primary key `id`."""
    found = rows(
        connection,
        "SELECT i.relname FROM pg_index x"
        " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid"
        " LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]"
        " WHERE x.indisunique AND t.relname = ANY(%s)"
        "  AND a.attname IS DISTINCT FROM 'tenant_id'"
        "  AND NOT (x.indisprimary AND x.indnatts = 1 AND a.attname = 'id')",
        tables(connection),
    )
    return [name for (name,) in found if name not in OTHER_UNIQUE_KEYS]


def loose_foreign_keys(connection: BaseDatabaseWrapper) -> list[str]:
    """List foreign keys between tenant tables that do not carry the tenant with them."""
    ours = tables(connection)
    found = rows(
        connection,
        "SELECT c.relname, f.relname, (SELECT array_agg(a.attname ORDER BY k.place)"
        "  FROM unnest(o.conkey) WITH ORDINALITY k (number, place)"
        "  JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.number)::text[],"
        "  (SELECT array_agg(a.attname ORDER BY k.place)"
        "  FROM unnest(o.confkey) WITH ORDINALITY k (number, place)"
        "  JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.number)::text[]"
        " FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid"
        " JOIN pg_class f ON f.oid = o.confrelid"
        " WHERE o.contype = 'f' AND c.relname = ANY(%s) AND f.relname = ANY(%s)",
        ours,
        ours,
    )
    tied = {
        (table, target, column)
        for table, target, columns, targets in found
        if columns[0] == targets[0] == "tenant_id"
        for column in columns[1:]
    }
    wanted = {
        (table, target, column)
        for table, target, columns, _targets in found
        for column in columns
        if column != "tenant_id"
    }
    return sorted(" ".join(key) for key in (wanted | declared_keys()) - tied)


def declared_keys() -> set[tuple[str, str, str]]:
    """List what the models declare: Django made no constraint for a TenantForeignKey."""
    return {
        (model._meta.db_table, field.related_model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey)
    }


def plain_foreign_keys_between_tenant_models() -> list[str]:
    """List ForeignKeys and hidden many-to-many tables where ours were wanted."""
    faults = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.auto_created and issubclass(model._meta.auto_created, TenantModel):
            faults.append(f"{model._meta.label} has no through model")
        if not issubclass(model, TenantModel):
            continue
        faults += [
            str(field)
            for field in model._meta.local_fields
            if field.is_relation
            and issubclass(field.related_model, TenantModel)
            and not isinstance(field, TenantForeignKey)
        ]
    return faults


def powers_of_the_app_role(connection: BaseDatabaseWrapper) -> list[str]:
    """List what the app role may do beyond reading and writing rows."""
    found = rows(
        connection,
        "SELECT 'attribute' FROM pg_roles WHERE rolname = %s"
        "  AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"
        " UNION ALL SELECT 'owns ' || relname FROM pg_class"
        "  WHERE pg_has_role(%s, relowner, 'MEMBER') AND relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT 'may empty or watch ' || relname FROM pg_class"
        "  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        "  AND has_table_privilege(%s, oid, 'TRUNCATE, REFERENCES, TRIGGER')"
        " UNION ALL SELECT 'creates tables' WHERE has_schema_privilege(%s, 'public', 'CREATE')"
        " UNION ALL SELECT 'writes ' || relname FROM pg_class WHERE relname = ANY(%s)"
        "  AND has_table_privilege(%s, oid, 'INSERT, UPDATE, DELETE')",
        *[APP_ROLE] * 4,
        sorted(READ_ONLY_TO_THE_APP),
        APP_ROLE,
    )
    return [fault for (fault,) in found]


def loose_definer_functions(connection: BaseDatabaseWrapper) -> list[str]:
    """List functions that run as the owner unlisted, or that leave the search path open."""
    found = rows(
        connection,
        "SELECT proname, coalesce(array_to_string(proconfig, ' '), '') FROM pg_proc"
        " WHERE prosecdef AND pronamespace = 'public'::regnamespace",
    )
    return [
        name
        for name, settings in found
        if name not in DEFINER_FUNCTIONS or "search_path=" not in settings
    ]


def rewritable(connection: BaseDatabaseWrapper, tables_to_keep: list[str]) -> list[str]:
    """List those of the tables whose rows the app role could change or remove."""
    found = rows(
        connection,
        "SELECT relname FROM pg_class WHERE relname = ANY(%s)"
        " AND has_table_privilege(%s, oid, 'UPDATE, DELETE')",
        tables_to_keep,
        APP_ROLE,
    )
    return [name for (name,) in found]
