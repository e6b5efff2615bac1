"""Where a Postgres is and how to log in: from a URL, from the PG* variables, or embedded."""

from __future__ import annotations

import getpass
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote, urlencode

import psycopg2
from psycopg2.extensions import parse_dsn
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from warehouse.errors import UsageError

URL_VARIABLE = "CLIENTELE_DATABASE_URL"
ADVICE = "use the PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE and PGSSLMODE variables instead"
DEFAULT_PORT = 5432

# libpq reads these behind our back, and would then reach another server than the one we show.
UNSUPPORTED_VARIABLES = ("PGHOSTADDR", "PGSERVICE")


class ConnectionInfo(BaseModel):
    """How to reach one database. The password never shows in `repr`, `str` or error messages.

    An embedded server that was never started has port 0 and no password.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["embedded", "server"]
    host: str
    port: int = Field(ge=0, le=65535)
    user: str
    password: SecretStr | None = None
    dbname: str
    sslmode: str | None = None

    def url(self, hide_password: bool = True) -> str:
        """Return a `postgresql://` URL; the password is `***`, or in full if not hidden."""
        login = quote(self.user, safe="")
        if self.password is not None:
            login += ":" + ("***" if hide_password else quote(self._secret(), safe=""))
        host = f"[{self.host}]" if ":" in self.host else quote(self.host, safe="")
        query = "?" + urlencode({"sslmode": self.sslmode}) if self.sslmode else ""
        return f"postgresql://{login}@{host}:{self.port}/{quote(self.dbname, safe='')}{query}"

    def psycopg2_kwargs(self) -> dict[str, Any]:
        """Return keyword arguments for `psycopg2.connect`, the password in clear."""
        found: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "dbname": self.dbname,
        }
        if self.password is not None:
            found["password"] = self._secret()
        if self.sslmode:
            found["sslmode"] = self.sslmode
        return found

    def environment(self) -> dict[str, str]:
        """Return the PG* variables that lead libpq's programs here, the password in clear."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self._secret(),
            "PGDATABASE": self.dbname,
            "PGSSLMODE": self.sslmode or "prefer",
        }

    def _secret(self) -> str:
        return self.password.get_secret_value() if self.password is not None else ""


def os_user() -> str:
    """Return the name of the user who runs this process, which is libpq's default user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "postgres"


def server_connection(env: Mapping[str, str]) -> ConnectionInfo | None:
    """Return the configured server, or None if neither the URL nor PGHOST is set.

    What a URL leaves out comes from the PG* variables, then from libpq's defaults, just as
    `psql "$CLIENTELE_DATABASE_URL"` would have it.

    Raises:
        UsageError: the URL or a variable cannot be used; the message never holds the password.
    """
    _refuse_hidden_variables(env)
    url = env.get(URL_VARIABLE, "").strip()
    if not url and not env.get("PGHOST"):
        return None
    return _assemble(parse_url(url) if url else {}, env)


def parse_url(url: str) -> dict[str, str]:
    """Split a `postgresql://` URL into host, port, user, password, dbname and sslmode.

    Raises:
        UsageError: another scheme, several hosts, an unknown parameter, or an escape that
            stands for something that is not ASCII.
    """
    if not re.match(r"postgres(ql)?://", url):
        raise UsageError(
            f"{URL_VARIABLE} must look like postgresql://user:password@host:port/database; {ADVICE}"
        )
    # Without the login, so that no message below can show a part of the password.
    rest = re.sub(r"^[a-z]+://([^@/]*@)?", "", url)
    if "@" in rest:
        raise UsageError(
            f"{URL_VARIABLE} has a stray '@' or '/': in a user or password write %40 and %2F"
        )
    _refuse_odd_escapes(url)
    _refuse_parameters(rest)
    try:
        parts = {key: str(value) for key, value in parse_dsn(url).items()}
    except psycopg2.ProgrammingError:
        raise UsageError(f"{URL_VARIABLE} is not a valid Postgres URL; {ADVICE}") from None
    if "," in parts.get("host", "") + parts.get("port", ""):
        raise UsageError(f"{URL_VARIABLE} names several hosts, but only one is supported; {ADVICE}")
    return parts


def _assemble(parts: Mapping[str, str], env: Mapping[str, str]) -> ConnectionInfo:
    """Fill what the URL left out from the PG* variables and libpq's defaults."""
    user = parts.get("user") or env.get("PGUSER") or os_user()
    password = parts.get("password") or env.get("PGPASSWORD")
    return ConnectionInfo(
        kind="server",
        host=_single_host(parts.get("host") or env.get("PGHOST") or "localhost"),
        port=_port(parts.get("port") or env.get("PGPORT") or str(DEFAULT_PORT)),
        user=user,
        password=SecretStr(password) if password else None,
        dbname=parts.get("dbname") or env.get("PGDATABASE") or user,
        sslmode=parts.get("sslmode") or env.get("PGSSLMODE") or None,
    )


def _refuse_hidden_variables(env: Mapping[str, str]) -> None:
    for name in UNSUPPORTED_VARIABLES:
        if env.get(name):
            raise UsageError(f"{name} is not supported: unset it and name the server in PGHOST")


def _refuse_odd_escapes(url: str) -> None:
    # dbt's profile decodes the same URL in Jinja, which can turn one byte into one character.
    if re.search(r"%[89a-fA-F][0-9a-fA-F]", url):
        raise UsageError(f"{URL_VARIABLE} has a %-escape that is not ASCII; {ADVICE}")


def _refuse_parameters(rest: str) -> None:
    _, _, query = rest.partition("?")
    for part in filter(None, query.split("&")):
        name = part.partition("=")[0]
        if name != "sslmode":
            raise UsageError(f"{URL_VARIABLE} has the unsupported parameter '{name}'; {ADVICE}")


def _single_host(host: str) -> str:
    if "," in host:
        raise UsageError("PGHOST names several hosts, but only one is supported: name one")
    return host


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise UsageError(f"the database port '{text}' is not a number from 1 to 65535")
    return int(text)
