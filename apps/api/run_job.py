"""The process of a background run: score, build what stands on the scores, write how it ended.

`python -m apps.api.run_job JOB_ID TASK TABLE SOURCE`; an empty source means every shop. It uses the
command line as a person would, so it waits for nobody: another job makes it fail, and says so.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from warehouse.connect import connect
from warehouse.errors import DatabaseUnavailable
from warehouse.settings import load_settings

LAST_WORDS = 500
TRIES, PAUSE_SECONDS = 60, 2.0
INSERT = """
insert into api.jobs (job_id, task_name, source_name, state, message, host_name, recorded_at)
values (%s, %s, %s, %s, %s, %s, %s)
"""


def commands(task: str, table: str, source: str) -> list[list[str]]:
    """What to run, one after the other, as long as all goes well."""
    program = str(Path(sys.executable).with_name("clientele"))
    score = [program, "score", task, *(["--source", source] if source else [])]
    build = [program, "build", "--", "--select", f"source:{table}+"]
    return [score, [*build, "--exclude-resource-type", "unit_test"]]


def run(task: str, table: str, source: str) -> tuple[str, str]:
    """Run it; returns the state and what was said last."""
    for command in commands(task, table, source):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-LAST_WORDS:]
            return "failed", said or f"exit code {done.returncode}"
    return "succeeded", ""


def record(job_id: str, task: str, source: str, state: str, message: str) -> None:
    """Write down how it ended, also when the database is away for a while."""
    for attempt in range(TRIES):
        now = datetime.now(UTC).replace(tzinfo=None)
        row = (job_id, task, source or None, state, message, platform.node(), now)
        try:
            with connect(load_settings()) as conn, conn.cursor() as cursor:
                cursor.execute(INSERT, row)
                return
        except DatabaseUnavailable:
            if attempt == TRIES - 1:
                raise
            time.sleep(PAUSE_SECONDS)


def main() -> None:
    """Run the job that the arguments name."""
    job_id, task, table, source = sys.argv[1:]
    try:
        state, message = run(task, table, source)
    except Exception as error:
        state, message = "failed", f"{type(error).__name__}: {error}"
    record(job_id, task, source, state, message)


if __name__ == "__main__":
    main()
