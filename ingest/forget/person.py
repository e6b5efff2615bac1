"""Who is to be forgotten: accounts, what they left, their rows, and who else holds the same."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.forget.tables import PersonTable

GUEST = "guest:"
FIRST_NUMBER = 1_000_000_000

# Values go into temporary tables once, and not into every statement: a statement that fails is
# written into the server's log.
_MAKE = """
drop table if exists forget_accounts, forget_values, forget_orders;
create temporary table forget_accounts (
    person int, source_name text, number text, guest_hash text, pseudonym text
);
create temporary table forget_values (
    person int, kind text, value text, is_shared boolean default false
);
create temporary table forget_orders (source_name text, order_number text)
"""
_MINE = sql.SQL(
    "((t._source_name, {number}) in (select source_name, number from forget_accounts) "
    "or (t._source_name, {guest}) in (select source_name, guest_hash from forget_accounts))"
)
_JOINED = sql.SQL(
    "a.source_name = t._source_name and (a.number = {number} or a.guest_hash = {guest})"
)
# A number left without a name is this person's, unless somebody else showed the same with a name.
_NAMELESS_GUESTS = sql.SQL("""
insert into forget_accounts (person, source_name, guest_hash)
select min(v.person), t._source_name, v.guest_hash
from {relation} as t
join (
    select person, md5(value) as guest_hash from forget_values where kind in ('email', 'phone')
) as v on v.guest_hash = {guest}
where not exists (
    select from forget_accounts as a
    where a.source_name = t._source_name and a.guest_hash = v.guest_hash
)
group by t._source_name, v.guest_hash
having bool_and({name} is null or {name} in (select value from forget_values where kind = 'name'))
""")
_VALUES = sql.SQL(
    "insert into forget_values (person, kind, value) "
    "select distinct a.person, {kind}, lower(trim(t.{column})) "
    "from {relation} as t join forget_accounts as a on {joined} "
    "where nullif(trim(t.{column}), '') is not null"
)
_ONCE = """
create temporary table forget_once as
    select distinct on (kind, value) person, kind, value from forget_values
    order by kind, value, person;
truncate forget_values;
insert into forget_values (person, kind, value) select person, kind, value from forget_once;
drop table forget_once
"""
_ORDERS = sql.SQL(
    "insert into forget_orders select distinct t._source_name, {order} "
    "from {relation} as t where {mine} and {order} is not null"
)
_COUNT = sql.SQL("select count(*) from {relation} as t where {condition}")
_HOLDERS = sql.SQL(
    "select v.kind, v.value, "
    "t._source_name || ':' || coalesce({number}, 'a guest') "
    "from {relation} as t join forget_values as v "
    "on v.kind = {kind} and v.value = lower(trim(t.{column})) "
    "where not coalesce({mine}, false) group by 1, 2, 3"
)


@dataclass(frozen=True)
class Account:
    """One account of a person: a number that the shop gave, or a guest's hash."""

    source_name: str
    number: str | None = None
    guest_hash: str | None = None

    @property
    def account_id(self) -> str:
        """The key in the warehouse, `<source>:<number>`."""
        return f"{self.source_name}:{self.number or GUEST + str(self.guest_hash)}"


@dataclass(frozen=True)
class Value:
    """Something that a person left, in small letters."""

    kind: str
    value: str
    is_shared: bool = False
    """Whether other accounts hold it too."""


@dataclass
class Found:
    """What raw tables hold of the persons."""

    accounts: dict[Account, str | None] = field(default_factory=dict)
    """Each account and the pseudonym that takes its place."""
    values: list[Value] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    """Rows to change, by table."""
    holders: dict[str, set[str]] = field(default_factory=dict)
    """Which other accounts hold a value of a kind."""


def account(account_id: str) -> Account:
    """Return the account that a key names: `shop:1042`, or `shop:guest:<hash>`."""
    source, _, number = account_id.partition(":")
    if number.startswith(GUEST):
        return Account(source, guest_hash=number.removeprefix(GUEST))
    return Account(source, number=number)


def find(
    cursor: Cursor,
    tables: Sequence[PersonTable],
    persons: Sequence[Sequence[Account]],
    known_values: Sequence[Sequence[Value]],
) -> Found:
    """Look for persons in raw tables; nothing is changed.

    Temporary tables of the session keep what was found for `erase`.

    Args:
        cursor: of the session that will erase.
        tables: those that exist.
        persons: the accounts of each.
        known_values: what is known of each from elsewhere, as from tables built earlier.
    """
    cursor.execute(_MAKE)
    _note(cursor, persons, known_values)
    _collect_values(cursor, tables)
    for item in tables:
        _add_nameless_guests(cursor, item)
    _collect_values(cursor, tables)
    _give_pseudonyms(cursor, tables)
    _collect_orders(cursor, tables)
    counts = {item.table.relation: _count(cursor, item) for item in tables}
    return Found(
        holders=_holders(cursor, tables),
        rows={relation: count for relation, count in counts.items() if count},
        accounts=_accounts(cursor),
        values=_values(cursor),
    )


def has_rows(cursor: Cursor, tables: Sequence[PersonTable], one: Account) -> bool:
    """Tell whether raw has rows of an account, as of one that was landed since the last build."""
    for item in tables:
        condition = sql.SQL("t._source_name = {} and ({} = {} or {} = {})").format(
            sql.Literal(one.source_name),
            *(item.number_sql(), sql.Literal(one.number)),
            *(item.guest_sql(), sql.Literal(one.guest_hash)),
        )
        if item.number:
            cursor.execute(_COUNT.format(relation=item.relation, condition=condition))
            if _one(cursor):
                return True
    return False


