from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.api.queries import FILTERS, LISTED, PERSONAL, BadCursor, Cursor, Sort, customers
from apps.api.queries import read_cursor as read
from apps.csv_rows import csv_line


def test_values_go_by_placeholder_only() -> None:
    evil = "x'; drop table marts.customer_360; --"
    query = customers({"source": evil, "min_clv": 5.0}, "order_count", "desc", None, 10)
    assert "drop" not in query.text
    assert query.arguments == [evil, 5.0]
    assert query.text.endswith("order by order_count desc nulls last, customer_id limit 11")


def test_a_page_goes_on_after_ties_and_unknown_values() -> None:
    start = Cursor("order_count", "desc", 3, "shop:9")
    query = customers({"source": "shop"}, "order_count", "desc", start, 10)
    assert (
        "source_name = $1 and (order_count < $2 or order_count is null or "
        "(order_count = $2 and customer_id > $3))" in query.text
    )
    assert query.arguments == ["shop", 3, "shop:9"]
    unknown = Cursor("order_count", "desc", None, "shop:9")
    text = customers({}, "order_count", "desc", unknown, 10).text
    assert "where (order_count is null and customer_id > $1)" in text
    own = customers({}, "customer_id", "desc", Cursor("customer_id", "desc", "b", "b"), 1)
    assert "where customer_id < $1" in own.text


@given(st.one_of(st.none(), st.integers(-5, 5), st.floats(-1e9, 1e9)), st.text())
def test_a_cursor_comes_back(value: float | None, name: str) -> None:
    name = name.replace("\0", "")
    cursor = Cursor("order_count", "asc", value, name)
    assert read(cursor.text(), "order_count", "asc") == cursor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "W10=",
        "bnVsbA==",
        Cursor("order_count", "asc", "x", "a").text(),
        Cursor("order_count", "desc", 1, "a").text(),
        Cursor("customer_id", "asc", "a", "a").text(),
        Cursor("order_count", "asc", 1, "a\0").text(),
        Cursor("order_count", "asc", True, "a").text()[:-2] + "é",
    ],
)
def test_other_cursors_are_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        read(text, "order_count", "asc")


def test_no_list_shows_a_personal_column() -> None:
    assert not set(LISTED) & set(PERSONAL)
    assert set(get_args(Sort)) <= set(LISTED)
    assert all(condition.count("${}") == 1 for condition in FILTERS.values())


def test_a_formula_is_no_formula_in_the_export() -> None:
    row = ["=1+1", "-5", -5, "@x", "a,b", 'q"', None, "+49", 2.5]
    assert csv_line(row) == b'\'=1+1,\'-5,-5,\'@x,"a,b","q""",,\'+49,2.5\n'
