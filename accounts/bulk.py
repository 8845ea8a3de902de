"""Many rows of one table in one statement, for what is done thousands of times a minute.

The rows travel as one JSON text, which PostgreSQL takes apart by the table's own types: a tenth of
what Django's bulk statements cost for wide rows. Values are written as they are, so fields that
change on saving (auto_now) do not belong here, nor do rows that come from a form.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model

Rows = Sequence[Model]


def insert_rows(rows: Rows) -> None:
    """Insert new rows of one model, in this order, and set their keys.

    Columns with a default of the database get it. Raises IntegrityError for the first conflict.
    """
    if rows:
        found = _run(f"{_insert(rows[0])} RETURNING id", rows, _own_fields(rows[0]))
        for row, (key,) in zip(rows, found, strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, connection.alias


def insert_values(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are given as values by the names of their columns, all with the same names.

    For rows of which nobody needs the object: making it takes longer than writing it.
    """
    if rows:
        fields = [_field(model, name) for name in rows[0]]
        _write(_insert_into(model, fields), rows)


def upsert_values(
    model: type[Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: Sequence[str],
    update: Sequence[str],
) -> None:
    """Insert such rows, or change `update` of those that are there by `unique`."""
    if not rows:
        return
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in update)
    fields = [_field(model, name) for name in rows[0]]
    statement = _insert_into(model, fields)
    _write(f"{statement} ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {changes}", rows)


def insert_new_rows(rows: Rows) -> None:
    """Insert rows of one model in this order; those that conflict with any are left out."""
    if rows:
        _run(f"{_insert(rows[0])} ON CONFLICT DO NOTHING", rows, _own_fields(rows[0]))


def update_rows(rows: Rows, fields: Sequence[str]) -> None:
    """Write these fields of rows of one model that are stored; no row is named twice."""
    if not rows:
        return
    table = rows[0]._meta.db_table
    changes = ", ".join(f"{name} = new.{name}" for name in _columns(rows[0], fields))
    statement = (
        f"UPDATE {table} old SET {changes} FROM {_given(type(rows[0]))} new"
        " WHERE old.tenant_id = new.tenant_id AND old.id = new.id"
    )
    _run(statement, rows, [_field(type(rows[0]), name) for name in ("id", "tenant", *fields)])


def _insert(row: Model) -> str:
    return _insert_into(type(row), _own_fields(row))


def _insert_into(model: type[Model], fields: Sequence[Field]) -> str:
    names = ", ".join(map(_column, fields))
    return (
        f"INSERT INTO {model._meta.db_table} ({names})"
        f" SELECT {names} FROM {_given(model)} WITH ORDINALITY ORDER BY ordinality"
    )


def _given(model: type[Model]) -> str:
    return f"json_populate_recordset(NULL::{model._meta.db_table}, %s)"


def _run(statement: str, rows: Rows, fields: Sequence[Field]) -> list[tuple]:
    names = [(_column(field), field.attname) for field in fields]
    return _write(
        statement, [{column: getattr(row, name) for column, name in names} for row in rows]
    )


def _write(statement: str, given: Sequence[Mapping[str, Any]]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(given, default=str)])
        return cursor.fetchall() if cursor.description else []


def _own_fields(row: Model) -> list[Field]:
    """List the fields that a new row brings: not its key, nor what the database makes itself."""
    return [
        field
        for field in row._meta.concrete_fields
        if not (field.primary_key or field.generated or field.has_db_default())
    ]


def _columns(row: Model, fields: Sequence[str]) -> list[str]:
    return [_column(_field(type(row), name)) for name in fields]


def _column(field: Field) -> str:
    assert field.column is not None
    return field.column


def _field(model: type[Model], name: str) -> Field:
    found = model._meta.get_field(name)
    assert isinstance(found, Field)
    return found
