"""Empties and renames what `find` has found, in the transaction of the caller."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.forget.person import by_order, joined
from ingest.forget.tables import PersonTable
from ingest.ledger import utc_now

ERASED = "(forgotten)"

_BY_ACCOUNT = sql.SQL(
    "update {relation} as t set {changes} from forget_accounts as a where {where}"
)
_BY_ORDER = sql.SQL("update {relation} as t set {changes} where {where}")
# What checks quote of a batch. A wrong value cut out of an example costs nothing.
_QUOTED = {
    "batch_checks": ("observed", "threshold", "sample_values"),
    "load_batches": ("message", "source_file"),
}
_CUT_OUT = sql.SQL(
    "update {relation} set {column} = regexp_replace({column}, %s, %s, 'gi') "
    "where {column} ~* %s and source_name = any(%s)"
)
_CATEGORIES = "delete from raw.batch_statistics where category ~* %s and source_name = any(%s)"
_REMEMBER = sql.SQL(
    "insert into raw.forgotten_accounts (identifier_kind, identifier_hash, salt, forgotten_at) "
    "select distinct {kind}, {hash}, {salt}, cast({now} as timestamp) from {noted} "
    "on conflict (identifier_hash) do nothing"
)
_NOTED = {
    "account": ("source_name || ':' || number", "forget_accounts where number is not null"),
    "email": ("value", "forget_values where kind = 'email' and not is_shared"),
    "phone": ("value", "forget_values where kind = 'phone' and not is_shared"),
    "order": ("source_name || ':' || order_number", "forget_orders"),
}


def erase(cursor: Cursor, tables: Sequence[PersonTable]) -> dict[str, int]:
    """Change the rows that `find` has found; returns how many, by table."""
    changed: dict[str, int] = {}
    for item in tables:
        count = _erase_by_account(cursor, item) if item.number else 0
        if item.personal and item.has_orders:
            count += _erase_by_order(cursor, item)
        if count:
            changed[item.table.relation] = count
    return changed


def cut_out(cursor: Cursor, pattern: str, sources: Sequence[str]) -> dict[str, int]:
    """Take what matches out of examples, messages and statistics about batches of these shops.

    Args:
        cursor: in a transaction.
        pattern: a regular expression of Postgres, matched whatever the case.
        sources: names of shops.
    """
    changed: dict[str, int] = {}
    for table, columns in _QUOTED.items():
        for column in columns:
            statement = _CUT_OUT.format(
                relation=sql.Identifier("raw", table), column=sql.Identifier(column)
            )
            cursor.execute(statement, (pattern, ERASED, pattern, list(sources)))
            changed[f"raw.{table}"] = changed.get(f"raw.{table}", 0) + cursor.rowcount
    cursor.execute(_CATEGORIES, (pattern, list(sources)))
    changed["raw.batch_statistics"] = cursor.rowcount
    return {table: count for table, count in changed.items() if count}


def remember(cursor: Cursor) -> None:
    """Note salted hashes of what `find` has found, so that it is known when it arrives again.

    An address that others hold too is not noted: it is theirs.
    """
    cursor.execute("select min(salt) from raw.forgotten_accounts")
    row = cursor.fetchone()
    salt = str(row[0]) if row and row[0] else secrets.token_hex(16)
    for kind, (value, noted) in _NOTED.items():
        cursor.execute(
            _REMEMBER.format(
                kind=sql.Literal(kind),
                hash=hashed_sql(salt, kind, sql.SQL(value)),
                salt=sql.Literal(salt),
                now=sql.Literal(utc_now()),
                noted=sql.SQL(noted),
            )
        )


def forgotten_on(cursor: Cursor, account_id: str) -> date | None:
    """Return the day on which an account was forgotten, if it was."""
    cursor.execute(
        "select forgotten_at::date from raw.forgotten_accounts where identifier_hash = "
        "encode(sha256(convert_to(salt || ':account:' || %s, 'UTF8')), 'hex')",
        (account_id,),
    )
    row = cursor.fetchone()
    return row[0] if row else None


def hashed_sql(salt: str, kind: str, value: sql.Composable) -> sql.Composable:
    """Return what raw.forgotten_accounts holds of a value."""
    return sql.SQL("encode(sha256(convert_to({} || {}, 'UTF8')), 'hex')").format(
        sql.Literal(f"{salt}:{kind}:"), value
    )


def emptied(columns: Sequence[str]) -> list[sql.Composable]:
    """Return the assignments that empty columns."""
    return [sql.SQL("{} = null").format(sql.Identifier(column)) for column in columns]


def _erase_by_account(cursor: Cursor, item: PersonTable) -> int:
    changes: list[sql.Composable] = [
        sql.SQL("{} = a.pseudonym").format(sql.Identifier(str(item.number)))
    ]
    changes += [
        sql.SQL("{0} = case when t.{0} is not null then a.pseudonym end").format(
            sql.Identifier(column)
        )
        for column in item.references
    ]
    changes += emptied(item.personal)
    cursor.execute(
        _BY_ACCOUNT.format(
            relation=item.relation, changes=sql.SQL(", ").join(changes), where=joined(item)
        )
    )
    return cursor.rowcount


def _erase_by_order(cursor: Cursor, item: PersonTable) -> int:
    cursor.execute(
        _BY_ORDER.format(
            relation=item.relation,
            changes=sql.SQL(", ").join(emptied(item.personal)),
            where=by_order(item),
        )
    )
    return cursor.rowcount
