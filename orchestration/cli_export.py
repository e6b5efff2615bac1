"""`clientele export`: files for tools that do not read the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import psycopg2
import typer
from psycopg2 import sql
from psycopg2.extensions import connection

from apps.api.queries import PERSONAL
from orchestration.console import Console
from warehouse.errors import UsageError

export_app = typer.Typer(
    name="export",
    help="Write files for tools that do not read the database.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

NAMES = "select audience_name from marts.dim_audiences order by audience_name"
COLUMNS = """
select attname from pg_attribute
where attrelid = to_regclass('marts.customer_360') and attnum > 0 and not attisdropped
order by attnum
"""
MEMBERS = """
select members.audience_name, members.entered_date, {columns}
from marts.customer_audiences as members
inner join marts.customer_360 as customers on members.customer_id = customers.customer_id
where members.audience_name = {name}
order by members.customer_id
"""


@export_app.callback()
def export() -> None:
    """Write files for tools that do not read the database."""


@export_app.command()
def audience(
    name: Annotated[str, typer.Argument(help="Name of the audience, as in audiences.yml.")],
    file: Annotated[Path, typer.Argument(help="CSV file to write; one that exists is replaced.")],
    show_personal: Annotated[
        bool, typer.Option("--show-personal", help="With names, e-mail addresses and phones.")
    ] = False,
) -> None:
    """Write today's members of an audience with their row of customer_360."""
    from orchestration.job import start_job  # noqa: PLC0415
    from warehouse.bulk_export import export_csv  # noqa: PLC0415
    from warehouse.connect import connect  # noqa: PLC0415

    console = Console()
    with start_job(console) as job, connect(job.settings) as conn:
        query = _members(conn, name, show_personal)
        count = export_csv(conn, query, file)
    console.say(f"{count:,} members of {name}: {file}")


def _members(conn: connection, name: str, show_personal: bool) -> sql.Composable:
    """The query of the members.

    Raises:
        UsageError: no such audience, or none is built.
    """
    try:
        known = _column(conn, NAMES)
    except psycopg2.errors.UndefinedTable:
        raise UsageError("there are no audiences yet: run 'clientele build'") from None
    if name not in known:
        raise UsageError(f"no audience {name}; there are {', '.join(known) or 'none'}")
    left_out = () if show_personal else PERSONAL
    columns = [column for column in _column(conn, COLUMNS) if column not in left_out]
    return sql.SQL(MEMBERS).format(
        name=sql.Literal(name),
        columns=sql.SQL(", ").join(sql.Identifier("customers", column) for column in columns),
    )


def _column(conn: connection, query: str) -> list[str]:
    with conn.cursor() as cursor:
        cursor.execute(query)
        return [str(value) for (value,) in cursor.fetchall()]
