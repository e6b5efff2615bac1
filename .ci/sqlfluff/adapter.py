"""What sqlfluff renders in place of macros that depend on the adapter: a call of the same name."""

from collections.abc import Callable
from types import SimpleNamespace


def dispatch(name: str, package: str) -> Callable[..., str]:
    """Stand for a macro by a function call in SQL; for one without arguments by nothing."""
    return lambda *arguments: f"{name}({', '.join(map(str, arguments))})" if arguments else ""


def get_columns_in_relation(_: object) -> list[SimpleNamespace]:
    """Return a column: there is no database."""
    return [SimpleNamespace(name="some_column")]
