"""What sqlfluff renders in place of dbt's own macros: plain SQL of the same shape."""


def type_string() -> str:
    """Text."""
    return "text"


def type_timestamp() -> str:
    """A timestamp."""
    return "timestamp"


def hash(field: str) -> str:
    """A hash."""
    return f"md5({field})"


def dateadd(part: str, interval: object, from_date: str) -> str:
    """A later date."""
    return f"date_add('{part}', {interval}, {from_date})"


def datediff(first_date: str, second_date: str, part: str) -> str:
    """Days between."""
    return f"date_diff('{part}', {first_date}, {second_date})"


def date_trunc(part: str, date: str) -> str:
    """The start of the period."""
    return f"date_trunc('{part}', {date})"


def generate_series(upper_bound: int) -> str:
    """Numbers from 1."""
    return "select cast(1 as int) as generated_number"
