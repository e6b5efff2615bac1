"""Where one size is measured: its shop, its database, its home folder."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.make_shop import Wanted
from benchmarks.watch import Watched, watch
from warehouse.connect import connect, ensure_server
from warehouse.settings import Settings, load_settings

PROJECT_DIR = Path(__file__).resolve().parents[1]
CLIENTELE = Path(sys.executable).with_name("clientele")
TABLES = ("customers", "products", "orders", "order_items", "returns")


@dataclass(frozen=True)
class Place:
    """One size: `server` is the server's own database, all else belongs to the size."""

    name: str
    wanted: Wanted
    server: Settings
    folder: Path

    @property
    def shop(self) -> Path:
        """The folder of the shop's exports."""
        return self.folder / "shop"

    @property
    def results(self) -> Path:
        """Where dbt leaves what it took."""
        return self.folder / "home" / "target" / "run_results.json"

    @property
    def manifest(self) -> Path:
        """Where dbt leaves what the models are."""
        return self.results.with_name("manifest.json")

    @property
    def database(self) -> str:
        """The size's own database on the server."""
        return f"clientele_bench_{self.name}"

    @property
    def settings(self) -> Settings:
        """How to reach the size's own database."""
        info = self.server.connection.model_copy(update={"dbname": self.database, "kind": "server"})
        return self.server.with_connection(info)

    def clientele(self, *arguments: str | Path) -> Watched:
        """Run a command of the command line on the size's database."""
        variables = {
            "CLIENTELE_DATABASE_URL": self.settings.connection.url(hide_password=False),
            "CLIENTELE_HOME": str(self.folder / "home"),
        }
        return watch([CLIENTELE, *arguments], PROJECT_DIR, variables, self.results)

    def exists(self) -> bool:
        """Whether the database is there."""
        asked = f"select count(*) from pg_database where datname = '{self.database}'"
        with connect(self.server) as conn, conn.cursor() as cursor:
            cursor.execute(asked)
            return bool((cursor.fetchone() or (0,))[0])

    def make_database(self) -> None:
        """Make the database anew."""
        self.drop_database()
        self._on_server(f"create database {self.database}")

    def drop_database(self) -> None:
        """Drop the database and the home folder."""
        self._on_server(f"drop database if exists {self.database} with (force)")
        shutil.rmtree(self.folder / "home", ignore_errors=True)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement on the size's database; return its rows."""
        with connect(self.settings, autocommit=True) as conn, conn.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _on_server(self, statement: str) -> None:
        with connect(self.server, autocommit=True) as conn, conn.cursor() as cursor:
            cursor.execute(statement)


def wanted_of(size: str) -> Wanted:
    """A size of the command line: LINES, or LINES@DAYS for a shop of another age.

    Raises:
        ValueError: it is none.
    """
    lines, _, days = size.partition("@")
    return Wanted(lines=int(lines)) if not days else Wanted(lines=int(lines), days=int(days))


def places(sizes: list[str], work: Path | None) -> list[Place]:
    """The places of all sizes on the configured server, by default the embedded one."""
    server = ensure_server(load_settings(cwd=PROJECT_DIR))
    home = (work or server.home_dir / "bench").resolve()
    found = []
    for size in sizes:
        name = size.replace("@", "_days_")
        found.append(Place(name, wanted_of(size), server, home / name))
    return found


def machine(server: Settings) -> dict[str, str]:
    """What the numbers were measured on."""
    with connect(server) as conn, conn.cursor() as cursor:
        values = {}
        for name in ("server_version", "shared_buffers", "work_mem"):
            cursor.execute(f"show {name}")
            values[name] = str((cursor.fetchone() or ("?",))[0])
    memory = psutil.virtual_memory().total / 1024**3
    return {
        "system": f"{platform.platform()}, Python {platform.python_version()}",
        "processor": f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GB of memory",
        "server": f"Postgres {values['server_version']}, shared_buffers "
        f"{values['shared_buffers']}, work_mem {values['work_mem']}",
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.machine()
    names = [line.split(":")[1].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
