"""What arrives of somebody who was forgotten: landed without the number and the personal values."""

from __future__ import annotations

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.check_sample import OF_THE_BATCH
from ingest.contract import Table
from ingest.forget.erase import emptied, hashed_sql
from ingest.forget.tables import PersonTable

_UPDATE = sql.SQL("update {relation} as t set {changes} where {of_the_batch} and ({known})")
_NAMELESS = sql.SQL("({number} is null and {known})")
_KNOWN = sql.SQL("{hash} in (select identifier_hash from raw.forgotten_accounts)")


def empty_arrivals(cursor: Cursor, table: Table) -> int:
    """Empty the rows of the current batch that are of forgotten accounts; return how many.

    A row with a number goes by its number alone: somebody else may have the same address. One
    without goes by its order and by the e-mail and phone that it left. Staging then rejects what
    makes no sense without a customer, and keeps an order as one of nobody.
    """
    item = PersonTable(table)
    if not (item.number or item.personal):
        return 0
    cursor.execute("select min(salt) from raw.forgotten_accounts")
    row = cursor.fetchone()
    known = _known(item, str(row[0])) if row and row[0] else []
    if not known:
        return 0
    columns = [item.number] if item.number else []
    cursor.execute(
        _UPDATE.format(
            relation=item.relation,
            changes=sql.SQL(", ").join(emptied([*columns, *item.references, *item.personal])),
            of_the_batch=OF_THE_BATCH,
            known=sql.SQL(" or ").join(known),
        )
    )
    return cursor.rowcount


def _known(item: PersonTable, salt: str) -> list[sql.Composable]:
    """The conditions by which a row is known; none for a table without persons."""
    nameless: dict[str, sql.Composable] = {
        kind: sql.SQL("lower(trim(t.{}))").format(sql.Identifier(column))
        for column, kind in item.contacts.items()
        if kind in ("email", "phone")
    }
    if item.personal and item.has_orders:
        nameless["order"] = sql.SQL("t._source_name || ':' || {}").format(item.order_sql())
    number = item.number_sql()
    found: list[sql.Composable] = [
        _NAMELESS.format(number=number, known=_KNOWN.format(hash=hashed_sql(salt, kind, value)))
        for kind, value in nameless.items()
    ]
    if item.number:
        key = sql.SQL("t._source_name || ':' || {}").format(number)
        found.append(_KNOWN.format(hash=hashed_sql(salt, "account", key)))
    return found
