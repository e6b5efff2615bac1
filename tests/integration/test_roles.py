"""Roles on a server where nobody made them yet, by those who may and those who may not."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2.extensions
import pytest

from tests.load_help import execute
from warehouse.connect import connect
from warehouse.errors import ClienteleError
from warehouse.roles import ROLES, create_roles, creation_sql, existing_roles
from warehouse.settings import Settings


@pytest.fixture
def missing(connection: psycopg2.extensions.connection) -> list[str]:
    """Roles that the server does not have; another database of it may have made some."""
    found = existing_roles(connection)
    names = [role for role in ROLES if role not in found]
    return names or pytest.skip("this server has all roles")


@pytest.fixture
def unprivileged(settings: Settings) -> Iterator[Settings]:
    execute(settings, "create role etl_of_test login")
    try:
        yield settings
    finally:
        execute(settings, "drop role etl_of_test")


def test_roles_are_made_once_and_list_their_members(
    connection: psycopg2.extensions.connection, missing: list[str]
) -> None:
    create_roles(connection, missing)
    with connection.cursor() as cursor:
        cursor.execute(f"create role tool_of_test in role {missing[0]}")
        cursor.execute("select rolcanlogin from pg_roles where rolname = %s", (missing[0],))
        assert cursor.fetchone() == (False,)
    found = existing_roles(connection)
    assert set(found) == set(ROLES)
    assert "tool_of_test" in found[missing[0]]


def test_who_may_not_make_roles_gets_the_sql(unprivileged: Settings, missing: list[str]) -> None:
    with connect(unprivileged) as conn:
        with conn.cursor() as cursor:
            cursor.execute("set role etl_of_test")
        with pytest.raises(ClienteleError, match="may not make roles: let an administrator run"):
            create_roles(conn, missing)
        conn.rollback()
    assert creation_sql(missing)[0] == f"create role {missing[0]} nologin;"
