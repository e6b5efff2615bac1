"""`clientele forget`: a person out of raw and ml in one transaction, a rebuild, and the proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg2 import sql
from psycopg2.extensions import connection
from psycopg2.extensions import cursor as Cursor

from ingest.forget.erase import cut_out, erase, forgotten_on, remember
from ingest.forget.person import Account, Found, Value, account, find, has_rows
from ingest.forget.tables import PersonTable, person_tables
from ingest.session import transaction
from orchestration.forget_search import (
    Search,
    Term,
    one_pattern,
    search_database,
    search_files,
    terms,
    word,
)
from orchestration.job import DATA_ONLY, Job
from warehouse.connect import connect
from warehouse.errors import UsageError
from warehouse.settings import Settings

# Made anew by what wrote them; about everything else somebody has to decide.
MADE_AGAIN = ("profile", "sample", "logs", "target")
SERVER_LOG = "postgres.log"

_ACCOUNTS = """
select account_id, customer_id from intermediate.int_identity__customers
where customer_id in (
    select customer_id from intermediate.int_identity__customers
    where account_id = %s or customer_id = %s
)
"""
# As last built: a run that was killed after its transaction finds here what raw no longer has.
_KNOWN_VALUES = """
select distinct kind, lower(trim(value))
from intermediate.int_customers__accounts,
    lateral (values ('name', customer_name), ('email', email), ('phone', phone)) as v (kind, value)
where account_id = any(%s) and nullif(trim(value), '') is not null
"""
_HASHES = """
select distinct mine.identifier_hash from intermediate.int_identity__identifiers as mine
where mine.account_id = any(%s) and mine.identifier_type <> 'given_name'
    and not exists (
        select from intermediate.int_identity__identifiers as other
        where other.identifier_hash = mine.identifier_hash and other.account_id <> all(%s)
    )
"""
_SCORES = """
select c.relname from pg_class as c join pg_attribute as a on a.attrelid = c.oid
where c.relnamespace = to_regnamespace('ml') and c.relkind in ('r', 'p')
    and a.attname = 'customer_id' and not a.attisdropped order by 1
