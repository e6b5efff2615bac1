"""The regular expressions of the checks against Postgres's own casts."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.value_patterns import PATTERNS

# "6.0" passes as an integer, which staging casts by way of numeric.
CASTS = {
    "integer": "numeric(30, 0)",
    "numeric": "numeric",
    "timestamp": "timestamp",
    "date": "date",
    "compact_date": "date",
    "boolean": "boolean",
}
GOOD = {
    "integer": ["0", "-12", "+3", "007", "6.0", "6."],
    "numeric": ["0", "-1.50", "+.5", "3.", "1e5", "1.5E-7"],
    "timestamp": [
        "2010-12-01 08:26:00",
        "2010-12-01",
        "2010-12-01T08:26:00.123456Z",
        "2010-12-01 08:26",
        "2010-1-2 3:04",
        "2010-12-01 08:26:00+01:00",
        "2010-12-01 08:26:00.5 UTC",
    ],
    "date": ["2010-12-01", "2010-12-01 00:00:00"],
    "compact_date": ["20101201", "19991231", "20120229"],
    "boolean": ["true", "F", "yes", "n", "1", "0", "ON", "off"],
}
BAD = {
    "integer": ["", "x", "1.5", "1,000", "1 2", "--1", "0x10", "1_000", "1e3", "NaN"],
    "numeric": ["", ".", "1,5", "£5", "5%", "1e", "NaN", "1.2.3", "12-3"],
    "timestamp": [
        "",
        "12/1/2010 8:26",
        "01.12.2010",
        "2010-13-01",
        "2010-12-01 25:00",
        "now",
        "20101201",
    ],
    "date": ["", "12/1/2010", "2010-00-10", "2010-12-32", "today", "40513"],
    "compact_date": ["", "2010-12-01", "20101301", "20101232", "101201", "201012010", "20100010"],
    "boolean": ["", "2", "maybe", "truee", "null"],
}


def matches(connection, kind: str, value: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select %s ~ %s", (value, PATTERNS[kind]))
        return cursor.fetchone()[0]


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, values in GOOD.items() for v in values])
def test_good_value_matches_and_casts(kind, value, connection):
    assert matches(connection, kind, value)
    with connection.cursor() as cursor:
        cursor.execute(f"select (%s::text)::{CASTS[kind]}", (value,))


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, values in BAD.items() for v in values])
def test_bad_value_does_not_match(kind, value, connection):
    assert not matches(connection, kind, value)


# function_scoped_fixture: the connection only reads.
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(sorted(CASTS)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.from_regex(PATTERNS[kind][1:-1], fullmatch=True))
    )
)
def test_whatever_matches_casts(connection, case):
    """Except for dates that no calendar has, which staging rejects row by row."""
    kind, value = case
    assert matches(connection, kind, value)
    with connection.cursor() as cursor:
        cursor.execute("select message from pg_input_error_info(%s, %s)", (value, CASTS[kind]))
        (error,) = cursor.fetchone()
    assert error is None or "out of range" in error or "overflow" in error


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.datetimes(), st.decimals(allow_nan=False, allow_infinity=False), st.integers())
def test_what_python_writes_matches(connection, when, amount, count):
    if when.year >= 1000:
        assert matches(connection, "timestamp", when.isoformat(sep=" "))
        assert matches(connection, "date", when.date().isoformat())
    assert matches(connection, "integer", str(count))
    assert matches(connection, "numeric", format(amount, "f"))
