"""Which raw tables know of persons, and how their columns say who it is: read from the contract."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from psycopg2 import sql

from ingest.contract import SCHEMA, Table, known_sources, load_contract

KINDS = {"email": "email", "phone": "phone", "name": "name"}
"""Kinds of personal values that tell who somebody is, by what the name of their column holds."""
ORDER = "order_id"

_TEXT = "nullif(trim(t.{}), '')"
# 17850.0 is what a spreadsheet makes of 17850; what is no number at all stays as it is.
_WHOLE = (
    "case when t.{0} ~ '^\\s*[0-9]{{1,18}}([.]0*)?\\s*$' "
    "then trunc(cast(trim(t.{0}) as numeric))::text else nullif(trim(t.{0}), '') end"
)


@dataclass(frozen=True)
class PersonTable:
    """A raw table that names customers or holds personal values. In its SQL the table is `t`."""

    table: Table

    @property
    def relation(self) -> sql.Composable:
        """The table."""
        return sql.Identifier(SCHEMA, self.table.identifier)

    @cached_property
    def number(self) -> str | None:
        """The column with the shop's number of the customer."""
        return next((c.name for c in self.table.columns if c.customer in _NUMBERS), None)

    @cached_property
    def references(self) -> list[str]:
        """Columns with further numbers of the same person."""
        return [c.name for c in self.table.columns if c.customer == "reference"]

    @cached_property
    def personal(self) -> list[str]:
        """Columns tagged pii."""
        return [c.name for c in self.table.columns if c.pii]

    @cached_property
    def contacts(self) -> dict[str, str]:
        """Of these, the columns that say who somebody is: column to kind."""
        return {
            column: kind
            for column in self.personal
            for word, kind in KINDS.items()
            if word in column
        }

    @property
    def has_orders(self) -> bool:
        """Whether its rows name an order."""
        return any(column.name == ORDER for column in self.table.columns)

    def number_sql(self) -> sql.Composable:
        """The number as staging reads it; null where there is none."""
        if self.number is None:
            return sql.SQL("cast(null as text)")
        kind = next(c.customer for c in self.table.columns if c.name == self.number)
        template = _WHOLE if kind == "whole_number" else _TEXT
        return sql.SQL(template).format(sql.Identifier(self.number))

    def guest_sql(self) -> sql.Composable:
        """The key of a guest, as the macro shop_account_id has it; null for other rows."""
        kinds = {kind: column for column, kind in self.contacts.items()}
        found = [
            sql.SQL(template).format(sql.Identifier(kinds[kind]))
            for kind, template in (
                ("email", "lower(nullif(trim(t.{}), ''))"),
                ("phone", "nullif(trim(t.{}), '')"),
            )
            if kind in kinds
        ]
        if not found or self.number is None:
            return sql.SQL("cast(null as text)")
        return sql.SQL("case when {} is null then md5(coalesce({})) end").format(
            self.number_sql(), sql.SQL(", ").join(found)
        )

    def order_sql(self) -> sql.Composable:
        """The order that a row names."""
        return sql.SQL(_TEXT).format(sql.Identifier(ORDER))


_NUMBERS = ("number", "whole_number")


def person_tables(project_dir: Path) -> list[PersonTable]:
    """Return the raw tables of all sources that know of persons.

    Raises:
        UsageError: a contract that cannot be understood.
    """
    found = [
        PersonTable(table)
        for name in known_sources(project_dir)
        for table in load_contract(project_dir, name).tables
    ]
    return [item for item in found if item.number or item.personal]
