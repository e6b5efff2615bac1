"""`clientele db roles`: the groups that people and tools get their rights from."""

from __future__ import annotations

import typer

from warehouse.connect import connect, ensure_server
from warehouse.errors import ClienteleError
from warehouse.roles import ROLES, create_roles, creation_sql, existing_roles
from warehouse.settings import load_settings


def roles() -> None:
    """Make the roles reader, analyst, ml and loader where they are missing, and list them."""
    settings = ensure_server(load_settings())
    with connect(settings) as conn:
        found = existing_roles(conn)
        missing = [role for role in ROLES if role not in found]
        try:
            create_roles(conn, missing)
        except ClienteleError:
            typer.echo("\n".join(creation_sql(missing)))
            raise
    for role, what in ROLES.items():
        members = ", ".join(found.get(role, [])) or "nobody yet"
        typer.echo(f"{role:<20}{what}. Members: {members}")
    if missing:
        typer.echo("Made. The next 'clientele build' grants them their tables.")
    typer.echo("To let somebody in: create role ann login password '...' in role clientele_reader")
