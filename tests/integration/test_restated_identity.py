"""Identity worked out anew for those whom a batch touches equals one worked out for all.

The SQL is what dbt compiles of the real models, once for a whole build and once for a build that
restates; only the tables that come before identity are the test's own.
"""

from __future__ import annotations

import csv
import io
import json
import random
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

from tests.identity_people import COLUMNS, Sighting, make_people, reordered
from tests.integration.identity_help import run_dbt
from tests.load_help import PROJECT_DIR, execute
from warehouse.connect import connect
from warehouse.settings import Settings

MODELS = "models/intermediate"
# Identity reads no more than these; the test has rows of its own for them.
OWN = ("int_identity__sightings", "int_changes__landed_accounts", "int_customers__accounts")
REAL = (
    *("identity/*.sql", "customers/int_customers__customers.sql"),
    *("changes/int_changes__former_identifiers.sql", "changes/int_changes__identity_accounts.sql"),
    *("changes/int_changes__accounts.sql", "changes/int_changes__account_customers.sql"),
)
DECIDES = "{{ return(build_note() is not none and not build_note()[0]) }}"
ALWAYS = "{% macro is_incremental() %}{{ return(true) }}{% endmacro %}"
# Few are many, so that small batches find out who is a till and which e-mail is nobody's.
VARS = (
    "{identity_link_nameless: true, identity_max_accounts_per_identifier: 5, "
    "identity_max_identifiers_per_account: 3}"
)
INPUTS = """
    drop schema if exists intermediate cascade;
    drop schema if exists whole cascade;
    create schema intermediate;
    create schema whole;
    create schema if not exists seeds;
    create table intermediate.sightings (
        source_name text, account_id text, customer_name text, email text, phone text,
        account_reference text, batch_id bigint, row_number bigint, is_guest boolean
    );
    create table intermediate.int_changes__landed_accounts (account_id text);
    create view intermediate.int_customers__accounts as
        select distinct on (account_id)
            *, nullif(account_id, case when is_guest then account_id end) as source_customer_id,
            null::text as country, null::text as acquisition_channel,
            null::timestamp as signed_up_at
        from intermediate.sightings order by account_id, batch_id desc, row_number desc;
    create view whole.int_customers__accounts as select * from intermediate.int_customers__accounts;
    create view whole.int_identity__sightings as select * from intermediate.sightings;
    create view intermediate.int_identity__sightings as
        select * from intermediate.sightings where account_id in
            (select account_id from intermediate.int_changes__landed_accounts);
    create table whole.int_changes__landed_accounts (account_id text);
"""


@dataclass
class Model:
    """One model as dbt compiles it for one kind of build."""

    name: str
    text: str
    kind: str
    restated_by: list[tuple[str, str]]


@dataclass
class Compiled:
    """The models in the order in which they stand on each other, for both kinds of build."""

    whole: list[Model]
    restating: list[Model]


