"""`clientele dashboard`: the pages for people who do not write SQL."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.console import Console
from warehouse.connect import ensure_server
from warehouse.settings import load_settings

# No usage statistics, and no question for an e-mail address at the first start.
OPTIONS = (
    *("--browser.gatherUsageStats", "false", "--server.headless", "true"),
    *("--server.fileWatcherType", "none", "--client.toolbarMode", "viewer"),
    *("--client.showErrorDetails", "none"),
)


def dashboard(
    host: Annotated[
        str, typer.Option(help="Address to listen on; there is no login.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N")] = 8501,
) -> None:
    """Serve the dashboard until Ctrl-C."""
    from apps import dashboard as package  # noqa: PLC0415

    ensure_server(load_settings())
    script = Path(package.__file__).with_name("main.py")
    Console().say(f"http://{host}:{port} shows the dashboard; Ctrl-C stops it")
    command = [sys.executable, "-m", "apps.dashboard", "run", str(script), *OPTIONS]
    command += ["--server.address", host, "--server.port", str(port)]
    os.execv(sys.executable, command)  # noqa: S606 (a list, and no shell)
