"""Whether a challenger takes the place of the champion: on the same later rows, beyond noise.

A challenger is promoted if the 95% interval of its loss minus the champion's, on the same resamples
of the same customers, lies below zero, if its calibration error is not worse by more than a
tolerance, and if its data look like those that the champion was fitted to. Else it is kept, with
the reason. The first model of a shop has to beat the base rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from ml.feature_contract import FeatureContract
from ml.heldout import HeldOut, measured
from ml.metrics import Measure, expected_calibration_error
from ml.task import Decision

PROFILE = "feature_profile"
CHAMPION = "champion"
CHALLENGER = "challenger"


class GateConfig(BaseModel):
    """What a challenger has to pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calibration_tolerance: float = Field(default=0.01, ge=0)
    """By how much the expected calibration error may be worse than the champion's."""
    min_row_ratio: float = Field(default=0.5, ge=0)
    """Training rows, at least this many times the champion's: fewer mean that a load is missing."""
    max_null_rise: float = Field(default=0.2, ge=0, le=1)
    """By how much the share of nulls of a feature may be higher than in the champion's rows."""
    max_shift: float = Field(default=1.0, ge=0)
    """How far the median of a feature may lie outside the middle 98% of the champion's rows, in
    widths of these."""


class NumericProfile(BaseModel):
    """What a numeric feature looked like in training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    null_share: float
    low: float
    median: float
    high: float


class DataProfile(BaseModel):
    """What the rows looked like that a model was fitted to. Holds no value of a single customer:
    the ends are the 1st and 99th percentile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row_count: int
    null_shares: dict[str, float]
    numeric: dict[str, NumericProfile]


@dataclass(frozen=True)
class Comparison:
    """Champion and challenger on the same later rows: predictions named so in `held`."""

    held: HeldOut
    how: str
    """How the champion's predictions came about, in words."""


def profile(
    frame: pd.DataFrame, contract: FeatureContract, left_out: Sequence[str] = ()
) -> DataProfile:
    """Describe the features of training rows, those left out of the contract as null in all."""
    nulls = dict.fromkeys(left_out, 1.0)
    nulls |= {name: float(frame[name].isna().mean()) for name in contract.feature_names}
    numeric = {}
    for name in contract.names("numeric"):
        low, median, high = _quantiles(frame[name])
        numeric[name] = NumericProfile(null_share=nulls[name], low=low, median=median, high=high)
    return DataProfile(row_count=len(frame), null_shares=nulls, numeric=numeric)


def data_complaints(new: DataProfile, old: DataProfile, config: GateConfig) -> list[str]:
    """What is wrong with the challenger's rows beside the champion's, in words; none is good."""
    found = []
    if new.row_count < config.min_row_ratio * old.row_count:
        found.append(f"{new.row_count:,} training rows, the champion had {old.row_count:,}")
    for name in sorted(new.null_shares.keys() & old.null_shares.keys()):
        share, before = new.null_shares[name], old.null_shares[name]
        if share > before + config.max_null_rise:
            found.append(f"{name} is null in {share:.0%} of rows, {before:.0%} before")
    for name in sorted(new.numeric.keys() & old.numeric.keys()):
        now, then = new.numeric[name], old.numeric[name]
        slack = config.max_shift * (then.high - then.low)
        if then.low == then.high or np.isnan(now.median) or np.isnan(then.low):
            continue
        if not then.low - slack <= now.median <= then.high + slack:
            found.append(
                f"median {name} is {now.median:g}, it was {then.median:g} "
                f"({then.low:g} to {then.high:g})"
            )
    return found


def first_decision(loss: float, base_loss: float, loss_name: str, base_name: str) -> Decision:
    """Decide about the first model of a shop: it scores if it is better than knowing nothing."""
    said = f"{loss_name} {loss:.4f}, {base_name} {base_loss:.4f}"
    if loss < base_loss:
        return Decision("first", f"first model; {said}")
    return Decision("kept", f"no better than the {base_name}: {said}")


def decide(  # noqa: PLR0913 (all that counts)
    comparison: Comparison,
    loss_name: str,
    loss: Measure,
    complaints: list[str],
    config: GateConfig,
    resamples: int,
    is_probability: bool,
) -> Decision:
    """Decide between champion and challenger.

    Args:
        comparison: both on the same rows.
        loss_name: the metric that decides, for the reason.
        loss: that metric.
        complaints: what is wrong with the challenger's data.
        config: tolerances.
        resamples: of the bootstrap.
        is_probability: whether calibration counts.
    """
    if complaints:
        return Decision("kept", "data checks: " + "; ".join(complaints[:5]))
    result = measured(comparison.held, loss, (CHALLENGER, CHAMPION), resamples)
    gain = result.difference(CHALLENGER, CHAMPION)
    sign = -1.0 if loss.higher_is_better else 1.0
    better = gain.upper < 0 if sign > 0 else gain.lower > 0
    said = (
        f"{loss_name} {result.values[CHALLENGER]:.4f}, the champion's "
        f"{result.values[CHAMPION]:.4f} ({comparison.how}); difference {gain.value:+.4f} "
        f"({gain.lower:+.4f} to {gain.upper:+.4f}) on {len(comparison.held):,} rows"
    )
    if not better:
        return Decision("kept", f"not better beyond noise: {said}")
    if is_probability:
        errors = _calibration_errors(comparison.held)
        if errors[CHALLENGER] > errors[CHAMPION] + config.calibration_tolerance:
            return Decision(
                "kept",
                f"worse calibrated: expected calibration error {errors[CHALLENGER]:.4f}, the "
                f"champion's {errors[CHAMPION]:.4f}; {said}",
            )
    return Decision("promoted", f"better beyond noise: {said}")


def _calibration_errors(held: HeldOut) -> dict[str, float]:
    return {
        name: expected_calibration_error(held.outcome, held.named(name))
        for name in (CHALLENGER, CHAMPION)
    }


def _quantiles(values: Any) -> tuple[float, float, float]:
    known = values.dropna().to_numpy(dtype=np.float64)
    if not known.size:
        return float("nan"), float("nan"), float("nan")
    low, median, high = np.quantile(known, [0.01, 0.5, 0.99])
    return float(low), float(median), float(high)
