"""A new feature as docs/developing_models.md adds one: SQL and YAML, and training has it."""

from __future__ import annotations

import re
import shutil
import textwrap
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from psycopg2.errors import CheckViolation, NotNullViolation

from ingest.sample import SampleConfig, write_shop
from tests.e2e.home import NO_TESTS, Home
from tests.embedded_help import PROJECT_DIR

DOCUMENT = PROJECT_DIR / "docs" / "developing_models.md"
# All that dbt and `clientele` read; nothing of `ml` is copied, so nothing of it can be changed.
PROJECT = ("models", "macros", "seeds", "tests/data", "dbt_packages", "ingest/suites")
FILES = ("dbt_project.yml", "packages.yml", "profiles.example.yml", ".dbtignore")
FEATURE = "single_line_order_share"
# What training reads.
NEEDED = ("ftr_as_of_dates", "lbl_customers", "ftr_customers")
SHOP = SampleConfig(
    customers=500,
    products=30,
    start_date=date(2024, 1, 1),
    end_date=date(2025, 3, 31),
    dirty_per_kind=0,
)


@pytest.fixture
def home(empty_home: Home, tmp_path: Path) -> Home:
    """A home whose project is a copy of ours with the changes of the document."""
    project = tmp_path / "project"
    for name in PROJECT:
        shutil.copytree(PROJECT_DIR / name, project / name)
    for name in FILES:
        shutil.copy(PROJECT_DIR / name, project / name)
    changes = diffs(DOCUMENT.read_text("utf-8"))
    assert len(changes) == 5
    for path, lines in changes:
        change(project / path, lines)
    return replace(empty_home, project=project)


def diffs(text: str) -> list[tuple[str, list[str]]]:
    """Every change in the document: the file, and its lines with ' ' or '+' before."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^ *```diff\n.*?```", text, re.DOTALL | re.MULTILINE):
        path = ""
        for line in textwrap.dedent(block).splitlines()[1:-1]:
            if line.startswith("--- "):
                path = line.removeprefix("--- ")
            elif line.startswith("@@"):
                found.append((path, []))
            else:
                found[-1][1].append(line)
    return found


def change(path: Path, lines: list[str]) -> None:
    """Add the lines with a plus where the others stand; they must stand in one place."""
    old = [line[1:] for line in lines if line[0] == " "]
    new = [line[1:] for line in lines]
    text = path.read_text("utf-8").split("\n")
    places = [at for at in range(len(text)) if text[at : at + len(old)] == old]
    assert len(places) == 1, f"{path.name}: {old} stands in {len(places)} places"
    text[places[0] : places[0] + len(old)] = new
    path.write_text("\n".join(text), "utf-8")


def test_the_next_training_uses_it(home: Home, tmp_path: Path) -> None:
    from ml import jobs

    files = write_shop(SHOP, tmp_path / "shop")
    home.clientele("load", "shop", str(files), "--name", "onelines")
    home.clientele("build", "--", *NO_TESTS, "-s", *(f"+{name}" for name in NEEDED))
    trained = home.clientele("train", "churn")
    artefact = jobs.champion(
        home.settings, home.path / "models", jobs.find_task("churn"), "onelines"
    )
    assert artefact is not None, trained.stdout
    assert FEATURE in artefact.contract.names("numeric")

    found = pd.DataFrame(
        home.rows(f"select as_of_date, customer_id, {FEATURE} from features.ftr_customers"),
        columns=["as_of_date", "customer_id", FEATURE],
    )
    expected = counted(files, sorted(found["as_of_date"].unique()))
    assert len(expected) > 1_000
    assert expected.between(0.01, 0.99).mean() > 0.2
    found = found.set_index(["as_of_date", "customer_id"])[FEATURE].astype(float).sort_index()
    pd.testing.assert_series_equal(found, expected, check_names=False, atol=1e-4)

    # What the SQL gives and the YAML does not say is refused, and the table stays.
    path = home.project / "models" / "features" / "_features__models.yml"
    said = path.read_text("utf-8")
    assert said.count(f"- name: {FEATURE}\n        data_type: ") == 1
    path.write_text(said.replace(f"- name: {FEATURE}\n", "- name: another_name\n"), "utf-8")
    refused = home.clientele("build", "--", *NO_TESTS, "-s", "ftr_customers", code=1)
    assert "contract" in refused.stderr
    assert FEATURE in refused.stderr
    assert home.value("select count(*) from features.ftr_customers") == len(found)

    # So are rows that break a constraint, where all are made and where some come to the others.
    path.write_text(said.replace(f"{FEATURE} between 0 and 1", f"{FEATURE} < 0.5"), "utf-8")
    refused = home.clientele("build", "--", *NO_TESTS, "-s", "ftr_customers", code=1)
    assert "violated by some row" in refused.stderr
    assert home.value("select count(*) from features.ftr_customers") == len(found)
    with pytest.raises(CheckViolation):
        home.execute(f"update features.ftr_customers set {FEATURE} = 2")
    with pytest.raises(NotNullViolation):
        home.execute("update features.ftr_customers set order_count = null")


def counted(files: Path, days: list[date]) -> pd.Series:
    """The share by as-of date and customer, from the files."""
    orders = pd.read_csv(files / "orders.csv", dtype=str, keep_default_na=False)
    orders = orders[(orders["status"] == "completed") & (orders["customer_id"] != "")]
    day = pd.to_datetime(orders["ordered_at"])
    customer = "onelines:" + orders["customer_id"]
    items = pd.read_csv(files / "order_items.csv", dtype=str, keep_default_na=False)
    lines = orders["order_id"].map(items["order_id"].value_counts()).fillna(0)
    rows = pd.DataFrame({"customer_id": customer, "day": day.dt.date, "share": lines == 1})
    shares = {
        as_of: rows[rows["day"] < as_of].groupby("customer_id")["share"].mean() for as_of in days
    }
    return pd.concat(shares).sort_index()
