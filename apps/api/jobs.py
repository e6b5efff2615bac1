"""Scoring runs in the background: started over HTTP, their state kept in `api.jobs`.

A run is a process of its own (`apps.api.run_job`) that outlives the server and writes down itself
how it ended. `api.jobs` is append-only: a row per change of state. Of a run whose process is gone
without a word, the server says so.
"""

from __future__ import annotations

import asyncio
import platform
import secrets
import sys
from datetime import UTC, datetime
from typing import Any

import psutil

from warehouse.pool import Pool
from warehouse.settings import Settings

RUNNING, LOST = "running", "interrupted"
"""States that the server writes; the run itself writes succeeded or failed."""
NEWEST = """
select distinct on (job_id) job_id, task_name, source_name, state, message, process_id, host_name,
    recorded_at, min(recorded_at) over (partition by job_id) as started_at
from api.jobs {where} order by job_id, recorded_at desc, state <> 'running' desc
"""
INSERT = """
insert into api.jobs (job_id, task_name, source_name, state, message, process_id, host_name,
    recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
MOST_SHOWN = 100


class JobRunning(Exception):
    """A second start while a run is going on; holds its id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} is running: wait until it has ended")
        self.job_id = job_id


class Jobs:
    """Starts runs one at a time, and knows what became of all of them."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self._pool = pool
        self._settings = settings
        self._starting = asyncio.Lock()
        self._children: set[asyncio.Task[int]] = set()
        self._host = platform.node()

    async def start(self, task: str, table: str, source: str | None) -> dict[str, Any]:
        """Start a scoring run of a task; returns its state.

        Raises:
            JobRunning: another run has not ended.
            DatabaseUnavailable: its state cannot be kept.
        """
        async with self._starting:
            running = [job for job in await self.all() if job["state"] == RUNNING]
            if running:
                raise JobRunning(running[0]["job_id"])
            job_id = f"{task}-{secrets.token_hex(6)}"
            # The row comes first: a run without one would be nobody's.
            await self._record(job_id, task, source, RUNNING, "", None)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "apps.api.run_job", job_id, task, table, source or ""),
                cwd=self._settings.project_dir,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                # Ctrl-C at the server is not meant for the run.
                start_new_session=True,
            )
            await self._record(job_id, task, source, RUNNING, "", process.pid)
            child = asyncio.create_task(process.wait())
            self._children.add(child)
            child.add_done_callback(self._children.discard)
        found = await self.find(job_id)
        assert found is not None  # noqa: S101 (it was written above)
        return found

    async def find(self, job_id: str) -> dict[str, Any] | None:
        """Return the state of a run, None where there is no such run."""
        rows = await self._pool.rows(NEWEST.format(where="where job_id = $1"), job_id)
        return _shown(rows[0]) if rows else None

    async def all(self) -> list[dict[str, Any]]:
        """Return the states of the newest runs, newest first."""
        rows = await self._pool.rows(NEWEST.format(where=""))
        newest = sorted(rows, key=lambda row: row["started_at"], reverse=True)
        return [_shown(row) for row in newest[:MOST_SHOWN]]

    async def settle(self) -> None:
        """Say of runs of this machine whose process is gone without a word: interrupted."""
        async with self._starting:
            for row in await self._pool.rows(NEWEST.format(where="")):
                is_ours = row["host_name"] == self._host
                if row["state"] == RUNNING and is_ours and not _is_alive(row):
                    # It may have said its last word since it was looked up.
                    now = await self.find(row["job_id"])
                    if now and now["state"] == RUNNING:
                        await self._interrupted(row)

    async def _interrupted(self, row: dict[str, Any]) -> None:
        said = "its process ended without a word: it was killed, or the machine stopped"
        await self._record(row["job_id"], row["task_name"], row["source_name"], LOST, said, None)

    async def _record(  # noqa: PLR0913 (what a row holds)
        self,
        job_id: str,
        task: str,
        source: str | None,
        state: str,
        message: str,
        process_id: int | None,
    ) -> None:
        now = datetime.now(UTC).replace(tzinfo=None)
        await self._pool.execute(
            INSERT, job_id, task, source, state, message, process_id, self._host, now
        )


def _is_alive(row: dict[str, Any]) -> bool:
    """Whether the process of a run is there, and not another one with its number."""
    if row["process_id"] is None:
        return False
    try:
        return row["job_id"] in psutil.Process(row["process_id"]).cmdline()
    except psutil.Error:
        return False


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    ended = row["recorded_at"] if row["state"] != RUNNING else None
    return {
        "job_id": row["job_id"],
        "task": row["task_name"],
        "source": row["source_name"],
        "state": row["state"],
        "message": row["message"] or None,
        "started_at": row["started_at"],
        "ended_at": ended,
    }
