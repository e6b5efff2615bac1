import pandas as pd
import pytest

from ml.risk import risk_bands_of
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
    assert risk_bands_of([probability], BANDS) == [expected]


def test_a_hole_gives_no_band() -> None:
    assert risk_bands_of([0.5, 0.9], BANDS[BANDS["risk_band"] != "medium"]) == [None, "critical"]


def test_no_probabilities_have_no_bands() -> None:
    assert risk_bands_of([], BANDS) == []
