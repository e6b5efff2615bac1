"""Published parameters: Fader, Hardie and Lee 2005; Fader and Hardie 2005 and 2013."""

from __future__ import annotations

import pandas as pd
import pytest

from ml.clv.bg_nbd import BgNbd
from ml.clv.choice import Histories, Trial, choose
from ml.clv.gamma_gamma import GammaGamma, Spend
from ml.clv.pareto_nbd import ParetoNbd
from ml.clv.sufficient_statistics import collapse
from tests.unit.ml.clv.cdnow import CUT, WEEKS, histories, needs_cdnow, order_days

pytestmark = needs_cdnow


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return histories(order_days())


def test_the_sample_is_the_published_one(customers: pd.DataFrame) -> None:
    counts = len(customers), int((customers["x"] > 0).sum()), int(customers["x"].sum())
    assert counts == (2357, 946, 2457)


@pytest.mark.parametrize(
    ("model", "published", "log_likelihood"),
    [
        (BgNbd, {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}, -9582.429),
        (ParetoNbd, {"r": 0.5533, "alpha": 10.578, "s": 0.6062, "beta": 11.669}, -9594.976),
    ],
)
def test_published_parameters_and_likelihood(customers, model, published, log_likelihood) -> None:
    fit = model.fit(collapse(customers["x"], customers["t_x"], customers["T"]))
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.001)
    # Half a unit of the last published digit.
    tolerance = {"alpha": 0.0006, "beta": 0.0006}
    for name, value in published.items():
        assert fit.model.parameters[name] == pytest.approx(value, abs=tolerance.get(name, 6e-5))


def test_published_gamma_gamma(customers: pd.DataFrame) -> None:
    fit = GammaGamma.fit(Spend.of(customers["x"], customers["mean_value"]))
    assert fit.customers == 946
    for name, value in {"p": 6.25, "q": 3.74, "v": 15.44}.items():
        assert fit.model.parameters[name] == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(
    ("model", "error", "correlation", "total"),
    [(BgNbd, 0.7855, 0.6256, -0.1215), (ParetoNbd, 0.7545, 0.6302, -0.1150)],
)
def test_held_out_weeks(customers, model, error, correlation, total) -> None:
    columns = customers["x"], customers["t_x"], customers["T"]
    expected = model.fit(collapse(*columns)).model.expected_orders(*columns, WEEKS)
    later = customers["later"]
    assert abs(expected - later).mean() == pytest.approx(error, abs=5e-5)
    assert pd.Series(expected).corr(later.reset_index(drop=True)) == pytest.approx(
        correlation, abs=5e-5
    )
    assert expected.sum() / later.sum() - 1 == pytest.approx(total, abs=5e-4)


def test_the_chosen_model_is_the_one_that_does_best_on_the_held_out_weeks(
    customers: pd.DataFrame,
) -> None:
    # Two thirds of the 39 weeks to fit, one to choose by.
    before = CUT - pd.Timedelta(weeks=13)
    days = order_days()
    past = histories(days[days["day"] <= CUT], before)
    trial = Trial(of(past), past["later"].to_numpy(), 13.0)
    choice = choose(of(customers), trial)
    assert choice.reason.startswith("pareto_nbd: no worse than mbg_nbd beyond noise")
    expected = choice.model.expected_orders(customers["x"], customers["t_x"], customers["T"], WEEKS)
    assert abs(expected - customers["later"]).mean() == pytest.approx(0.7545, abs=5e-5)


def of(customers: pd.DataFrame) -> Histories:
    return Histories(*(customers[name].to_numpy(float) for name in ("x", "t_x", "T")))
