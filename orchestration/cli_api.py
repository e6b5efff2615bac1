"""`clientele api`: the HTTP API and its keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from orchestration.console import Console
from orchestration.tables import table
from warehouse.connect import connect, ensure_server
from warehouse.errors import UsageError
from warehouse.settings import Settings, load_settings

api_app = typer.Typer(
    name="api",
    help="Serve predictions over HTTP, and say who may ask.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
keys_app = typer.Typer(
    name="keys",
    help="Make, list and revoke API keys.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
api_app.add_typer(keys_app)
INSERT = """
insert into api.keys (key_id, key_hash, scopes, label, is_revoked, recorded_at)
values (%s, %s, %s, %s, %s, %s)
"""


@api_app.command()
def serve(
    host: Annotated[
        str | None,
        typer.Option(
            help="Address to listen on; beyond this machine keys are needed.",
            show_default="127.0.0.1",
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, show_default="8100", metavar="N")
    ] = None,
    keys: Annotated[
        bool | None,
        typer.Option(
            "--keys/--no-keys",
            help="Whether requests need a key.",
            show_default="beyond this machine",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Log warnings only.")] = False,
) -> None:
    """Serve the API until Ctrl-C. More settings: CLIENTELE_API_*, see docs/api.md."""
    from apps.api.config import load_config  # noqa: PLC0415 (brings half of the libraries)
    from apps.api.server import serve as serve_api  # noqa: PLC0415

    config = load_config(host=host, port=port, require_keys=keys)
    settings = _settings()
    console = Console()
    console.say(f"http://{config.host}:{config.port}/docs shows what can be asked; Ctrl-C stops")
    if not config.needs_keys:
        console.say("No key is needed: whoever reaches this address sees everything", "yellow")
    serve_api(settings, config, not quiet)


@keys_app.command()
def create(
    label: Annotated[str, typer.Argument(help="Whose it is: a person, or a program.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="read, predict, admin or personal (repeatable).", show_default="read and predict"
        ),
    ] = None,
) -> None:
    """Make a key and show it, this once."""
    from apps.api.keys import checked_scopes, hashed, new_key  # noqa: PLC0415

    try:
        scopes = checked_scopes(scope or ["read", "predict"])
    except ValueError as error:
        raise UsageError(str(error)) from None
    settings = _settings()
    key_id, key = new_key()
    _append(settings, (key_id, hashed(key), ",".join(scopes), label, False))
    typer.echo(key)
    Console().say(f"Key {key_id} may {', '.join(scopes)}. It is shown this once: keep it safe")


@keys_app.command("list")
def list_keys() -> None:
    """List the keys; not the keys themselves, which are nowhere."""
    made = table("API keys", "id", "label", "scopes", "since", "state")
    for key_id, _, scopes, label, is_revoked, since in _known(_settings()):
        made.add_row(
            key_id, label, scopes, f"{since:%Y-%m-%d %H:%M}", "revoked" if is_revoked else "valid"
        )
    Console().output.print(made)


@keys_app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="Id of the key.")]) -> None:
    """Refuse a key from now on; servers that run know it within seconds."""
    settings = _settings()
    found = next((row for row in _known(settings) if row[0] == key_id), None)
    if found is None:
        raise UsageError(f"there is no key {key_id}; see 'clientele api keys list'")
    if found[4]:
        raise UsageError(f"key {key_id} is revoked already")
    _append(settings, (*found[:4], True))
    Console().say(f"Key {key_id} ({found[3]}) is refused from now on")


def _settings() -> Settings:
    """The database, up, with the tables of the API."""
    from orchestration.dbt_runner import create_declared_tables  # noqa: PLC0415
    from orchestration.declared_tables import missing_columns  # noqa: PLC0415

    settings = ensure_server(load_settings())
    if any(schema == "api" for schema, _, _ in missing_columns(settings)):
        create_declared_tables(settings)
    return settings


def _known(settings: Settings) -> list[tuple]:  # type: ignore[type-arg]
    from apps.api.keys import NEWEST  # noqa: PLC0415

    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(NEWEST)
        return cursor.fetchall()


def _append(settings: Settings, row: tuple[object, ...]) -> None:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(INSERT, (*row, datetime.now(UTC).replace(tzinfo=None)))
