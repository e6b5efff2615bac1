"""The roles of a warehouse: groups without a login, to which people and tools are added."""

from __future__ import annotations

import psycopg2.errors
from psycopg2 import sql
from psycopg2.extensions import connection

from warehouse.errors import ClienteleError

ROLES = {
    "clientele_reader": "marts and predictions, without personal columns",
    "clientele_analyst": "everything that is built, personal columns too; neither raw nor staging",
    "clientele_ml": "reads features, appends to ml",
    "clientele_loader": "appends to raw",
}
"""The roles and what they are for. What they may do stands in dbt_project.yml and macros/roles."""

_FOUND = """
select r.rolname, coalesce(array_agg(m.rolname::text order by m.rolname)
    filter (where m.rolname is not null), '{}')
from pg_roles as r
left join pg_auth_members as a on a.roleid = r.oid
left join pg_roles as m on m.oid = a.member
where r.rolname = any(%s) group by r.rolname
"""


def existing_roles(conn: connection) -> dict[str, list[str]]:
    """Return the roles of Clientele that the server has, each with its members."""
    with conn.cursor() as cursor:
        cursor.execute(_FOUND, (list(ROLES),))
        return {str(role): list(members) for role, members in cursor.fetchall()}


def creation_sql(roles: list[str]) -> list[str]:
    """Return the statements that make these roles."""
    return [f"create role {role} nologin;" for role in roles]


def create_roles(conn: connection, roles: list[str]) -> None:
    """Make roles.

    Raises:
        ClienteleError: the user of the connection may not; nothing was made.
    """
    try:
        with conn.cursor() as cursor:
            for role in roles:
                cursor.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    except psycopg2.errors.InsufficientPrivilege:
        user = conn.info.user
        raise ClienteleError(
            f"{user} may not make roles: let an administrator run the SQL above on this server; "
            "until then builds pass and grant nothing"
        ) from None
