"""Which tables and columns the database has, with the comments that describe them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from warehouse.bulk import read_arrow
from warehouse.errors import UsageError
from warehouse.settings import Settings

Kind = Literal["number", "boolean", "date", "timestamp", "text", "other"]

LANDING_MARK = "_"
"""Landing columns (_batch_id, _row_number, ...) say how a row came here and not what it holds."""
STAGED = re.compile(r"^stg_(.+?)__")
KIND_NAMES = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialized view",
    "f": "foreign table",
}

# coalesce(nullif(typbasetype, 0), oid): a domain is profiled as what it stands for.
RELATIONS = """
select n.nspname as schema_name, c.relname as name, cast(c.relkind as text) as kind,
    coalesce(obj_description(c.oid, 'pg_class'), '') as description
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where cast(c.relkind as text) in ('r', 'p', 'v', 'm', 'f')
    and n.nspname not like 'pg\\_%'
    and n.nspname <> 'information_schema'
    and has_schema_privilege(n.oid, 'usage')
    and has_table_privilege(c.oid, 'select')
order by n.nspname, c.relname
"""
COLUMNS = """
select a.attname as name, format_type(a.atttypid, a.atttypmod) as data_type,
    b.typname as base_type, coalesce(col_description(c.oid, a.attnum), '') as description
from pg_attribute as a
join pg_class as c on c.oid = a.attrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_type as t on t.oid = a.atttypid
join pg_type as b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
UNIQUE_INDEXES = """
select cast(i.indexrelid as bigint) as index_id, a.attname as column_name
from pg_index as i
join pg_class as c on c.oid = i.indrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum = any(cast(i.indkey as smallint[]))
where n.nspname = $1 and c.relname = $2 and i.indisunique and i.indpred is null
    and not (0 = any(cast(i.indkey as smallint[])))
order by i.indexrelid, a.attnum
"""

NUMBERS = {"int2", "int4", "int8", "numeric", "float4", "float8"}
TEXTS = {"text", "varchar", "bpchar", "name", "uuid"}
TIMESTAMPS = {"timestamp", "timestamptz"}


@dataclass(frozen=True)
class Relation:
    """One table or view."""

    schema: str
    name: str
    kind: str
    description: str

    @property
    def full_name(self) -> str:
        """The name as people write it, for example marts.customer_360."""
        return f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """The name as SQL takes it, whatever characters are in it."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"


@dataclass(frozen=True)
class Column:
    """One column of a relation."""

    name: str
    data_type: str
    base_type: str
    description: str

    @property
    def kind(self) -> Kind:
        """What can be computed with it."""
        if self.base_type in NUMBERS:
            return "number"
        if self.base_type in TEXTS:
            return "text"
        if self.base_type in TIMESTAMPS:
            return "timestamp"
        if self.base_type == "bool":
            return "boolean"
        return "date" if self.base_type == "date" else "other"

    @property
    def is_landing(self) -> bool:
        """Whether the loader filled it, and not the shop."""
        return self.name.startswith(LANDING_MARK)


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def read_relations(settings: Settings) -> list[Relation]:
    """Return every table and view that this user may read, by schema and name."""
    rows = read_arrow(settings, RELATIONS).to_pylist()
    return [
        Relation(row["schema_name"], row["name"], KIND_NAMES[row["kind"]], row["description"])
        for row in rows
    ]


def read_columns(settings: Settings, relation: Relation) -> list[Column]:
    """Return the columns of a relation in their order."""
    rows = read_arrow(settings, COLUMNS, (relation.schema, relation.name)).to_pylist()
    return [Column(**row) for row in rows]


def read_unique_indexes(settings: Settings, relation: Relation) -> list[tuple[str, ...]]:
    """Return the columns of each unique index: the keys that the database itself enforces."""
    rows = read_arrow(settings, UNIQUE_INDEXES, (relation.schema, relation.name)).to_pylist()
    keys: dict[Any, list[str]] = {}
    for row in rows:
        keys.setdefault(row["index_id"], []).append(row["column_name"])
    return [tuple(key) for key in keys.values()]


def staged_tables(relations: Sequence[Relation], source: str) -> list[Relation]:
    """Return the staged tables of a source, by name."""
    return [relation for relation in relations if _source_of(relation) == source]


def find_relations(relations: Sequence[Relation], wanted: str) -> list[Relation]:
    """Return what an argument of the command line means.

    Args:
        relations: all there are.
        wanted: `marts.customer_360`, `customer_360` or the name of a source.

    Returns:
        One relation, or the staged tables of a source.

    Raises:
        UsageError: nothing has this name, or several schemas have it.
    """
    exact = [relation for relation in relations if relation.full_name == wanted]
    named = exact or [relation for relation in relations if relation.name == wanted]
    if len(named) > 1:
        names = ", ".join(relation.full_name for relation in named)
        raise UsageError(f"'{wanted}' is in several schemas: say which of {names}")
    found = named or staged_tables(relations, wanted)
    if not found:
        raise UsageError(_unknown(relations, wanted))
    return found


def is_source(relations: Sequence[Relation], wanted: str) -> bool:
    """Tell whether an argument names a source and not a table."""
    names = {relation.name for relation in relations}
    names |= {relation.full_name for relation in relations}
    return wanted not in names and bool(staged_tables(relations, wanted))


def _source_of(relation: Relation) -> str | None:
    found = STAGED.match(relation.name)
    return found.group(1) if found else None


def _unknown(relations: Sequence[Relation], wanted: str) -> str:
    if not relations:
        return f"there is no '{wanted}': the warehouse is empty; run 'clientele run sample' first"
    close = difflib.get_close_matches(wanted.lower(), sorted(set(_names(relations))), n=4)
    if close:
        return f"no table or source '{wanted}' in the warehouse: did you mean {', '.join(close)}?"
    sources = sorted({source for source in map(_source_of, relations) if source})
    return (
        f"no table or source '{wanted}' in the warehouse: sources with staged tables are "
        f"{', '.join(sources) or 'none'}; tables are named like marts.customer_360. "
        "A table that was not built yet needs 'clientele build'"
    )


def _names(relations: Sequence[Relation]) -> Iterator[str]:
    for relation in relations:
        source = _source_of(relation)
        yield from (relation.full_name, relation.name, *([source] if source else []))
