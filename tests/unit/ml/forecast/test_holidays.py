"""Public holidays of the country that a seed names."""

import pandas as pd
import pytest

from ml.forecast.reading import _holidays
from warehouse.errors import ClienteleError


def days(country: str, part: str = "") -> pd.DataFrame:
    dates = pd.date_range("2024-12-24", "2024-12-26")
    return pd.DataFrame({"sales_date": dates, "country": country, "part": part})


@pytest.mark.parametrize(
    ("country", "part", "expected"),
    [
        ("", "", [False, False, False]),
        ("GB", "ENG", [False, True, True]),
        ("US", "", [False, True, False]),
    ],
)
def test_days_off_are_those_of_the_country(country: str, part: str, expected: list[bool]) -> None:
    assert _holidays(days(country, part)).tolist() == expected


def test_an_unknown_country_is_named() -> None:
    with pytest.raises(ClienteleError, match=r"shop_holiday_countries.*no country_code XX$"):
        _holidays(days("XX"))


def test_an_unknown_part_is_named_beside_those_that_there_are() -> None:
    with pytest.raises(ClienteleError, match="no subdivision_code LON; of GB it knows ENG, NIR"):
        _holidays(days("GB", "LON"))
