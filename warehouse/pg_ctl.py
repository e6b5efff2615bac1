"""`pg_ctl`, run as the user that owns the data."""

from __future__ import annotations

from warehouse.embedded_layout import Layout
from warehouse.server_files import rotate


def start_server(layout: Layout, timeout: int) -> str | None:
    """Start the server and wait for it for up to `timeout` seconds.

    Returns:
        None on success, else what the server wrote into its log.
    """
    rotate(layout.log_path)
    # Opened here and handed down, so the server user need not reach the home folder.
    with layout.log_path.open("a+", encoding="utf-8", errors="replace") as log:
        layout.log_path.chmod(0o600)
        before = log.tell()
        options = ["-w", "-t", str(timeout), "-s", f"--pgdata={layout.data_dir}"]
        result = layout.user.run([layout.bin_dir / "pg_ctl", "start", *options], stdout=log)
        if result.returncode == 0:
            return None
        log.seek(before)
        return log.read()


def stop_server(layout: Layout, timeout: int) -> str | None:
    """Stop the server within `timeout` seconds; return None on success, else what pg_ctl said."""
    options = ["-w", "-t", str(timeout), "-m", "fast", f"--pgdata={layout.data_dir}"]
    result = layout.user.run([layout.bin_dir / "pg_ctl", "stop", *options])
    return None if result.returncode == 0 else result.stdout