"""
_COUNT_SCORES = sql.SQL("select count(*) from {} where customer_id = any(%s)")
_RENAME_SCORES = sql.SQL("update {} set customer_id = %s where customer_id = %s")
_DELETE_SCORES = sql.SQL("delete from {} where customer_id = any(%s)")
_MODELS = """
select count(distinct (task_name, source_name)) from ml.model_runs where source_name = any(%s)
"""


@dataclass(frozen=True)
class Person:
    """A customer and all of their accounts, as identity knows them."""

    customer_id: str
    accounts: tuple[Account, ...]


@dataclass
class Plan:
    """What forgetting would change."""

    persons: list[Person]
    found: Found
    terms: list[Term]
    scores: dict[str, int]
    """Rows of predictions, by table of ml."""
    model_count: int
    files: list[Path]
    """Files of the home that hold the persons now."""

    @property
    def accounts(self) -> list[Account]:
        """All accounts of all persons."""
        return list(self.found.accounts)

    @property
    def sources(self) -> list[str]:
        """The shops that know them."""
        return sorted({account.source_name for account in self.accounts})


@dataclass
class Outcome:
    """What was changed, and what the proof found."""

    changed: dict[str, int] = field(default_factory=dict)
    removed: list[Path] = field(default_factory=list)
    """Files that held the person and can be made again."""
    search: Search = field(default_factory=Search)


@contextmanager
def forgetting(job: Job, customers: Sequence[str]) -> Iterator[tuple[connection, Plan]]:
    """Find out what forgetting these customers would change; nothing is changed.

    Args:
        job: a running job.
        customers: as `customer_id` of marts.dim_customers, or any account as `source:number`.

    Yields:
        The session that holds what was found, for `carry_out`, and the plan.

    Raises:
        UsageError: nobody is known by such a key.
    """
    job.make_tables()
    with connect(job.settings, autocommit=True) as conn, conn.cursor() as cursor:
        tables = person_tables(job.settings.project_dir)
        persons = [_person(cursor, tables, name) for name in dict.fromkeys(customers)]
        persons = list({person.customer_id: person for person in persons}.values())
        found = find(
            cursor,
            tables,
            [person.accounts for person in persons],
            [_known_values(cursor, person) for person in persons],
        )
        yield conn, _plan(cursor, job.settings, persons, found)


def carry_out(job: Job, conn: connection, plan: Plan) -> Outcome:
    """Erase, rebuild, and search for what may be left.

    Raw, ml and the list of who was forgotten change in one transaction: a kill leaves them as they
    were. A kill after it leaves the rebuild and the proof to the same command, given again.

    Raises:
        ClienteleError: dbt could not rebuild; raw and ml are done, and tables built earlier still
            hold the person.
    """
    outcome = Outcome()
    tables = person_tables(job.settings.project_dir)
    with job.console.working("Forgetting"), transaction(conn) as cursor:
        outcome.changed |= erase(cursor, tables)
        outcome.changed |= cut_out(cursor, _wide_pattern(plan), plan.sources)
        outcome.changed |= _erase_scores(cursor, plan)
        remember(cursor)
    with job.console.working("Clearing dead rows"), conn.cursor() as cursor:
        for relation in outcome.changed:
            name = sql.Identifier(*relation.split("."))
            cursor.execute(sql.SQL("vacuum (analyze) {}").format(name))
    job.build("Rebuilding", DATA_ONLY, scope="everything")
    with job.console.working("Searching"), conn.cursor() as cursor:
        outcome.removed = _remove_files(job.settings, plan, outcome.search)
        search_database(cursor, plan.terms, outcome.search)
    return outcome


def _person(cursor: Cursor, tables: Sequence[PersonTable], name: str) -> Person:
    if _exists(cursor, "intermediate.int_identity__customers"):
        cursor.execute(_ACCOUNTS, (name, name))
        rows = cursor.fetchall()
        if rows:
            return Person(rows[0][1], tuple(account(row[0]) for row in rows))
    if ":" in name and has_rows(cursor, tables, account(name)):
        return Person(name, (account(name),))
    day = forgotten_on(cursor, name)
    if day:
        raise UsageError(f"{name} was forgotten on {day}: nothing is left to forget")
    raise UsageError(
        f"nobody is known as '{name}': give a customer_id of marts.dim_customers, or the shop and "
        "its number of the customer, such as shop:1042"
    )


def _known_values(cursor: Cursor, person: Person) -> list[Value]:
    if not _exists(cursor, "intermediate.int_customers__accounts"):
        return []
    cursor.execute(_KNOWN_VALUES, ([one.account_id for one in person.accounts],))
    return [Value(kind, value) for kind, value in cursor.fetchall()]


def _plan(cursor: Cursor, settings: Settings, persons: list[Person], found: Found) -> Plan:
    ids = [one.account_id for one in found.accounts]
    hashes: list[str] = []
    if _exists(cursor, "intermediate.int_identity__identifiers"):
        cursor.execute(_HASHES, (ids, ids))
        hashes = [row[0] for row in cursor.fetchall()]
    searched = terms(list(found.accounts), found.values, hashes)
    scores = {}
    for table in _score_tables(cursor):
        cursor.execute(_COUNT_SCORES.format(sql.Identifier("ml", table)), (ids,))
        if count := _one(cursor):
            scores[f"ml.{table}"] = count
    cursor.execute(_MODELS, (sorted({one.source_name for one in found.accounts}),))
    models = _one(cursor)
    files = search_files(settings, searched, Search())
    return Plan(persons, found, searched, scores, models, files)


def _erase_scores(cursor: Cursor, plan: Plan) -> dict[str, int]:
    """Give the scores of today's key to the pseudonym, and delete those of keys that are no more.

    Two accounts of one shop become one, and one customer has one score in a run.
    """
    changed = {}
    kept = {}
    for person in plan.persons:
        home = account(person.customer_id)
        if pseudonym := plan.found.accounts.get(home):
            kept[person.customer_id] = f"{home.source_name}:{pseudonym}"
    gone = [one.account_id for one in plan.accounts if one.account_id not in kept]
    for table in _score_tables(cursor):
        target = sql.Identifier("ml", table)
        cursor.execute(_DELETE_SCORES.format(target), (gone,))
        count = cursor.rowcount
        for old, new in kept.items():
            cursor.execute(_RENAME_SCORES.format(target), (new, old))
            count += cursor.rowcount
        if count:
            changed[f"ml.{table}"] = count
    return changed


def _wide_pattern(plan: Plan) -> str:
    """What is cut out of examples that checks have kept: numbers of a few digits too."""
    numbers = [word("number", one.number) for one in plan.accounts if one.number]
    return one_pattern([*plan.terms, *numbers])


def _remove_files(settings: Settings, plan: Plan, search: Search) -> list[Path]:
    """Remove what can be made again; what cannot is a hit."""
    removed = []
    for path in search_files(settings, plan.terms, search):
        if path == settings.home_dir / SERVER_LOG:
            # The server goes on writing to it.
            path.write_bytes(b"")
        elif _is_made_again(settings, path):
            path.unlink()
        else:
            search.hits.append((str(path), "file", 1))
            continue
        removed.append(path)
    return removed


def _is_made_again(settings: Settings, path: Path) -> bool:
    """Tell whether a file is a page, a log, or of the sample. Outside of the home all are dbt's."""
    if not path.is_relative_to(settings.home_dir):
        return True
    place = path.relative_to(settings.home_dir)
    return place.parts[0] in MADE_AGAIN or place.parts[0].endswith(".html")


def _score_tables(cursor: Cursor) -> list[str]:
    cursor.execute(_SCORES)
    return [str(row[0]) for row in cursor.fetchall()]


def _exists(cursor: Cursor, relation: str) -> bool:
    cursor.execute("select to_regclass(%s) is not null", (relation,))
    return bool(_one(cursor))


def _one(cursor: Cursor) -> int:
    row = cursor.fetchone()
    return int(row[0]) if row else 0
