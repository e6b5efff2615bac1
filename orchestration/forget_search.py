"""The proof: every text of every table, and every file of the home, is searched for a person."""

from __future__ import annotations

import gzip
import html
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.forget.person import Account, Value
from orchestration.dbt_runner import target_dir
from warehouse.settings import Settings

SHORTEST_PHONE = 6
SHORTEST_NUMBER = 6
SHORTEST_DIGITS = 8
SERVER_FOLDER = "postgres"
BLOCK = 1 << 20

_TABLES = """
select n.nspname, c.relname, array_agg(a.attname::text order by a.attnum),
    has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type as y on y.oid = a.atttypid
where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_(toast|temp)'
    and (y.typcategory = 'S' or y.typname in ('json', 'jsonb', 'xml') or y.typelem <> 0)
group by n.nspname, c.relname, n.oid, c.oid order by 1, 2
"""
_ROWS = sql.SQL(
    "select count(*) filter (where {anchors} and clientele_search.said ~* %s) from {table}, "
    "lateral (select lower(concat_ws(chr(10), {columns})) as said) as clientele_search"
)
# Looking for a plain text is seven times as fast as a regular expression, but only for a few texts.
_ANCHOR = sql.SQL("strpos(clientele_search.said, {}) > 0")
MOST_ANCHORS = 8
_HITS = sql.SQL("select {counts} from {table}")
_OF_COLUMN = sql.SQL("count(*) filter (where {}::text ~* %s)")
# The planner keeps the most frequent values of every column.
_STATISTICS = """
select schemaname, tablename, attname from pg_stats
where schemaname not in ('pg_catalog', 'information_schema')
    and concat_ws(chr(10), most_common_vals::text, histogram_bounds::text) ~* %s
"""


@dataclass(frozen=True)
class Term:
    """One thing that is searched for."""

    kind: str
    """account, number, email, phone, name or hash."""
    pattern: str
    """A regular expression that Postgres and Python read alike."""
    anchors: tuple[str, ...]
    """Texts in small letters, one of which is in everything that matches."""


@dataclass
class Search:
    """What was searched, and what was found."""

    tables: int = 0
    columns: int = 0
    files: int = 0
    hits: list[tuple[str, str, int]] = field(default_factory=list)
    """Place, kind of what was found there, and how many rows."""
    unread: list[str] = field(default_factory=list)
    """Tables that the user of the connection may not read."""


def terms(
    accounts: Sequence[Account], values: Sequence[Value], hashes: Sequence[str]
) -> list[Term]:
    """Return what tells a person from others.

    What others hold too is left out, and so is what would be found in every other row: a number
    of a few digits, a first name.

    Args:
        accounts: all of the person.
        values: what they left.
        hashes: of identifiers that no other account has shown.
    """
    found = [word("account", account.account_id) for account in accounts]
    found += [
        word("number", account.number)
        for account in accounts
        if account.number and is_distinctive(account.number)
    ]
    found += [term for value in values if not value.is_shared for term in _of_value(value)]
    found += [word("hash", value) for value in hashes]
    return list(dict.fromkeys(found))


def word(kind: str, text: str) -> Term:
    """Return the term for a text that is no part of a longer word."""
    return Term(kind, rf"(?<!\w){re.escape(text)}(?!\w)", (text.lower(),))


def is_distinctive(number: str) -> bool:
    """Tell whether a customer number is unlikely to be anything else."""
    if number.isdigit():
        return len(number) >= SHORTEST_DIGITS
    return len(number) >= SHORTEST_NUMBER and any(sign.isdigit() for sign in number)


def one_pattern(found: Sequence[Term]) -> str:
    """Return the pattern that matches any of the terms."""
    return "|".join(f"(?:{term.pattern})" for term in found)


def search_database(cursor: Cursor, found: Sequence[Term], search: Search) -> None:
    """Search every text column of every table; adds to `search`."""
    anything, anchors = one_pattern(found), _anchors(found)
    cursor.execute(_TABLES)
    for schema, name, columns, is_readable in cursor.fetchall():
        place = f"{schema}.{name}"
        if not is_readable:
            search.unread.append(place)
            continue
        search.tables += 1
        search.columns += len(columns)
        table = sql.Identifier(schema, name)
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        # The row as a whole first: that is one search and not one a column.
        statement = _ROWS.format(anchors=anchors, columns=listed, table=table)
        cursor.execute(statement, (anything,))
        if _one(cursor):
            search.hits += _search_columns(cursor, place, columns, found)
    cursor.execute(_STATISTICS, (anything,))
    for schema, table_name, column in cursor.fetchall():
        search.hits.append((f"the planner's statistics of {schema}.{table_name}", column, 1))


