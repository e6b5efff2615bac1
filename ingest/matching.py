"""Which table a file belongs to."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.contract import Source, Table
from ingest.readers import refuse_unreadable
from warehouse.errors import InputRefused

SUFFIXES = (
    *(".csv", ".csv.gz", ".parquet", ".xlsx"),
    *(".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"),
)
# A folder's .txt files are mostly notes: taken only where the contract has a table laid out so.
BLANKS_SUFFIXES = (".txt", ".txt.gz")


@dataclass(frozen=True)
class Assignment:
    """A file and the table that it goes into."""

    path: Path
    table: Table


def assign(source: Source, paths: Sequence[Path], table: str | None) -> list[Assignment]:
    """Find the table of every file; a folder stands for the supported files in it, by name.

    Raises:
        UsageError: `table` is no table of the source.
        InputRefused: a file is missing or unreadable, or belongs to no table or to several.
    """
    forced = source.table(table) if table else None
    return [
        Assignment(path, forced or table_of(source, path))
        for given in paths
        for path in files_in(given, (forced,) if forced else source.tables)
    ]


def table_of(source: Source, path: Path) -> Table:
    """Return the table whose `files` glob fits the name best, which is the longest that fits.

    Raises:
        InputRefused: none fits, or two do equally.
    """
    fitting = [table for table in source.tables if _fits(table.files, path.name)]
    longest = max((len(table.files) for table in fitting), default=0)
    best = [table for table in fitting if len(table.files) == longest]
    if len(best) == 1:
        return best[0]
    globs = ", ".join(f"{table.name} ({table.files})" for table in best or source.tables)
    which = "no table" if not best else "several tables"
    raise InputRefused(
        f"{path.name}: its name fits {which} of source {source.name}: {globs}; "
        "rename the file or name its table with --table"
    )


def stem(name: str) -> str:
    """Return a file's name without the suffixes of its format and compression."""
    folded = name.casefold()
    for suffix in (".gz", ".csv", ".txt", ".parquet", ".xlsx", ".jsonl", ".ndjson"):
        folded = folded.removesuffix(suffix)
    return folded


def _fits(glob: str, name: str) -> bool:
    wanted = glob.casefold()
    return any(fnmatch.fnmatchcase(found, wanted) for found in (stem(name), name.casefold()))


def files_in(given: Path, tables: Sequence[Table]) -> Iterator[Path]:
    """Yield the files of a folder that these tables may be read from, by name, or the file itself.

    Raises:
        InputRefused: missing or unreadable, or a folder without a file that is read.
    """
    if not _is_folder(given):
        refuse_unreadable(given)
        yield given
        return
    blanks = any(table.layout == "blanks" for table in tables)
    suffixes = SUFFIXES + BLANKS_SUFFIXES if blanks else SUFFIXES
    try:
        found = [path for path in sorted(given.iterdir()) if _is_supported(path, suffixes)]
    except OSError as error:
        raise InputRefused(
            f"{given}: cannot be read ({error.strerror}); check its rights"
        ) from None
    if not found:
        kinds = ", ".join(suffixes)
        raise InputRefused(f"{given}: the folder holds no file that is read ({kinds}); check it")
    for path in found:
        refuse_unreadable(path)
        yield path


def _is_folder(given: Path) -> bool:
    try:
        return given.is_dir()
    except OSError:
        # A name that is too long, or a folder that cannot be entered: `refuse_unreadable` says so.
        return False


def _is_supported(path: Path, suffixes: tuple[str, ...]) -> bool:
    # Excel leaves a lock file ~$name.xlsx beside an open workbook. What is named like a file but is
    # none (a link that leads nowhere, a pipe) is refused later, and not left out without a word.
    hidden = path.name.startswith((".", "~$"))
    return not hidden and not path.is_dir() and path.name.casefold().endswith(suffixes)
