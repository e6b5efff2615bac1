"""MetricFlow on a home: the command as a user types it, and many questions in one process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.e2e.home import BIN, Home
from tests.embedded_help import PROJECT_DIR

Answer = list[dict[str, Any]]


class MetricFlow:
    """A folder like the user's project, whose `target` and profile are those of the home.

    MetricFlow reads both from the project and takes no option for them.
    """

    def __init__(self, home: Home, folder: Path) -> None:
        self.home = home
        self.folder = folder
        shutil.copy(PROJECT_DIR / "dbt_project.yml", folder)
        (folder / "target").symlink_to(home.path / "target")
        (folder / "profiles.yml").symlink_to(home.path / "profiles.yml")

    @property
    def manifest(self) -> dict[str, Any]:
        """What dbt wrote for MetricFlow."""
        return json.loads((self.folder / "target" / "semantic_manifest.json").read_text("utf-8"))

    def mf(self, *arguments: str) -> str:
        """Run `mf` and return what it prints."""
        return self._run([str(BIN / "mf"), *arguments])

    def ask(self, questions: list[dict[str, Any]]) -> list[Answer]:
        """Answer all questions (`metric_names`, `group_by_names`) in one process."""
        script = [sys.executable, "-m", "tests.e2e.metricflow_help"]
        answers = self.folder / "answers.json"
        self._run([*script, json.dumps(questions), str(answers)], PYTHONPATH=str(PROJECT_DIR))
        return json.loads(answers.read_text("utf-8"))

    def _run(self, command: list[str], **environment: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.home.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: money as text, for not a cent may be lost."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10]
    return str(value) if isinstance(value, (Decimal, float, int)) else value


def main() -> None:
    """Answer the questions of the command line through MetricFlow's engine."""
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    configuration = CLIConfiguration()
    configuration.setup()
    answers: list[Answer] = []
    for question in json.loads(sys.argv[1]):
        table = configuration.mf.query(MetricFlowQueryRequest.create(**question)).result_df
        assert table is not None
        rows = [dict(zip(table.column_names, map(plain, row), strict=True)) for row in table.rows]
        answers.append(rows)
    Path(sys.argv[2]).write_text(json.dumps(answers), "utf-8")


if __name__ == "__main__":
    main()
