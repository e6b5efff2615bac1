"""The notebooks are what their sources make, and hold no outputs."""

from __future__ import annotations

import runpy
from pathlib import Path

import nbformat
import pytest

from tests.embedded_help import PROJECT_DIR

FOLDER = PROJECT_DIR / "notebooks"
SOURCES = sorted(path for path in FOLDER.glob("*.py") if path.name != "make.py")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_is_made_from_its_source(source: Path) -> None:
    notebook = runpy.run_path(str(FOLDER / "make.py"))["notebook"]
    stored = source.with_suffix(".ipynb").read_text("utf-8")
    assert stored == nbformat.writes(notebook(source.read_text("utf-8"))) + "\n", (
        "run python notebooks/make.py"
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_has_no_outputs(path: Path) -> None:
    cells = nbformat.reads(path.read_text("utf-8"), as_version=4).cells
    assert cells
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)
