"""The original dbt_utils and our stand-in for it build the same tables."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.home import BIN, Home
from tests.embedded_help import PROJECT_DIR

PROJECT_PARTS = ("models", "macros", "seeds", "tests/data", "dbt_project.yml", "packages.yml")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the original: from the hub, or from CLIENTELE_DBT_UTILS."""
    project = tmp_path_factory.mktemp("project")
    for part in (*PROJECT_PARTS, ".dbtignore"):
        source = PROJECT_DIR / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, project / part)
    given = os.environ.get("CLIENTELE_DBT_UTILS")
    if given:
        shutil.copytree(given, project / "dbt_packages" / "dbt_utils")
    elif not fetched(project):
        pytest.skip(
            "the dbt hub is out of reach: set CLIENTELE_DBT_UTILS to a checkout of dbt_utils 1.3"
        )
    return project


def fetched(project: Path) -> bool:
    """Whether `dbt deps` could get the package."""
    try:
        done = subprocess.run(
            [str(BIN / "dbt"), "deps"], cwd=project, capture_output=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def test_both_build_the_same_tables(sample_home: Home, original: Path) -> None:
    before = sample_home.digests()
    sample_home.dbt("build", project=original)
    assert sample_home.digests() == before
