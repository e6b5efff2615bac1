"""`clientele db`: the database behind the project."""

from __future__ import annotations

import os
import shutil
from typing import Annotated

import typer

from warehouse import embedded
from warehouse.connect import JOB_LOCK, advisory_lock, connect, ensure_server
from warehouse.connection_info import ConnectionInfo
from warehouse.errors import DatabaseUnavailable, UsageError
from warehouse.postgres_binaries import wheel_bin_dir
from warehouse.profile import write_profile
from warehouse.settings import Settings, load_settings

db_app = typer.Typer(
    name="db",
    help="Start, stop, look at and open the database.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

NOT_OURS = (
    "the database is a server of your own (CLIENTELE_DATABASE_URL or PGHOST is set), "
    "which clientele does not {what}"
)
OWN_SCHEMAS = """
select nspname from pg_namespace
where nspname !~ '^pg_' and nspname not in ('information_schema', 'public') order by nspname
"""


@db_app.command()
def start(
    port: Annotated[
        int | None,
        typer.Option(
            min=1024, max=65535, help="Listen on this loopback port, from now on.", metavar="N"
        ),
    ] = None,
) -> None:
    """Start the embedded Postgres (made at the first start) and write dbt's profile."""
    settings = _embedded_settings("start")
    was_running = embedded.status(settings).running
    info = embedded.start(settings, port)
    write_profile(settings.with_connection(info))
    typer.echo(f"Postgres {'already runs' if was_running else 'started'}: {info.url()}")


@db_app.command()
def stop(
    force: Annotated[bool, typer.Option("--force", help="Even while a job runs.")] = False,
) -> None:
    """Stop the embedded Postgres; the data stay."""
    settings = _embedded_settings("stop")
    if not force:
        _refuse_while_busy(settings)
    stopped = embedded.stop(settings)
    typer.echo("Postgres stopped." if stopped else "Postgres is not running.")


@db_app.command()
def status() -> None:
    """Show whether the database runs, where it is and how large it is."""
    settings = load_settings()
    if settings.connection.kind == "embedded":
        rows = _embedded_rows(settings)
    else:
        rows = _server_rows(settings)
    for name, value in rows.items():
        typer.echo(f"{name:<10}{value}")


@db_app.command()
def url(
    show_password: Annotated[
        bool, typer.Option(help="Print the password too, so that other tools can use the URL.")
    ] = True,
) -> None:
    """Print the connection URL for other tools. It holds the password."""
    info = ensure_server(load_settings()).connection
    typer.echo(info.url(hide_password=not show_password))


@db_app.command(context_settings={"ignore_unknown_options": True})
def psql(
    args: Annotated[
        list[str] | None, typer.Argument(help="Arguments for psql, after --.", metavar="ARGS")
    ] = None,
) -> None:
    """Open psql on the database: `clientele db psql`, or `clientele db psql -- -c 'select 1'`."""
    info = ensure_server(load_settings()).connection
    program = _psql_program(info)
    os.execve(program, [program, *(args or [])], {**os.environ, **info.environment()})  # noqa: S606


@db_app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete the embedded Postgres with everything in it."""
    settings = load_settings()
    if settings.connection.kind != "embedded":
        raise UsageError(NOT_OURS.format(what="delete") + f"; {_by_hand(settings)}")
    found = embedded.status(settings)
    if found.data_dir is None:
        typer.echo("There is no embedded Postgres yet; nothing to delete.")
        return
    if not yes:
        typer.confirm(_what_is_lost(found), abort=True)
    _refuse_while_busy(settings)
    embedded.destroy(settings)
    typer.echo("The embedded Postgres is deleted. The next start makes a new one.")


def _embedded_settings(what: str) -> Settings:
    settings = load_settings()
    if settings.connection.kind != "embedded":
        raise UsageError(NOT_OURS.format(what=what))
    return settings


def _refuse_while_busy(settings: Settings) -> None:
    """Raise Busy while a job runs on the embedded server."""
    if not embedded.status(settings).running:
        return
    with connect(settings, autocommit=True) as conn, advisory_lock(conn, JOB_LOCK):
        pass


def _by_hand(settings: Settings) -> str:
    """Say which schemas there are: the user knows which of them are Clientele's."""
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(OWN_SCHEMAS)
        names = ", ".join(name for (name,) in cursor.fetchall())
    if not names:
        return "it has no schemas to drop either"
    return f"drop Clientele's schemas by hand; schemas in {settings.connection.dbname}: {names}"


def _what_is_lost(found: embedded.ServerStatus) -> str:
    return (
        f"This deletes {found.data_dir} ({_megabytes(found.size)}): all tables, loaded files, "
        "predictions and the password. Delete it?"
    )


def _embedded_rows(settings: Settings) -> dict[str, str]:
    found = embedded.status(settings)
    if found.data_dir is None:
        return {"database": "embedded Postgres, not made yet; 'clientele db start' makes it"}
    rows = {
        "database": f"embedded Postgres {found.version}, {'up' if found.running else 'stopped'}",
        "url": settings.connection.url(),
        "data": f"{found.data_dir} ({_megabytes(found.size)})",
        "log": str(settings.home_dir / "postgres.log"),
    }
    if found.started_at is not None:
        rows["process"] = f"pid {found.pid}, since {found.started_at:%Y-%m-%d %H:%M} UTC"
    return rows


def _server_rows(settings: Settings) -> dict[str, str]:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(
            "select current_setting('server_version'), pg_database_size(current_database())"
        )
        version, size = cursor.fetchone() or ("unknown", None)
    return {
        "database": f"your own Postgres {version}, up",
        "url": settings.connection.url(),
        "size": _megabytes(size),
    }


def _psql_program(info: ConnectionInfo) -> str:
    try:
        return str(wheel_bin_dir() / "psql")
    except DatabaseUnavailable:
        found = shutil.which("psql")
        if found is None:
            raise DatabaseUnavailable(
                f"no psql on this machine: install the Postgres client to open {info.url()}"
            ) from None
        return found


def _megabytes(size: int | None) -> str:
    return "unknown size" if size is None else f"{size / 1e6:,.0f} MB"
