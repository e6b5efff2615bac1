"""Exposures tell the truth about who reads what. Nothing here needs a database."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import yaml

from tests.embedded_help import PROJECT_DIR

FILE = PROJECT_DIR / "models" / "exposures" / "_exposures.yml"
TABLE = re.compile(
    r"\b(?:features|marts|predictions|monitoring)\.([a-z_]+)\b|\b((?:ftr|lbl)_[a-z_]+)\b"
)
REF = re.compile(r"ref\('([a-z_0-9]+)'")


def exposures() -> list[dict[str, Any]]:
    return yaml.safe_load(FILE.read_text("utf-8"))["exposures"]


def tables_named_in(folder: str) -> set[str]:
    """Tables of the warehouse that the Python of a folder names in strings or comments."""
    files = (PROJECT_DIR / folder).rglob("*.py")
    found = [pair for path in files for pair in TABLE.findall(path.read_text("utf-8"))]
    return {one or other for one, other in found}


def test_exposures_depend_on_what_the_code_reads() -> None:
    declared: dict[str, set[str]] = defaultdict(set)
    for exposure in exposures():
        code = exposure.get("config", {}).get("meta", {}).get("code")
        is_built = code is None or (PROJECT_DIR / code).is_dir()
        assert is_built != exposure["description"].startswith("Planned"), exposure["name"]
        if code and is_built:
            declared[code] |= set(REF.findall(" ".join(exposure["depends_on"])))
    assert set(declared) >= {"ml"}
    assert {code: tables_named_in(code) for code in declared} == declared