def search_files(settings: Settings, found: Sequence[Term], search: Search) -> list[Path]:
    """Search every file of the home but the server's own; returns those that hold the person."""
    anything = re.compile(one_pattern(found), re.IGNORECASE)
    holding = []
    for path in _files(settings):
        search.files += 1
        if any(anything.search(text) for text in _texts(path)):
            holding.append(path)
    return holding


def _search_columns(
    cursor: Cursor, place: str, columns: Sequence[str], found: Sequence[Term]
) -> list[tuple[str, str, int]]:
    kinds = list(dict.fromkeys(term.kind for term in found))
    pairs = [(column, kind) for column in columns for kind in kinds]
    counts = sql.SQL(", ").join(_OF_COLUMN.format(sql.Identifier(column)) for column, _ in pairs)
    of_kind = {kind: one_pattern([term for term in found if term.kind == kind]) for kind in kinds}
    table = sql.Identifier(*place.split(".", 1))
    cursor.execute(_HITS.format(counts=counts, table=table), [of_kind[kind] for _, kind in pairs])
    numbers = cursor.fetchone() or ()
    return [
        (f"{place}.{column}", kind, int(count))
        for (column, kind), count in zip(pairs, numbers, strict=True)
        if count
    ]


def _of_value(value: Value) -> Iterator[Term]:
    text = value.value
    if value.kind == "email" and "@" in text:
        pattern = rf"(?<![\w.+-]){re.escape(text)}(?![\w-]|[.]\w)"
        yield Term("email", pattern, (text.lower(),))
    elif value.kind == "phone":
        digits = re.sub(r"\D", "", text)
        if len(digits) >= SHORTEST_PHONE:
            pattern = rf"(?<!\d)(?:{re.escape(text)}|{digits})(?!\d)"
            yield Term("phone", pattern, (text.lower(), digits))
    elif value.kind == "name" and len(parts := text.split()) > 1:
        # One word may be anybody's name, or no name at all.
        pattern = r"\s+".join(map(re.escape, parts))
        yield Term("name", rf"(?<!\w){pattern}(?!\w)", (max(parts, key=len).lower(),))


def _anchors(found: Sequence[Term]) -> sql.Composable:
    """The condition that lets rows through to the regular expression."""
    texts = {text for term in found for text in term.anchors}
    shortest = [one for one in texts if not any(other in one for other in texts - {one})]
    if len(shortest) > MOST_ANCHORS:
        return sql.SQL("true")
    conditions = [_ANCHOR.format(sql.Literal(text)) for text in sorted(shortest)]
    return sql.SQL("({})").format(sql.SQL(" or ").join(conditions))


def _files(settings: Settings) -> Iterator[Path]:
    target = target_dir(settings)
    roots = {settings.home_dir, target, target.parent / "logs"}
    seen = set()
    for root in sorted(roots):
        for folder, folders, names in os.walk(root):
            if Path(folder) == settings.home_dir and SERVER_FOLDER in folders:
                folders.remove(SERVER_FOLDER)
            for name in sorted(names):
                path = Path(folder) / name
                if path not in seen and path.is_file() and not path.is_symlink():
                    seen.add(path)
                    yield path


def _texts(path: Path) -> Iterator[str]:
    """Yield a file in pieces that overlap; one that went away meanwhile holds nothing."""
    try:
        if path.suffix == ".parquet":
            yield from _parquet_texts(path)
            return
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            last = b""
            while block := file.read(BLOCK):
                text = (last + block).decode("utf-8", errors="replace")
                # Pages write an apostrophe as &#x27;.
                yield html.unescape(text) if path.suffix == ".html" else text
                last = block[-1000:]
    except OSError:
        return


def _parquet_texts(path: Path) -> Iterator[str]:
    import pyarrow.parquet as pq  # noqa: PLC0415 (hardly ever needed)

    for batch in pq.ParquetFile(path).iter_batches(batch_size=10_000):
        for column in batch.columns:
            yield "\n".join(str(value) for value in column.to_pylist() if value is not None)


def _one(cursor: Cursor) -> int:
    row = cursor.fetchone()
    return int(row[0]) if row else 0
