"""The dashboard without a browser: filters in the address, numbers as people read them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from apps.dashboard import queries
from apps.dashboard.filters import Bounds, Filters, from_address
from apps.dashboard.parts import PAUSE_SECONDS, change, money, to_csv

BOUNDS = Bounds(date(2010, 12, 1), date(2011, 12, 9), "GBP", ("Germany", "France"), ("VIP",))
YOUNG = Bounds(date(2024, 5, 1), date(2024, 5, 3), "EUR", (), ())


def test_the_default_is_the_newest_year_or_all_there_is() -> None:
    assert from_address({}, "shop", BOUNDS).first_date == date(2010, 12, 10)
    assert from_address({}, "shop", YOUNG) == Filters("shop", date(2024, 5, 1), date(2024, 5, 3))


def test_an_address_says_what_the_filters_said() -> None:
    chosen = Filters("shop", date(2011, 3, 1), date(2011, 3, 31), "France", "VIP")
    assert from_address(chosen.address(), "shop", BOUNDS) == chosen
    assert set(Filters("s", date(2011, 3, 1), date(2011, 3, 2)).address()) == {
        "source",
        "from",
        "to",
    }


@pytest.mark.parametrize(
    "address",
    [
        {"from": "yesterday", "to": "2011-13-01"},
        {"country": "Atlantis", "segment": "'; drop table x"},
        {"from": "1900-01-01", "to": "2999-01-01"},
        {"from": "2011-12-09", "to": "2011-01-01"},
    ],
)
def test_what_cannot_be_meant_is_left_at_what_can(address: dict[str, str]) -> None:
    found = from_address(address, "shop", BOUNDS)
    assert BOUNDS.first_date <= found.first_date <= found.last_date <= BOUNDS.last_date
    assert (found.country, found.persona) == (None, None)


def test_the_period_before_is_as_long_and_ends_where_this_begins() -> None:
    march = Filters("shop", date(2011, 3, 1), date(2011, 3, 31), "France")
    assert march.before() == Filters("shop", date(2011, 1, 29), date(2011, 2, 28), "France")
    assert march.before().days == march.days == 31


def test_filters_are_arguments_and_never_sql() -> None:
    query = queries.kpis(Filters("s", date(2011, 1, 1), date(2011, 1, 2), "x' or 1=1", "VIP"))
    assert "1=1" not in query.text
    assert query.arguments == ["s", date(2011, 1, 1), date(2011, 1, 2), "x' or 1=1", "VIP"]
    assert "customer_segments" in query.text
    plain = queries.kpis(Filters("s", date(2011, 1, 1), date(2011, 1, 2)))
    assert "customer_segments" not in plain.text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "none"),
        (float("nan"), "none"),
        (0, "0"),
        (519.7, "520"),
        (9_999, "9,999"),
        (43_100, "43.1k"),
        (9_939_904, "9.94M"),
        (-12_345_678, "-12.35M"),
    ],
)
def test_amounts_fit_on_a_card(value: float | None, said: str) -> None:
    assert money(value) == said


def test_there_is_no_change_against_nothing() -> None:
    assert change(110, 100) == "+10.0%"
    assert change(90, 100) == "-10.0%"
    assert change(1, 0) is None
    assert change(1, float("nan")) is None
    assert change(None, 1) is None


def test_the_export_holds_everything_and_no_formula() -> None:
    frame = pd.DataFrame({"a": ["=1+1", None], "b": [1.5, float("nan")]})
    assert to_csv(frame) == b"a,b\n'=1+1,1.5\n,\n"
    assert to_csv(frame.iloc[:0]) == b"a,b\n"


def test_charts_wait_once_so_that_a_visitors_first_cards_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("apps.dashboard.parts.sleep", waits.append)

    def page() -> None:
        from apps.dashboard.parts import cards  # Streamlit runs this text alone.

        cards([("Orders", "3", None, "")])
        cards([("Returns", "1", None, "")])

    visitor = AppTest.from_function(page).run()
    assert [card.value for card in visitor.metric] == ["3", "1"]
    visitor.run()
    assert waits == [PAUSE_SECONDS]
    AppTest.from_function(page).run()
    assert waits == [PAUSE_SECONDS] * 2
