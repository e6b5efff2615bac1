"""Estimators of what a customer will spend: see `ml.estimators.customer_value`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ml.estimators.base import Estimator, Kind, Model
from ml.estimators.customer_value import COLUMNS, CustomerValue


class _Value(Estimator):
    kind: ClassVar[Kind] = "regression"
    columns = COLUMNS
    correction: ClassVar[float]
    starts_at_product: ClassVar[bool] = True

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; parameters are those of LGBMRegressor."""
        return CustomerValue(
            numeric, categorical, self.correction, self.starts_at_product, dict(parameters)
        )


class OrdersTimesSpend(_Value):
    """Expected orders times expected value of an order, as the probability models say."""

    name = "btyd_gamma_gamma"
    correction = 0.0


class HalfCorrected(_Value):
    """The geometric mean of that product and of trees that start from it."""

    name = "btyd_half_corrected"
    correction = 0.5


class Corrected(_Value):
    """Trees that start from that product."""

    name = "btyd_corrected"
    correction = 1.0


class TweedieTrees(_Value):
    """Trees that start from nothing and know that product as a feature."""

    name = "lightgbm_tweedie"
    correction = 1.0
    starts_at_product = False
