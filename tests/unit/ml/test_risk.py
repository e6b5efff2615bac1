import pandas as pd
import pytest

from ml.risk import RiskBands
from tests.embedded_help import PROJECT_DIR

BANDS = pd.read_csv(PROJECT_DIR / "seeds" / "churn_risk_bands.csv")


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "low"),
        (0.2999, "low"),
        (0.3, "medium"),
        (0.6, "high"),
        (0.8, "critical"),
        (1, "critical"),
    ],
)
def test_a_border_belongs_to_the_higher_band_as_in_sql(probability: float, expected: str) -> None:
    assert RiskBands(BANDS).of([probability]) == [expected]


def test_a_hole_gives_no_band() -> None:
    holed = RiskBands(BANDS[BANDS["risk_band"] != "medium"])
    assert holed.of([0.5, 0.9]) == [None, "critical"]


def test_no_probabilities_have_no_bands() -> None:
    assert RiskBands(BANDS).of([]) == []


def test_without_cuts_nothing_has_a_band() -> None:
    assert RiskBands().of([0.5]) == [None]
