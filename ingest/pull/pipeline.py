"""dlt behind one door: a pipeline per table that extracts what is new into files of the home."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from ingest.pull.rows import RowMaker

FILES = "files"
STATE = "state"


class TablePipeline:
    """Extracts one table of one connection, and remembers how far it came.

    dlt keeps the cursor and moves it in the same step as it completes an extraction: what was
    killed before begins again, what was killed after is finished by `finish`. The files lie in
    `folder` until somebody removes them; nothing is written anywhere else.

    Args:
        folder: of this table alone.
        connection: name of the connection.
        table: name of our table.
    """

    def __init__(self, folder: Path, connection: str, table: str) -> None:
        self._folder = folder
        self._connection = connection
        self._table = table
        self._made: Any = None

    @property
    def resource(self) -> str:
        """The name under which dlt keeps the cursor."""
        return f"{self._connection}_{self._table}"

    def files(self) -> list[Path]:
        """Return the files that were extracted and not removed yet, the oldest first."""
        found = (self._folder / FILES).glob(f"*/{self._connection}.{self._table}.*.parquet")
        return sorted(found, key=_load_number)

    def forget(self) -> None:
        """Remove the cursor and all files: the next extraction begins from the start."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._made = None

    def finish(self) -> None:
        """Bring an extraction that was complete when its process was killed into files."""
        pipeline = self._pipeline()
        while pipeline.has_pending_data:
            pipeline.run(loader_file_format="parquet")

    def extract(self, rows: Any, maker: RowMaker) -> None:
        """Extract what is new into a file.

        Args:
            rows: a dlt resource that yields pages of rows.
            maker: makes text of them.

        Raises:
            Exception: whatever dlt, a driver or a server has to say; the cursor stays.
        """
        import dlt  # noqa: PLC0415 (takes seconds)

        pipeline = self._pipeline()
        self.finish()

        @dlt.transformer(
            name=f"{self._table}_as_text", table_name=self._table, write_disposition="append"
        )
        def as_text(page: Any) -> Any:
            found = maker(page)
            if found is not None:
                yield found

        pipeline.run(rows | as_text, loader_file_format="parquet")

    def _pipeline(self) -> Any:
        if self._made is None:
            _keep_to_itself(self._folder)
            import dlt  # noqa: PLC0415

            destination = dlt.destinations.filesystem(
                bucket_url=str(self._folder / FILES),
                # Headers stay as they are; otherwise InvoiceNo became invoice_no.
                naming_convention="direct",
                layout=f"{self._connection}.{{table_name}}.{{load_id}}.{{file_id}}.{{ext}}",
            )
            self._made = dlt.pipeline(
                self.resource,
                pipelines_dir=str(self._folder / STATE),
                destination=destination,
                dataset_name=self._connection,
            )
            self._made.config.restore_from_destination = False
        return self._made


def _load_number(path: Path) -> tuple[float, str]:
    seconds, fraction = path.name.split(".")[2:4]
    return float(f"{seconds}.{fraction}"), path.name


def _keep_to_itself(folder: Path) -> None:
    """Let dlt call nobody, log nothing and write nothing outside of its folder."""
    os.environ.update(
        {
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "RUNTIME__LOG_LEVEL": "CRITICAL",
            # Ctrl-C is ours.
            "RUNTIME__INTERCEPT_SIGNALS": "false",
            "LOAD__DELETE_COMPLETED_JOBS": "true",
            "DLT_DATA_DIR": str(folder / "dlt"),
            # No settings from a folder .dlt that happens to be where somebody stands.
            "DLT_PROJECT_DIR": str(folder),
        }
    )