def mine(item: PersonTable) -> sql.Composable:
    """The condition that a row is of an account to be forgotten."""
    return _MINE.format(number=item.number_sql(), guest=item.guest_sql())


def joined(item: PersonTable) -> sql.Composable:
    """The condition that a row is of the account `a`."""
    return _JOINED.format(number=item.number_sql(), guest=item.guest_sql())


def by_order(item: PersonTable) -> sql.Composable:
    """The condition that a row is about an order of theirs and names nobody itself: a review."""
    filled = sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(c)) for c in item.personal)
    return sql.SQL(
        "({} is null and num_nonnulls({}) > 0 and (t._source_name, {}) in "
        "(select source_name, order_number from forget_orders))"
    ).format(item.number_sql(), filled, item.order_sql())


def _note(
    cursor: Cursor,
    persons: Sequence[Sequence[Account]],
    known_values: Sequence[Sequence[Value]],
) -> None:
    for number, (accounts, values) in enumerate(zip(persons, known_values, strict=True)):
        for one in accounts:
            cursor.execute(
                "insert into forget_accounts values (%s, %s, %s, %s)",
                (number, one.source_name, one.number, one.guest_hash),
            )
        for value in values:
            cursor.execute(
                "insert into forget_values (person, kind, value) values (%s, %s, %s)",
                (number, value.kind, value.value),
            )


def _values(cursor: Cursor) -> list[Value]:
    cursor.execute("select kind, value, is_shared from forget_values order by 1, 2")
    return [Value(*row) for row in cursor.fetchall()]


def _collect_values(cursor: Cursor, tables: Sequence[PersonTable]) -> None:
    for item, column, kind in _contacts(tables):
        if item.number:
            cursor.execute(
                _VALUES.format(
                    kind=sql.Literal(kind),
                    column=sql.Identifier(column),
                    relation=item.relation,
                    joined=joined(item),
                )
            )
    cursor.execute(_ONCE)


def _contacts(tables: Sequence[PersonTable]) -> Iterator[tuple[PersonTable, str, str]]:
    for item in tables:
        for column, kind in item.contacts.items():
            yield item, column, kind


def _add_nameless_guests(cursor: Cursor, item: PersonTable) -> None:
    if not {"email", "phone"} & set(item.contacts.values()) or not item.number:
        return
    names = [column for column, kind in item.contacts.items() if kind == "name"]
    name: sql.Composable = sql.SQL("cast(null as text)")
    if names:
        name = sql.SQL("lower(nullif(trim(t.{}), ''))").format(sql.Identifier(names[0]))
    cursor.execute(
        _NAMELESS_GUESTS.format(relation=item.relation, guest=item.guest_sql(), name=name)
    )


def _give_pseudonyms(cursor: Cursor, tables: Sequence[PersonTable]) -> None:
    """Give each person one pseudonym per shop in which they have a number."""
    cursor.execute(
        "select person, source_name, bool_and(number ~ '^[0-9]+$') from forget_accounts "
        "where number is not null group by 1, 2"
    )
    for person, source, is_numeric in cursor.fetchall():
        pseudonym = _free_number(cursor, tables) if is_numeric else _name()
        # A guest's orders without a number of the shop stay without: an unknown number would be
        # rejected in staging, and the money with it.
        cursor.execute(
            "update forget_accounts set pseudonym = %s where person = %s and source_name = %s",
            (pseudonym, person, source),
        )


def _name() -> str:
    return f"forgotten-{secrets.token_hex(6)}"


def _free_number(cursor: Cursor, tables: Sequence[PersonTable]) -> str:
    """Return a number that no customer has; shops with numbers expect one."""
    while True:
        number = str(FIRST_NUMBER + secrets.randbelow(FIRST_NUMBER))
        taken = 0
        for item in tables:
            if item.number:
                condition = sql.SQL("{} = {}").format(item.number_sql(), sql.Literal(number))
                cursor.execute(_COUNT.format(relation=item.relation, condition=condition))
                taken += _one(cursor)
        if not taken:
            return number


def _collect_orders(cursor: Cursor, tables: Sequence[PersonTable]) -> None:
    for item in tables:
        if item.number and item.has_orders:
            cursor.execute(
                _ORDERS.format(relation=item.relation, order=item.order_sql(), mine=mine(item))
            )


def _count(cursor: Cursor, item: PersonTable) -> int:
    condition = mine(item) if item.number else sql.SQL("false")
    if item.personal and item.has_orders:
        condition = sql.SQL("({} or {})").format(condition, by_order(item))
    cursor.execute(_COUNT.format(relation=item.relation, condition=condition))
    return _one(cursor)


def _holders(cursor: Cursor, tables: Sequence[PersonTable]) -> dict[str, set[str]]:
    """Find who else holds the same values, and mark these as shared."""
    found: dict[str, set[str]] = {}
    for item, column, kind in _contacts(tables):
        cursor.execute(
            _HOLDERS.format(
                kind=sql.Literal(kind),
                column=sql.Identifier(column),
                relation=item.relation,
                number=item.number_sql(),
                mine=mine(item),
            )
        )
        for _, value, holder in cursor.fetchall():
            found.setdefault(kind, set()).add(holder)
            cursor.execute(
                "update forget_values set is_shared = true where kind = %s and value = %s",
                (kind, value),
            )
    return found


def _accounts(cursor: Cursor) -> dict[Account, str | None]:
    cursor.execute(
        "select source_name, number, guest_hash, pseudonym from forget_accounts order by 1, 2, 3"
    )
    return {Account(source, *rest): name for source, *rest, name in cursor.fetchall()}


def _one(cursor: Cursor) -> int:
    row = cursor.fetchone()
    return int(row[0]) if row else 0
