"""The last part of `make setup`: dbt packages, and whether the compiled libraries load."""

from __future__ import annotations

import ctypes.util
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from warehouse.errors import ClienteleError
from warehouse.settings import Settings, load_settings

PACKAGE = "dbt_utils"
HUB_SECONDS = 60


def install_dbt_packages(settings: Settings) -> str:
    """Fetch dbt_utils from the dbt hub, or put our stand-in where the hub is out of reach.

    Returns:
        What was done, in one line.
    """
    installed = settings.project_dir / "dbt_packages" / PACKAGE
    if _is_real(installed):
        return f"{PACKAGE} {_version(installed)} from the dbt hub is there"
    if _fetch(settings.project_dir):
        return f"{PACKAGE} {_version(installed)} fetched from the dbt hub"
    shutil.rmtree(installed, ignore_errors=True)
    shutil.copytree(settings.project_dir / "macros" / "offline" / PACKAGE, installed)
    return (
        "the dbt hub is out of reach: our stand-in for dbt_utils is used "
        "(the same tables; run 'rm -r dbt_packages && make setup' when online for the original)"
    )


def check_openmp() -> None:
    """LightGBM needs OpenMP from the system, which no wheel brings.

    Raises:
        ClienteleError: it is missing; names the package that has it.
    """
    try:
        import lightgbm  # noqa: F401, PLC0415
    except OSError as error:
        if ctypes.util.find_library("gomp") is None:
            raise ClienteleError(
                "LightGBM needs the OpenMP library libgomp: install it "
                "(Debian and Ubuntu: apt-get install libgomp1; macOS: brew install libomp)"
            ) from error
        raise


def _fetch(project_dir: Path) -> bool:
    command = [str(Path(sys.executable).parent / "dbt"), "deps", "--quiet"]
    flags = ["--project-dir", str(project_dir), "--profiles-dir", str(project_dir)]
    try:
        done = subprocess.run(
            [*command, *flags],
            cwd=project_dir,
            capture_output=True,
            timeout=HUB_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and _is_real(project_dir / "dbt_packages" / PACKAGE)


def _is_real(folder: Path) -> bool:
    """Ours carries a file that says so."""
    return (folder / "dbt_project.yml").is_file() and not (folder / "STAND_IN").exists()


def _version(folder: Path) -> str:
    project = yaml.safe_load((folder / "dbt_project.yml").read_text(encoding="utf-8"))
    return str(project.get("version", "of unknown version"))


def main() -> None:
    """Do it all; errors are one line."""
    try:
        check_openmp()
        print(install_dbt_packages(load_settings()))  # noqa: T201
    except ClienteleError as error:
        sys.exit(f"clientele: {error.message}")


if __name__ == "__main__":
    main()
