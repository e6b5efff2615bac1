"""Write the result of a query to a CSV file with COPY."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from psycopg2 import sql
from psycopg2.extensions import connection

from warehouse.errors import UsageError


def export_csv(conn: connection, query: sql.Composable, path: Path) -> int:
    """Write the rows of a query to a CSV file with a header, whole or not at all.

    The server writes the values, so numbers are exact; null is an empty value. Text is UTF-8.

    Args:
        conn: an open connection.
        query: a select.
        path: an existing file is replaced once the new one is complete.

    Returns:
        The number of rows, the header not counted.

    Raises:
        UsageError: the file cannot be written there.
        psycopg2.Error: the query is wrong.
    """
    statement = sql.SQL("copy ({}) to stdout with (format csv, header, encoding 'UTF8')")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file, conn.cursor() as cursor:
            cursor.copy_expert(statement.format(query).as_string(conn), file)
            count = int(cursor.rowcount)
        unfinished.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"cannot write {path}: {reason}; name another place") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return count
