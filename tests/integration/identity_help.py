"""The identity models as dbt compiles them, run on rows of the test's own."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import connection as Connection

from tests.identity_people import COLUMNS, Sighting
from tests.load_help import PROFILE, PROJECT_DIR
from warehouse.settings import Settings

# In the order in which they stand on each other.
MODELS = (
    *("accounts", "identifiers", "evidence", "forced", "components", "territories"),
    *("clusters", "links", "restated_customers", "customers"),
    *("state_accounts", "customer_states", "merge_history"),
)
INPUTS = """
    drop schema if exists intermediate cascade;
    create schema intermediate;
    create schema if not exists seeds;
    create table intermediate.int_identity__sightings (
        source_name text, account_id text, customer_name text, email text, phone text,
        account_reference text, batch_id bigint, row_number bigint, is_guest boolean
    );
"""


def run_dbt(settings: Settings, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run dbt on the test's database; what it writes goes to `folder`."""
    (folder / "profiles.yml").write_text(PROFILE)
    given = settings.connection.psycopg2_kwargs()
    own = {f"TEST_{key.upper()}": str(value) for key, value in given.items()}
    own |= {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
    return subprocess.run(
        [Path(sys.executable).with_name("dbt"), *arguments, "--profiles-dir", str(folder)],
        cwd=PROJECT_DIR,
        env=os.environ | own | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )


def compile_identity(settings: Settings, folder: Path, variables: str = "") -> Path:
    """Let dbt load the seeds and compile the models; return its target folder."""
    seeds = ("seed", "--select", "identity_overrides", "identity_ignored_values")
    models = ("compile", "--select", "path:models/intermediate/identity", "path:tests/data")
    # The seeds do not depend on the vars, and another compilation may have them in use.
    for arguments in (models,) if variables else (seeds, models):
        done = run_dbt(settings, folder, *arguments, "--vars", f"{{{variables}}}")
        assert done.returncode == 0, done.stdout[-3000:]
    return folder / "target"


@dataclass
class Identity:
    """The models and data tests of identity on one connection."""

    connection: Connection
    models: dict[str, str]
    tests: dict[str, str]

    @classmethod
    def compiled(cls, connection: Connection, target: Path) -> Identity:
        """Read what `dbt compile` wrote."""
        root = target / "compiled" / "clientele"
        folder = root / "models" / "intermediate" / "identity"
        names = ("normalised", *MODELS)
        models = {name: (folder / f"int_identity__{name}.sql").read_text() for name in names}
        found = sorted((root / "tests" / "data").glob("identity_*.sql"))
        return cls(connection, models, {path.stem: path.read_text() for path in found})

    def resolve(
        self, sightings: Iterable[Sighting], overrides: Iterable[tuple[str, str, str]] = ()
    ) -> dict[str, str]:
        """Run the models on these rows and return the customer of every account."""
        self.land(sightings, overrides)
        for name in MODELS:
            self.build(name)
        return self.customers()

    def resolve_clusters(
        self, sightings: Iterable[Sighting], overrides: Iterable[tuple[str, str, str]] = ()
    ) -> None:
        """Run the models on these rows as far as the clusters."""
        self.land(sightings, overrides)
        for name in MODELS[: MODELS.index("clusters") + 1]:
            self.build(name)

    def land(
        self, sightings: Iterable[Sighting], overrides: Iterable[tuple[str, str, str]] = ()
    ) -> None:
        """Put rows and decisions in place of those that are there."""
        text = io.StringIO()
        csv.writer(text).writerows(
            [r"\N" if value is None else value for value in sighting.row()]
            for sighting in sightings
        )
        text.seek(0)
        with self.connection.cursor() as cursor:
            cursor.execute(INPUTS)
            cursor.copy_expert(
                f"copy intermediate.int_identity__sightings ({', '.join(COLUMNS)}) "
                r"from stdin (format csv, null '\N')",
                text,
            )
            cursor.execute("truncate seeds.identity_overrides")
            cursor.executemany(
                "insert into seeds.identity_overrides values (%s, %s, %s, 'test')", list(overrides)
            )
            normalised = self.models["normalised"]
            cursor.execute(f"create view intermediate.int_identity__normalised as {normalised}")

    def build(self, name: str) -> None:
        """Build one model."""
        table = f"intermediate.int_identity__{name}"
        with self.connection.cursor() as cursor:
            cursor.execute(f"create table {table} as {self.models[name]}")
            cursor.execute(f"analyze {table}")

    def rows(self, query: str) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def customers(self) -> dict[str, str]:
        return dict(
            self.rows("select account_id, customer_id from intermediate.int_identity__customers")
        )

    def clusters(self) -> dict[str, str]:
        return dict(
            self.rows("select account_id, cluster_key from intermediate.int_identity__clusters")
        )

    def history(self) -> list[tuple[int, str, str, str]]:
        """Return (batch, account, id before, id after) of every change."""
        return self.rows(
            "select batch_id, account_id, previous_customer_id, customer_id "
            "from intermediate.int_identity__merge_history order by 1, 2"
        )

    def failing_tests(self) -> set[str]:
        """Names of the data tests that find something."""
        return {name for name, query in self.tests.items() if self.rows(query)}
