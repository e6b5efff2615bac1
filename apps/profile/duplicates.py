"""Rows that are there more than once, counted in the database over every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from apps.profile.catalogue import Column, Relation, quoted
from warehouse.bulk import read_arrow
from warehouse.settings import Settings

# md5 as uuid takes 16 bytes a row instead of the row itself, and no two rows of one table will
# ever share one by chance.
EQUAL_ROWS = """
with grouped as (
    select count(*) as n
    from {relation} as t
    {condition}
    group by cast(md5(cast({row} as text)) as uuid)
)

select
    cast(coalesce(sum(n - 1), 0) as bigint) as extra_rows,
    count(*) filter (where n > 1) as groups,
    coalesce(max(n), 0) as most
from grouped
"""


@dataclass(frozen=True)
class Duplicates:
    """How many rows say again what another row has said."""

    title: str
    columns: tuple[str, ...]
    extra_rows: int
    """Rows that would go if each group kept one."""
    groups: int
    """Different rows, or keys, that occur more than once."""
    most: int
    is_key: bool = False


def read_duplicates(
    settings: Settings,
    relation: Relation,
    columns: Sequence[Column],
    keys: Sequence[tuple[str, ...]],
    unique: Set[str] = frozenset(),
) -> list[Duplicates]:
    """Return duplicates of whole rows, of rows without their keys, and of every key.

    A key or landing column makes every row its own. So rows are also compared without those:
    the same line that landed twice shows only there. A row whose key has a null counts for no key.

    Args:
        settings: as from `warehouse.connect.ensure_server`.
        relation: a table with rows.
        columns: its columns.
        keys: columns of each key; one that names an unknown column is left out.
        unique: columns known to hold another value in every row: nothing that has one of them
            needs to be compared.
    """
    return [
        Duplicates(title, names, 0, 0, 1, is_key)
        if unique & set(names)
        else _read(settings, relation, title, names, is_key)
        for title, names, is_key in _compared(columns, keys)
    ]


def _compared(
    columns: Sequence[Column], keys: Sequence[tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    names = tuple(column.name for column in columns)
    usable = [key for key in keys if set(key) <= set(names)]
    yield "Whole rows", names, False
    single = {key[0] for key in usable if len(key) == 1}
    content = tuple(
        column.name for column in columns if not column.is_landing and column.name not in single
    )
    if content and content != names:
        yield "Rows without key and landing columns", content, False
    for key in usable:
        yield "Key " + ", ".join(key), key, True


def _read(
    settings: Settings, relation: Relation, title: str, names: tuple[str, ...], is_key: bool
) -> Duplicates:
    listed = [f"t.{quoted(name)}" for name in names]
    filled = " and ".join(f"{name} is not null" for name in listed)
    query = EQUAL_ROWS.format(
        relation=relation.sql,
        condition=f"where {filled}" if is_key else "",
        row=f"row({', '.join(listed)})",
    )
    row = read_arrow(settings, query).to_pylist()[0]
    return Duplicates(title=title, columns=names, is_key=is_key, **row)