@pytest.fixture(scope="module")
def own_settings(settings: Settings) -> Iterator[Settings]:
    """Settings of a database of our own."""
    name = f"clientele_restated_{secrets.token_hex(4)}"
    execute(settings, f"create database {name}")
    try:
        info = settings.connection.model_copy(update={"dbname": name, "kind": "server"})
        yield settings.with_connection(info)
    finally:
        execute(settings, f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def compiled(own_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("dbt_restated_identity")
    seeds = ("identity_overrides", "identity_ignored_values")
    project = copy_of_project(folder / "project")
    seeded = run_dbt(
        own_settings, folder, "seed", "--project-dir", str(project), "--select", *seeds
    )
    assert seeded.returncode == 0, seeded.stdout[-3000:]
    whole = compile_models(own_settings, folder, project)
    path = project / "macros" / "restating" / "is_restating.sql"
    text = path.read_text()
    assert DECIDES in text
    path.write_text(text.replace(DECIDES, "{{ return(true) }}") + ALWAYS)
    return Compiled(whole, compile_models(own_settings, folder, project))


def copy_of_project(project: Path) -> Path:
    """Identity and what it changes, without anything that stands before or behind it."""
    for name in ("macros", "seeds", "dbt_packages"):
        shutil.copytree(PROJECT_DIR / name, project / name)
    for name in ("dbt_project.yml", "packages.yml"):
        shutil.copy(PROJECT_DIR / name, project / name)
    (project / MODELS).mkdir(parents=True)
    shutil.copy(PROJECT_DIR / "models" / "_groups.yml", project / "models")
    for pattern in REAL:
        for path in (PROJECT_DIR / MODELS).glob(pattern):
            shutil.copy(path, project / MODELS)
    for name in OWN:
        (project / MODELS / f"{name}.sql").write_text("select 1 as account_id")
    return project


def compile_models(settings: Settings, folder: Path, project: Path) -> list[Model]:
    arguments = ("compile", "--project-dir", str(project), "--vars", VARS)
    done = run_dbt(settings, folder, *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    nodes = {
        node["unique_id"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] not in OWN
    }
    order = TopologicalSorter({key: node["depends_on"]["nodes"] for key, node in nodes.items()})
    compiled = folder / "target" / "compiled" / "clientele" / MODELS
    return [
        Model(
            node["name"],
            (compiled / f"{node['name']}.sql").read_text(),
            "view"
            if node["name"] == "int_identity__normalised"
            else node["config"]["materialized"],
            node["config"]["meta"].get("restated_by", []),
        )
        for node in (nodes[key] for key in order.static_order() if key in nodes)
    ]


@dataclass
class Warehouse:
    """Identity restated batch by batch in `intermediate`, and of all rows at once in `whole`."""

    connection: Connection
    compiled: Compiled
    is_built: bool = False

    def run(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)

    def rows(self, query: str) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def start(self, overrides: Iterable[tuple[str, str, str]]) -> None:
        self.run(INPUTS + "truncate seeds.identity_overrides")
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "insert into seeds.identity_overrides values (%s, %s, %s, 'test')", list(overrides)
            )

    def land(self, batch: Iterable[Sighting], gone: Iterable[int] = ()) -> None:
        """Add a batch; rows of the numbers `gone` no longer say anything."""
        text = io.StringIO()
        csv.writer(text).writerows(
            [r"\N" if value is None else value for value in sighting.row()] for sighting in batch
        )
        text.seek(0)
        landed = "intermediate.int_changes__landed_accounts"
        with self.connection.cursor() as cursor:
            cursor.execute("select coalesce(max(batch_id), 0) from intermediate.sightings")
            [(before,)] = cursor.fetchall()
            cursor.copy_expert(
                f"copy intermediate.sightings ({', '.join(COLUMNS)}) "
                r"from stdin (format csv, null '\N')",
                text,
            )
            cursor.execute(f"truncate {landed}")
            cursor.execute(
                f"with gone as (delete from intermediate.sightings "
                "where row_number = any(%s) returning account_id) "
                f"insert into {landed} select account_id from gone union "
                "select account_id from intermediate.sightings where batch_id > %s",
                (list(gone), before),
            )
            cursor.execute(f"analyze {landed}")

    def restate(self) -> None:
        """Do what a build does after the batch; the first one builds everything."""
        for model in self.compiled.restating if self.is_built else self.compiled.whole:
            self.build(model, "intermediate", self.is_built)
        self.is_built = True

    def build_whole(self) -> None:
        """Build everything from all rows, beside what was restated."""
        for model in self.compiled.whole:
            self.build(model, "whole", False)

    def build(self, model: Model, schema: str, is_restating: bool) -> None:
        """Do what dbt does with a model."""
        text = model.text.replace('"intermediate"', f'"{schema}"')
        table = f"{schema}.{model.name}"
        if model.kind == "incremental" and is_restating:
            # The macro get_incremental_restate_sql.
            touched = " or ".join(
                f"({columns}) in (select {columns} from {schema}.{by})"
                for columns, by in model.restated_by
            )
            self.run(
                f"create temporary table fresh as {text}; delete from {table} where {touched}; "
                f"insert into {table} select * from fresh; drop table fresh"
            )
        elif model.kind == "view":
            self.run(f"drop view if exists {table} cascade; create view {table} as {text}")
        else:
            self.run(f"drop table if exists {table} cascade; create table {table} as {text}")
            self.run(f"analyze {table}")

    def differences(self) -> dict[str, int]:
        """Rows of each restating model that a whole build has not, or has besides."""
        found = {}
        for name in (model.name for model in self.compiled.whole if model.kind == "incremental"):
            (columns,) = self.rows(
                "select string_agg(quote_ident(column_name), ', ' order by column_name) "
                "from information_schema.columns "
                f"where table_schema = 'whole' and table_name = '{name}'"
            )[0]
            ours, theirs = (
                f"select {columns} from {at}.{name}" for at in ("intermediate", "whole")
            )
            [(count,)] = self.rows(
                f"select count(*) from (({ours} except all {theirs}) "
                f"union all ({theirs} except all {ours})) as different"
            )
            found |= {name: count} if count else {}
        return found

    def customers(self) -> dict[str, str]:
        return dict(
            self.rows("select account_id, customer_id from intermediate.int_identity__customers")
        )


@pytest.fixture
def warehouse(own_settings: Settings, compiled: Compiled) -> Iterator[Warehouse]:
    with connect(own_settings) as conn:
        yield Warehouse(conn, compiled)
        conn.rollback()


def decisions(rng: random.Random, rows: list[Sighting]) -> list[tuple[str, str, str]]:
    """Merges of strangers, one of them a chain, and splits of accounts that share an e-mail."""
    accounts = sorted({row.account_id for row in rows})
    first, second, third, *others = rng.sample(accounts, 9)
    merges = [(first, second), (third, second), (others[0], others[1])]
    owners: dict[str, list[str]] = {}
    for row in rows:
        if row.clean_email:
            owners.setdefault(row.clean_email, []).append(row.account_id)
    pairs = sorted(
        tuple(sorted(set(found))[:2]) for found in owners.values() if len(set(found)) > 1
    )
    splits = [pair for pair in rng.sample(pairs, 12) if not set(pair) & {first, second, third}]
    return [(*pair, "merge") for pair in merges] + [(*pair, "split") for pair in splits]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_restating_gives_what_a_whole_build_gives(warehouse: Warehouse, seed: int) -> None:
    rng = random.Random(seed)
    people = make_people(seed, people=200, ids=500, relayed=12, nameless_guests=0.4)
    rows = reordered(people, seed, batches=1)
    # A till, whose e-mails count until there are too many.
    till = replace(rows[0], account_id="till:1", customer_name="Ann Lee")
    rows += [
        replace(till, email=row.email, row_number=10_000 + number)
        for number, row in enumerate(rng.sample(rows, 6))
    ]
    first = [row for row in rows if row.row_number % 3]
    later = rng.sample([row for row in rows if not row.row_number % 3], len(rows) - len(first))
    batches = [first] + [later[at : at + 24] for at in range(0, 24 * 6, 24)]
    overrides = decisions(rng, rows)
    warehouse.start(overrides)
    moved = worked_out = 0
    for number, batch in enumerate(batches, start=1):
        before = warehouse.customers() if warehouse.is_built else {}
        # What a guest said at the checkout no longer counts once there is a customer row.
        gone = rng.sample(range(1, len(rows) + 1), 4) if before else []
        warehouse.land([replace(row, batch_id=number) for row in batch], gone)
        warehouse.restate()
        warehouse.build_whole()
        assert warehouse.differences() == {}, number
        after = warehouse.customers()
        if not before:
            continue
        changes = warehouse.rows("select * from intermediate.int_changes__accounts")
        assert {row[:3] for row in changes if row[3]} == {
            (account, before.get(account), after.get(account))
            for account in before.keys() | after.keys()
            if before.get(account) != after.get(account)
        }
        landed = warehouse.rows("select account_id from intermediate.int_changes__landed_accounts")
        assert {account for (account,) in landed} <= {row[0] for row in changes}
        moved += sum(None not in row[:3] and row[1] != row[2] for row in changes)
        query = "select count(*) from intermediate.int_changes__identity_accounts"
        worked_out += warehouse.rows(query)[0][0]
    print(f"{moved} accounts moved, {worked_out} worked out, of {len(after)}")
    # Customers did change, and still most accounts were left alone.
    assert moved > 5
    assert worked_out / (len(batches) - 1) < 0.5 * len(after)


def test_everybody_with_the_email_has_a_say_in_whose_it_is(warehouse: Warehouse) -> None:
    """Ann and Bob are nobody that the second batch touches, and keep the guest's e-mail apart."""
    row = make_people(1, people=1, ids=1).sightings[0]
    cleared = replace(row, email=None, phone=None, account_reference=None)
    shared = replace(cleared, email="lee@example.org")
    rows = [
        replace(shared, account_id="guest", customer_name=None, phone="02079460958"),
        replace(shared, account_id="ann", customer_name="Ann Lee"),
        replace(shared, account_id="bob", customer_name="Bob Lee"),
        replace(cleared, account_id="cat", customer_name="Cat Wu", phone="02079460958"),
    ]
    first, second = (
        [replace(row, batch_id=batch, row_number=number) for number, row in enumerate(part, batch)]
        for batch, part in ((1, rows[:3]), (10, rows[3:]))
    )
    warehouse.start([])
    for batch in (first, second):
        warehouse.land(batch)
        warehouse.restate()
    warehouse.build_whole()
    assert warehouse.differences() == {}
    worked_out = warehouse.rows("select * from intermediate.int_changes__identity_accounts")
    assert sorted(worked_out) == [("cat",), ("guest",)]
