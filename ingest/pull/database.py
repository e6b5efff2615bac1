"""A table of a Postgres, MySQL or MariaDB database as a dlt resource."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url

from ingest.json_objects import Number
from ingest.pull.connections import SqlConnection, SqlTable, secret
from ingest.text import listed
from warehouse.errors import InputRefused, UsageError

CHUNK_ROWS = 10_000
CONNECT_SECONDS = 10
DRIVERS = {
    "postgres": "postgresql+psycopg2",
    "postgresql": "postgresql+psycopg2",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


@contextmanager
def opened(name: str, connection: SqlConnection) -> Iterator[Engine]:
    """Yield an engine on the database; its connections are closed at the end.

    Raises:
        UsageError: a URL that cannot be used, or a password in the file.
    """
    engine = sa.create_engine(
        _url(name, connection),
        connect_args={"connect_timeout": CONNECT_SECONDS},
        # Numbers in JSON keep their spelling.
        json_deserializer=partial(json.loads, parse_float=Number),
        pool_pre_ping=True,
    )
    try:
        yield engine
    finally:
        engine.dispose()


def checked_columns(
    name: str, connection: SqlConnection, table: SqlTable, engine: Engine
) -> dict[str, Any]:
    """Return the columns of their table with their types.

    Args:
        name: the connection and the table, for messages.
        connection: where the database is.
        table: what is named in the file.
        engine: an engine on the database.

    Raises:
        InputRefused: there is no such table, or no column of a name in the file.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be reached.
    """
    try:
        found = sa.inspect(engine).get_columns(table.table, schema=connection.db_schema)
    except sa.exc.NoSuchTableError:
        found = []
    types = {str(column["name"]): column["type"] for column in found}
    if not types:
        place = f"schema {connection.db_schema}" if connection.db_schema else "the database"
        raise InputRefused(f"{name}: there is no table '{table.table}' in {place}; check its name")
    named = ([table.cursor] if table.cursor else []) + list(table.columns.values())
    missing = [key for key in named if key not in types]
    if missing:
        raise InputRefused(
            f"{name}: table {table.table} has no column {listed(missing)}; it has {listed(types)}"
        )
    return types


def sql_resource(
    connection: SqlConnection,
    table: SqlTable,
    types: Mapping[str, Any],
    engine: Engine,
    resource: str,
) -> Any:
    """Return the dlt resource that yields the rows of a table in chunks.

    Rows whose cursor is that of the last row come again, since others may have been written in the
    same moment; dlt leaves out those that are unchanged, by a hash of the whole row.

    Args:
        connection: where the database is.
        table: what is named in the file.
        types: the columns to read, with their types.
        engine: an engine on the database.
        resource: name under which dlt keeps the cursor.
    """
    import dlt  # noqa: PLC0415 (takes seconds)

    columns = [sa.column(name, kind) for name, kind in types.items()]
    theirs = sa.table(table.table, *columns, schema=connection.db_schema)

    def read(last_value: Any) -> Iterator[list[dict[str, Any]]]:
        query = sa.select(*columns).select_from(theirs)
        if table.cursor and last_value is not None:
            query = query.where(theirs.c[table.cursor] >= last_value)
        with engine.connect() as opened_connection:
            chunked = opened_connection.execution_options(yield_per=CHUNK_ROWS)
            for chunk in chunked.execute(query).partitions():
                yield [dict(row._mapping) for row in chunk]

    if table.cursor is None:
        return dlt.resource(lambda: read(None), name=resource)

    begin: Any = dlt.sources.incremental(table.cursor)

    def since(cursor: Any = begin) -> Any:
        yield from read(cursor.last_value)

    return dlt.resource(since, name=resource)


def _url(name: str, connection: SqlConnection) -> URL:
    text = secret(name, connection.url_env) if connection.url_env else connection.url
    if not text:
        raise UsageError(f"{name}: neither url nor url_env is given; see connections.example.yml")
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise UsageError(
            f"{name}: the URL of the database cannot be read; write it as "
            "postgresql://user@host:5432/database"
        ) from None
    if not connection.url_env and (url.password or "password" in url.query):
        raise UsageError(
            f"{name}: the url holds a password, which does not belong in a file; put it into an "
            "environment variable and name that in password_env"
        )
    kind = url.drivername.partition("+")[0]
    if kind not in DRIVERS:
        raise UsageError(
            f"{name}: {kind} databases are not pulled from: Postgres, MySQL and MariaDB are"
        )
    url = url.set(drivername=DRIVERS[kind])
    return (
        url.set(password=secret(name, connection.password_env)) if connection.password_env else url
    )
