"""dbt's profile: written so that dbt and Python always meet the same database."""

from __future__ import annotations

from pathlib import Path

from warehouse.connection_info import os_user
from warehouse.errors import UsageError
from warehouse.server_record import write_private
from warehouse.settings import HOME_NAME, Settings, embedded_connection

EXAMPLE_NAME = "profiles.example.yml"
PROFILE_NAME = "profiles.yml"


def profile_dir(settings: Settings) -> Path:
    """Return the folder of profiles.yml, for dbt's `--profiles-dir`.

    That is the project, where dbt finds it by itself; but the home folder when that is another
    one (CLIENTELE_HOME), so that two homes do not overwrite each other's profile.
    """
    is_default = settings.home_dir == settings.project_dir / HOME_NAME
    return settings.project_dir if is_default else settings.home_dir


def write_profile(settings: Settings) -> Path:
    """Write profiles.yml, for its owner only, if it is missing or out of date; return its path.

    Raises:
        UsageError: profiles.example.yml is missing, or the file cannot be written.
    """
    text = render_profile(settings)
    path = profile_dir(settings) / PROFILE_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_private(path, text)
    except OSError as error:
        raise UsageError(
            f"cannot write {path} ({error.strerror}): make that folder writable for you"
        ) from error
    return path


def render_profile(settings: Settings) -> str:
    """Return the text of profiles.yml: the example with the embedded server filled in."""
    example = settings.project_dir / EXAMPLE_NAME
    if not example.is_file():
        raise UsageError(f"{example} is missing: restore it from the repository")
    embedded = embedded_connection(settings.home_dir)
    password = embedded.password.get_secret_value() if embedded.password else ""
    return (
        example.read_text(encoding="utf-8")
        .replace("EMBEDDED_PORT", str(embedded.port))
        .replace("EMBEDDED_PASSWORD", password)
        .replace("OS_USER", os_user().replace("'", ""))
    )


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return variables that lead dbt to the database of these settings.

    For a child process, on top of the environment: they also undo what the environment says, so
    settings that were not read from it (in tests, say) reach dbt all the same.
    """
    found = {
        "CLIENTELE_DATABASE_URL": "",
        "PGHOST": "",
        "DBT_PROFILES_DIR": str(profile_dir(settings)),
    }
    if settings.connection.kind == "server":
        found |= settings.connection.environment()
    return found
