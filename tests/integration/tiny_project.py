"""A dbt project of a few models, to try our macros on."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.identity_help import run_dbt
from tests.load_help import PROJECT_DIR
from warehouse.settings import Settings

PROJECT = """
name: tiny
version: '1.0'
profile: clientele
model-paths: [models]
models:
  +schema: contracts
  +materialized: table
  +contract: {enforced: true}
  +persist_docs: {relation: true, columns: true}
"""


@dataclass(frozen=True)
class Tiny:
    """A dbt project of a few models under contracts, with our macros, in the schema contracts."""

    settings: Settings
    folder: Path

    def build(self, models: dict[str, tuple[str, str, str, str]]) -> dict[str, str]:
        """Run the models; what dbt says of each that fails, nothing of the others."""
        self.write(models)
        return {
            each["unique_id"].rpartition(".")[2]: ""
            if each["status"] == "success"
            else " ".join(each["message"].split())
            for each in self.results("run")
        }

    def write(self, models: dict[str, tuple[str, str, str, str]]) -> None:
        project = self.folder / "project"
        shutil.rmtree(project, ignore_errors=True)
        (project / "models").mkdir(parents=True)
        ignored = shutil.ignore_patterns("offline")
        shutil.copytree(PROJECT_DIR / "macros", project / "macros", ignore=ignored)
        (project / "dbt_project.yml").write_text(PROJECT)
        declared = ["version: 2", "models:"]
        for name, (sql, columns, more, _) in models.items():
            (project / "models" / f"{name}.sql").write_text(sql)
            declared.append(f"  - {{name: {name}, columns: [{columns}]{more}}}")
        (project / "models" / "models.yml").write_text("\n".join(declared), "utf-8")

    def results(self, *command: str) -> list[dict[str, Any]]:
        at = ("--project-dir", str(self.folder / "project"))
        ran = run_dbt(self.settings, self.folder, "--no-use-colors", *command, *at)
        path = self.folder / "target" / "run_results.json"
        assert path.exists(), ran.stdout
        results: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["results"]
        return results
