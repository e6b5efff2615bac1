"""Run a command and see what it took: seconds, memory of its Python processes, dbt's own times."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.dbt_times import DbtTimes, dbt_times

# A look costs processor time. The kernel remembers the most memory, dbt leaves its results there.
BETWEEN_LOOKS = 0.25
LAST_LINES = 15


class CommandFailed(RuntimeError):
    """The command ended with another code than 0; the message has its last words."""


@dataclass(frozen=True)
class Watched:
    """What a command took.

    Seconds from start to exit, the most MB that one Python process held, and how many processes
    waited for a processor when it started: on an idle machine about none.
    """

    seconds: float
    others: float
    peak_memory_mb: float
    dbt: DbtTimes

    def as_json(self) -> dict[str, Any]:
        """The same as a dictionary."""
        return {
            "seconds": round(self.seconds, 2),
            "others": round(self.others, 1),
            "peak_memory_mb": round(self.peak_memory_mb),
            "dbt": self.dbt.as_json(),
        }


def watch(
    command: Sequence[str | Path],
    folder: Path,
    variables: Mapping[str, str],
    results: Path,
) -> Watched:
    """Run a command to its end.

    Args:
        command: program and arguments.
        folder: where it runs.
        variables: its environment, beside ours.
        results: the run_results.json that dbt overwrites at each of its invocations.

    Raises:
        CommandFailed: it failed.
    """
    invocations, others = _Invocations(results), os.getloadavg()[0]
    log = results.parent.parent / "command.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    start, peak = time.perf_counter(), 0.0
    with log.open("wb") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=os.environ | dict(variables),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while child.poll() is None:
                peak = max(peak, python_memory(child.pid))
                invocations.look()
                time.sleep(BETWEEN_LOOKS)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
    seconds = time.perf_counter() - start
    invocations.look()
    if child.returncode:
        words = log.read_text("utf-8", errors="replace").splitlines()[-LAST_LINES:]
        raise CommandFailed(
            f"{' '.join(str(part) for part in command)} failed:\n" + "\n".join(words)
        )
    return Watched(seconds, others, peak, dbt_times(invocations.found.values()))


def python_memory(pid: int) -> float:
    """The most MB that any one Python process of the tree below `pid` has held so far."""
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return max((high_water(one) for one in family if _is_python(one)), default=0.0)


def _is_python(process: psutil.Process) -> bool:
    try:
        return "python" in Path(process.exe()).name
    except (psutil.Error, OSError):
        return False


def high_water(process: psutil.Process) -> float:
    """Return the most MB that a process held, by the kernel's own record (VmHWM).

    No look in between can miss it, and it begins with the program: what `getrusage` tells begins
    with the process that started it.
    """
    try:
        for line in Path(f"/proc/{process.pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return float(process.memory_info().rss) / 1024**2
    except (psutil.Error, OSError):
        return 0.0


class _Invocations:
    """Each new content of run_results.json, by dbt's invocation id. One that was there is old."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[str, Any] = {}
        self.stamp = self._stamp()

    def look(self) -> None:
        stamp = self._stamp()
        if stamp == self.stamp:
            return
        try:
            content = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return  # half written; the next look reads it
        self.stamp = stamp
        self.found[content["metadata"]["invocation_id"]] = content

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
