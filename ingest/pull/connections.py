"""connections.yml: which shops are pulled from, and what of theirs is which table of ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.contract import NAME
from warehouse.errors import UsageError

FILE_NAME = "connections.yml"
EXAMPLE_NAME = "connections.example.yml"
ENV_SUFFIX = "_env"
SECRETS = frozenset(
    {
        *("token", "access_token", "refresh_token", "password", "secret", "client_secret"),
        *("api_key", "apikey", "x-api-key", "private_key", "authorization"),
    }
)

Name = Annotated[str, Field(pattern=NAME)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RestTable(_Frozen):
    """Where an API has the rows of one of our tables."""

    endpoint: dict[str, Any]
    """An endpoint of dlt's rest_api source: path, params, paginator, data_selector, incremental."""
    rows: str | None = None
    """Key of the list in each object whose elements are the rows, such as an order's lines."""
    columns: dict[str, str] = {}
    """Our column to their key, where it differs; dots go into objects, `parent.` out of `rows`."""
    values: dict[str, str] = {}
    """Our column to what it holds in every row, for what the shop does not say."""


class SqlTable(_Frozen):
    """Where a database has the rows of one of our tables."""

    table: str = Field(min_length=1)
    cursor: str | None = None
    """Column that grows whenever a row is new or changed; without one all rows come each time."""
    columns: dict[str, str] = {}
    """Our column to theirs, where it differs."""
    values: dict[str, str] = {}
    """Our column to what it holds in every row, for what the shop does not say."""


class _Connection(_Frozen):
    source: str
    """The source whose contract the rows fit, for example shop."""
    shop: str | None = None
    """Name of the shop, where several load into the source."""


class RestConnection(_Connection):
    """An API that is asked page by page."""

    kind: Literal["rest_api"]
    client: dict[str, Any]
    """The client of dlt's rest_api source: base_url, headers, auth, paginator."""
    tables: dict[Name, RestTable] = Field(min_length=1)


class SqlConnection(_Connection):
    """A Postgres, MySQL or MariaDB database."""

    kind: Literal["sql"]
    url: str | None = None
    """Without its password."""
    url_env: str | None = None
    """Environment variable with the whole URL."""
    password_env: str | None = None
    """Environment variable with the password of `url`."""
    db_schema: str | None = Field(default=None, alias="schema")
    tables: dict[Name, SqlTable] = Field(min_length=1)


Connection = RestConnection | SqlConnection


class _File(_Frozen):
    connections: dict[Name, Annotated[Connection, Field(discriminator="kind")]]


def load_connection(path: Path, name: str) -> Connection:
    """Read one connection; environment variables are not looked at yet.

    Raises:
        UsageError: no file, no such connection, or a file that cannot be understood.
    """
    found = _read(path).connections
    if name not in found:
        known = ", ".join(found) or "none"
        raise UsageError(f"{path} has no connection '{name}': it has {known}")
    return found[name]


def with_secrets(where: str, value: Any, env: Mapping[str, str] | None = None) -> Any:
    """Return a setting in which each key that ends in _env has become the key without it.

    Its value then is that of the environment variable it named.

    Raises:
        UsageError: a variable that is not set, or a secret written into the file.
    """
    known = os.environ if env is None else env
    if isinstance(value, list):
        return [with_secrets(where, item, known) for item in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, item in value.items():
        if str(key).endswith(ENV_SUFFIX):
            found[str(key).removesuffix(ENV_SUFFIX)] = secret(where, str(item), known)
        elif str(key).lower() in SECRETS:
            raise UsageError(
                f"{where}: '{key}' is a secret, which does not belong in a file; write "
                f"{key}{ENV_SUFFIX}: NAME_OF_AN_ENVIRONMENT_VARIABLE"
            )
        else:
            found[key] = with_secrets(where, item, known)
    return found


def secret(where: str, variable: str, env: Mapping[str, str] | None = None) -> str:
    """Return the value of an environment variable.

    Raises:
        UsageError: it is not set.
    """
    value = (os.environ if env is None else env).get(variable)
    if not value:
        raise UsageError(
            f"{where}: the environment variable {variable} is not set; export it first"
        )
    return value


def _read(path: Path) -> _File:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"there is no {path}: copy {EXAMPLE_NAME} to it, or name another with --connections"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    try:
        return _File.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: '{key}': {first['msg']}") from None
