"""Methods of statsforecast: AutoETS and AutoTheta on days; TSB, Croston and kin on weeks.

Imported where they are used: the library takes seconds to import.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.forecast.local import View, filled
from ml.forecast.panel import WEEK, Floats

MAX_DAYS = 366
"""A season of a week needs no more, and the fit costs in proportion."""
SMOOTHING = 0.1


def auto_ets(view: View) -> Floats:
    """AutoETS on the days, season of a week."""
    from statsforecast.models import AutoETS  # noqa: PLC0415

    return _daily(view, lambda: AutoETS(season_length=WEEK))


def auto_theta(view: View) -> Floats:
    """AutoTheta on the days, season of a week."""
    from statsforecast.models import AutoTheta  # noqa: PLC0415

    return _daily(view, lambda: AutoTheta(season_length=WEEK))


def _daily(view: View, build: Any) -> Floats:
    """The days as they were, closed ones too; nothing on closed days to come."""
    said = [_means(build(), series, view.horizon) for series in view.history[:, -MAX_DAYS:]]
    return np.asarray(np.maximum(np.array(said), 0.0) * view.open.future)


def tsb(view: View) -> Floats:
    """Teunter, Syntetos and Babai: chance of a sale in a week times its size; can die out."""
    from statsforecast.models import TSB  # noqa: PLC0415

    return _weekly(view, lambda: TSB(alpha_d=SMOOTHING, alpha_p=SMOOTHING))


def croston_sba(view: View) -> Floats:
    """Croston's method as corrected by Syntetos and Boylan."""
    from statsforecast.models import CrostonSBA  # noqa: PLC0415

    return _weekly(view, CrostonSBA)


def imapa(view: View) -> Floats:
    """Sums over several spans, smoothed and averaged."""
    from statsforecast.models import IMAPA  # noqa: PLC0415

    return _weekly(view, IMAPA)


def _weekly(view: View, build: Any) -> Floats:
    weeks = filled(view.weeks)
    levels = np.array([_means(build(), series, 1)[0] for series in weeks])
    return view.flat(np.maximum(levels, 0.0))


def _means(model: Any, series: Floats, horizon: int) -> Floats:
    """The forecast, or the mean where the series has nothing to fit.

    Constant series, among them all zeros, have no spread that could be fitted.
    """
    if np.ptp(series) == 0 or not series.size:
        return np.full(horizon, series.mean() if series.size else 0.0)
    said = model.forecast(y=np.array(series, dtype=float), h=horizon)["mean"]
    filled_in: Floats = np.nan_to_num(np.asarray(said, dtype=float), nan=float(series.mean()))
    return filled_in
