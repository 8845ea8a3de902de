-- What the app role may do with whatever the owner will make in this database. Run as a superuser or
-- as the owner, in each database before its first migration. In template1 it holds for every
-- database that is made later, test databases included; only objects of supportdesk_owner are met.
GRANT USAGE ON SCHEMA public TO supportdesk_app;
ALTER DEFAULT PRIVILEGES FOR ROLE supportdesk_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO supportdesk_app;
ALTER DEFAULT PRIVILEGES FOR ROLE supportdesk_owner
    GRANT USAGE, SELECT ON SEQUENCES TO supportdesk_app;
