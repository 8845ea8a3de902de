-- The two roles of the desk. Run as a superuser, in any database; repeating it changes nothing.
-- The owner migrates, makes test databases, backs up. The app role is what web and workers use:
-- row-level security binds it, so it owns nothing and has no power to step around a policy.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'supportdesk_owner') THEN
        CREATE ROLE supportdesk_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'supportdesk_app') THEN
        CREATE ROLE supportdesk_app;
    END IF;
END
$$;
ALTER ROLE supportdesk_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE supportdesk_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
