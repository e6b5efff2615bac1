"""Make the notebooks from their sources: cells begin with `# %%`, text with `# %% [markdown]`.

python notebooks/make.py
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HERE = Path(__file__).parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(source: str) -> NotebookNode:
    """Return the notebook of a source, without outputs."""
    parts = re.split(r"^# %%( \[markdown\])?\n", source, flags=re.MULTILINE)[1:]
    cells = []
    for number, (mark, text) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        if mark:
            lines = (line.removeprefix("#").removeprefix(" ") for line in text.strip().splitlines())
            cell = new_markdown_cell("\n".join(lines))
        else:
            cell = new_code_cell(text.strip())
        # Ids by number: the same source gives the same file.
        cell["id"] = f"cell-{number:02d}"
        cells.append(cell)
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def main() -> None:
    """Write every notebook beside its source."""
    for path in sorted(HERE.glob("*.py")):
        if path.name != Path(__file__).name:
            made = notebook(path.read_text("utf-8"))
            path.with_suffix(".ipynb").write_text(nbformat.writes(made) + "\n", "utf-8")


if __name__ == "__main__":
    main()
