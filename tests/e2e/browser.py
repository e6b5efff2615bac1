"""A real browser that opens a page and tells what happened."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-default-apps", "--disable-extensions", "--mute-audio"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
BROWSER_ITSELF = "not an origin"


def browser_program() -> str | None:
    """The browser of this machine, if it has one."""
    return next((found for found in map(shutil.which, PROGRAMS) if found), None)


@dataclass(frozen=True)
class Visit:
    """What a browser did with a page."""

    html: str
    """The document after its scripts have run."""
    console: list[str]
    """What scripts and the browser itself complained about."""
    requests: list[str]
    """Addresses that the page asked for, apart from local files and data in the page."""


def visit(page: Path, folder: Path, width: int = 1280) -> Visit:
    """Open a page, give its scripts four seconds of their own time, and report."""
    log = folder / "net.json"
    command = [str(browser_program()), *QUIET, f"--user-data-dir={folder / 'user'}"]
    command += [f"--log-net-log={log}", "--enable-logging=stderr", "--virtual-time-budget=4000"]
    command += [f"--window-size={width},900", "--dump-dom", page.as_uri()]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=120, encoding="utf-8"
    )
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return Visit(done.stdout, console, _requests(log))


def wait_until_drawn(page: Any, milliseconds: float) -> None:
    """Wait until Streamlit's script has ended and the browser has put up all that it sent.

    Args:
        page: of Playwright.
        milliseconds: how long each of the signs may take.
    """
    page.wait_for_selector("h1", timeout=milliseconds)
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=milliseconds
    )
    page.wait_for_selector('[data-testid="stSkeleton"]', state="detached", timeout=milliseconds)


def _requests(log: Path) -> list[str]:
    found = json.loads(log.read_text("utf-8"))
    kind = found["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    started = [
        event["params"]
        for event in found["events"]
        if event["type"] == kind and "url" in event.get("params", {})
    ]
    # What the browser asks for its own sake (updates, the time) comes from no page.
    urls = {start["url"] for start in started if start.get("initiator") != BROWSER_ITSELF}
    return sorted(url for url in urls if not url.startswith(("file:", "data:", "chrome")))
