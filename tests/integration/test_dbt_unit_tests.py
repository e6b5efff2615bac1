"""Our way of running dbt's unit tests judges as dbt's own does: right, wrong, and badly written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.identity_help import run_dbt
from tests.load_help import PROJECT_DIR, execute
from warehouse.settings import Settings

MODELS = {
    "goods.sql": "select 1::bigint as id, 2.5::numeric(18, 4) as price, 'a'::text as name, "
    "date '2024-01-01' as sold_on, true as is_sold, now()::timestamp as seen_at, "
    "array['a'] as tags",
    "doubled.sql": "select id, (price * 2)::numeric(18, 4) as price, name, sold_on + 1 as next_day,"
    " is_sold, seen_at, tags from {{ ref('goods') }}",
}
PROJECT = "{name: tiny, version: '1.0', profile: clientele, model-paths: [models]}"
FULL = (
    '{id: 3, price: "1.25", name: "Ann\'s \\"Ö\\" \\\\ 100%", sold_on: "2024-02-28", '
    'is_sold: false, seen_at: "2024-02-28 10:00:00.5"}'
)
SEEN = (
    '{id: 3, price: 2.50, name: "Ann\'s \\"Ö\\" \\\\ 100%", next_day: "2024-02-29", '
    'is_sold: false, seen_at: "2024-02-28 10:00:00.5"}'
)
# What is given, what is expected, and a part of what dbt then says (nothing: it passes).
CASES = {
    "right": (FULL, SEEN, ""),
    "unnamed_is_null": ("{id: 1}", "{id: 1, price: null, name: null}", ""),
    "no_rows": ("", "", ""),
    "tags": ("{id: 1, tags: [x, y]}", "{id: 1, tags: [x, y]}", ""),
    "twice": ("{id: 1}, {id: 1}", "{id: 1}, {id: 1}", ""),
    "a_row_too_few": ("{id: 1}, {id: 1}", "{id: 1}", "actual differs from expected"),
    "a_row_too_many": ("{id: 1}", "{id: 1}, {id: 2}", "actual differs from expected"),
    "wrong_value": ("{id: 1, price: 2}", "{id: 1, price: 4.01}", "actual differs from expected"),
    "null_for_a_value": ("{id: 1, price: 2}", "{id: 1, price: null}", "differs from"),
    "unknown_given": ("{id: 1, prise: 2}", "{id: 1}", "goods has no column prise"),
    "unknown_expected": ("{id: 1}", "{id: 1, prise: 2}", 'column "prise" does not exist'),
    "no_number": ("{id: 1, price: dear}", "{id: 1}", "invalid input syntax for type numeric"),
}


# dbt by itself gives up on a table with a list.
OURS_ALONE = ("tags",)
LIST = {"goods.sql": ", array['a'] as tags", "doubled.sql": ", tags"}


@dataclass(frozen=True)
class Judge:
    """A project of two models and the cases, with our macros or without."""

    settings: Settings
    folder: Path

    def says(self, cases: Iterable[str], macros: bool) -> dict[str, str]:
        """What dbt says of every case, by name; nothing where it passes."""
        project = self.folder / "project"
        (project / "models").mkdir(parents=True)
        if macros:
            shutil.copytree(PROJECT_DIR / "macros" / "unit_tests", project / "macros")
        (project / "dbt_project.yml").write_text(PROJECT)
        for name, text in MODELS.items():
            sql = text if macros else text.replace(LIST[name], "")
            (project / "models" / name).write_text(sql)
        tests = [
            f"  - {{name: {name}, model: doubled, given: [{{input: ref('goods'), "
            f"rows: [{CASES[name][0]}]}}], expect: {{rows: [{CASES[name][1]}]}}}}"
            for name in cases
        ]
        text = "\n".join(["version: 2", "unit_tests:", *tests])
        (project / "models" / "tests.yml").write_text(text, "utf-8")
        # Built first: a unit test takes the types of the tables that are there.
        at = ("--project-dir", str(project))
        built = run_dbt(self.settings, self.folder, "run", *at)
        assert built.returncode == 0, built.stdout
        tested = run_dbt(self.settings, self.folder, "--no-use-colors", "test", *at)
        assert tested.returncode == 1, tested.stdout
        found = json.loads((self.folder / "target" / "run_results.json").read_text("utf-8"))
        return {
            each["unique_id"].rpartition(".")[2]: ""
            if each["status"] == "pass"
            else " ".join(each["message"].split())
            for each in found["results"]
        }


@pytest.fixture(scope="module")
def ours(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    yield Judge(settings, tmp_path_factory.mktemp("ours")).says(CASES, macros=True)
    execute(settings, "drop view public.goods cascade")


@pytest.mark.parametrize("name", CASES)
def test_a_unit_test_is_judged(ours: dict[str, str], name: str) -> None:
    wanted = CASES[name][-1]
    assert wanted in ours[name]
    assert bool(wanted) == bool(ours[name]), ours[name]


def test_dbt_by_itself_judges_alike(
    settings: Settings, ours: dict[str, str], tmp_path: Path
) -> None:
    both = CASES.keys() - set(OURS_ALONE)
    own = Judge(settings, tmp_path).says(both, macros=False)
    assert {name: bool(own[name]) for name in both} == {name: bool(ours[name]) for name in both}
