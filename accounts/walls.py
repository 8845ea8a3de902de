"""The second wall: what the database itself refuses, whatever a query forgot.

Row-level security on every tenant table, and foreign keys that carry the tenant with them. Models
get them from `RaiseWalls` in the migration that creates them, tables of other packages from
`OwnedByDatabase`. The owner role, which migrates and backs up, is not bound: FORCE breaks both.
"""

from functools import lru_cache
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import truncate_name
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.sql import Query
from django_scopes import get_scope
from django_scopes.manager import DisabledQuerySet

APP_ROLE = "supportdesk_app"
# The sub-select is evaluated once per query. After the first SET LOCAL of a session the setting is
# '' rather than NULL, which the cast would choke on.
CURRENT_TENANT = "nullif(current_setting('app.tenant', true), '')::bigint"
OWN_ROWS = f"tenant_id = (SELECT {CURRENT_TENANT})"


class TenantManager(models.Manager):
    """Finds the rows of the tenant in scope; raises ScopeError where there is none.

    django-scopes' own manager is made by a function, which neither mypy nor its Django plugin can
    look into; it would also let `scopes_disabled` and `scope(tenant=None)` see everything.
    """

    def get_queryset(self) -> models.QuerySet:
        in_scope = get_scope().get("tenant")
        if in_scope is None:
            return DisabledQuerySet(self.model, using=self._db, missing_scopes={"tenant"})
        found = super().get_queryset()
        found.query = own_rows(self.model, in_scope).clone()
        return found

    def all(self) -> models.QuerySet:
        # Manager.all() is get_queryset(), which by itself does not raise where there is no tenant.
        # Only then is it cloned: a clone forgets the rows that were prefetched.
        found = self.get_queryset()
        return found.all() if isinstance(found, DisabledQuerySet) else found


@lru_cache(maxsize=4096)
def own_rows(model: type[models.Model], tenant_id: int) -> Query:
    """Give the query of a tenant's rows; whoever goes on with it takes a clone.

    Made once: half a page's queries begin so, and resolving the condition costs most of each.
    """
    return models.QuerySet(model).filter(tenant=tenant_id).query


class TenantModel(models.Model):
    """A row of one tenant. Its migration must say `RaiseWalls`; a test reads the catalogue."""

    tenant = models.ForeignKey(
        "accounts.Tenant",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,  # the wall's unique key (tenant_id, id) leads with it
    )

    objects = TenantManager()

    class Meta:
        abstract = True


class TenantForeignKey(models.ForeignKey):
    """A foreign key between tenant models; the database's half is the wall's composite key."""

    def __init__(self, to: Any, on_delete: Any, **options: Any) -> None:
        options["db_constraint"] = False
        super().__init__(to, on_delete, **options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, arguments, options = super().deconstruct()
        del options["db_constraint"]
        return name, path, arguments, options


class WallOperation(Operation):
    """A migration operation of ours: SQL only, the state of the models stays as it is."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, *names: str) -> None:
        self.names = names

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        return self.__class__.__name__, self.names, {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        return None

    def describe(self) -> str:
        return f"{self.__class__.__name__} on {', '.join(self.names)}"


class RaiseWalls(WallOperation):
    """Close the tables of this app's named models: policy, unique (tenant, id), composite keys."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        walled = [to_state.apps.get_model(app_label, name) for name in self.names]
        for model in walled:
            schema_editor.execute(policy_sql(model._meta.db_table), params=None)
            schema_editor.execute(tenant_key_sql(model._meta.db_table), params=None)
        for model in walled:
            for key in tenant_foreign_keys(model):
                schema_editor.execute(composite_key_sql(key), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        walled = [from_state.apps.get_model(app_label, name) for name in self.names]
        for model in walled:
            for key in tenant_foreign_keys(model):
                schema_editor.execute(drop_composite_key_sql(key), params=None)
        for model in walled:
            schema_editor.execute(drop_walls_sql(model._meta.db_table), params=None)


class TieForeignKey(WallOperation):
    """Add the composite key of a field that came later: `TieForeignKey("Case", "product")`."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        schema_editor.execute(composite_key_sql(self._key(app_label, to_state)), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        schema_editor.execute(drop_composite_key_sql(self._key(app_label, from_state)), params=None)

    def _key(self, app_label: str, state: ProjectState) -> models.ForeignKey:
        model_name, field_name = self.names
        return state.apps.get_model(app_label, model_name)._meta.get_field(field_name)


class InsertOnly(WallOperation):
    """Take UPDATE and DELETE on the named models' tables from the app role: what is there stays."""

    taken = "UPDATE, DELETE"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for table in self._tables(app_label, to_state):
            schema_editor.execute(f'REVOKE {self.taken} ON "{table}" FROM {APP_ROLE}')

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for table in self._tables(app_label, from_state):
            schema_editor.execute(f'GRANT {self.taken} ON "{table}" TO {APP_ROLE}')

    def _tables(self, app_label: str, state: ProjectState) -> list[str]:
        return [state.apps.get_model(app_label, name)._meta.db_table for name in self.names]


class ReadOnlyTables(InsertOnly):
    """Let the app role only read the named tables, which all tenants share."""

    taken = "INSERT, UPDATE, DELETE"

    def _tables(self, app_label: str, state: ProjectState) -> list[str]:
        return list(self.names)


class OwnedByDatabase(WallOperation):
    """Give tables of other packages a tenant that only the database knows, and the same wall.

    Their code writes and reads without it: the column's default is the tenant that is entered.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for table in self.names:
            schema_editor.execute(
                f'ALTER TABLE "{table}" ADD COLUMN tenant_id bigint NOT NULL '
                f"DEFAULT {CURRENT_TENANT} REFERENCES accounts_tenant (id)"
            )
            schema_editor.execute(policy_sql(table), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for table in self.names:
            schema_editor.execute(f'DROP POLICY own_rows ON "{table}"')
            schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{table}" DROP COLUMN tenant_id')


def policy_sql(table: str) -> str:
    """Write the row-level security of a table: reading, changing and moving rows alike."""
    return (
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY; '
        f'CREATE POLICY own_rows ON "{table}" USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})'
    )


def tenant_key_sql(table: str) -> str:
    """Write the unique key that composite foreign keys point at."""
    return f'ALTER TABLE "{table}" ADD CONSTRAINT "{_tenant_key(table)}" UNIQUE (tenant_id, id)'


def drop_walls_sql(table: str) -> str:
    return (
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{_tenant_key(table)}"; '
        f'DROP POLICY own_rows ON "{table}"; ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'
    )


def tenant_foreign_keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [field for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]


def composite_key_sql(key: models.ForeignKey) -> str:
    """Write (tenant_id, x_id) -> (tenant_id, id), checked at commit like Django's own keys."""
    return (
        f'ALTER TABLE "{key.model._meta.db_table}" ADD CONSTRAINT "{_composite_key(key)}" '
        f'FOREIGN KEY (tenant_id, "{key.column}") '
        f'REFERENCES "{key.related_model._meta.db_table}" (tenant_id, id) '
        "DEFERRABLE INITIALLY DEFERRED"
    )


def drop_composite_key_sql(key: models.ForeignKey) -> str:
    return f'ALTER TABLE "{key.model._meta.db_table}" DROP CONSTRAINT "{_composite_key(key)}"'


def _tenant_key(table: str) -> str:
    return truncate_name(f"{table}_tenant_id_id_wall", 63)


def _composite_key(key: models.ForeignKey) -> str:
    return truncate_name(f"{key.model._meta.db_table}_{key.column}_wall", 63)
