#!/bin/sh
# Runs once, when the PostgreSQL container finds an empty volume.
set -eu

as_superuser() {
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" "$@"
}

as_superuser --dbname=postgres --file=/supportdesk-sql/roles.sql
as_superuser --dbname=postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
ALTER ROLE supportdesk_owner PASSWORD :'owner_password';
ALTER ROLE supportdesk_app PASSWORD :'app_password';
SQL
as_superuser --dbname=postgres --command='CREATE DATABASE supportdesk OWNER supportdesk_owner'
