"""Is a batch like the ones before it? Robust, so that one odd day does not hide the next.

A number is compared with the median of earlier batches. It may be off by so many robust standard
deviations (1.4826 times the median absolute deviation), but never counts below a floor that
people would not call a change, and always counts beyond a ceiling that no noise excuses.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.gates.checks import CheckResult
from ingest.gates.limits import LEAST_EARLIER, DriftLimits, DriftName
from ingest.gates.statistics import Statistic
from ingest.text import shortened

NO_HISTORY = "no history"
_NEEDS_HISTORY = f"{LEAST_EARLIER} earlier batches to compare with"
_MAD_TO_DEVIATION = 1.4826
# Beyond these no spread among earlier batches makes a batch an ordinary one.
_MOST_NULL_SHARE = 0.5
_MOST_INVALID_SHARE = 0.2
_MOST_AMOUNT_FACTOR = 1.8
_SHOWN_CATEGORIES = 5


@dataclass(frozen=True)
class History:
    """What is known of earlier batches of the same table and shop."""

    batch_count: int = 0
    """Of those that are compared with."""
    statistics: tuple[Statistic, ...] = ()
    """Of these batches, without categories."""
    unknown: frozenset[tuple[str, str]] = frozenset()
    """Column and category: those of the current batch that no earlier one ever had."""


@dataclass(frozen=True)
class _Measure:
    """How one kind of number is compared and put into words."""

    subject: str
    say: Callable[[float], str]
    unit: str = ""
    scale: Callable[[float], float] = float
    """To where steps are alike; `say` is told scaled values."""


def _percent(share: float) -> str:
    # A band around a share may reach beyond what a share can be.
    return f"{100 * min(1.0, max(0.0, share)):.1f}%"


def _log_count(count: float) -> float:
    return math.log(max(1.0, count))


_MEASURES: dict[DriftName, _Measure] = {
    "row_count": _Measure("the batch has", lambda v: f"{math.exp(v):,.0f}", " rows", _log_count),
    "null_share": _Measure("{} is blank in", _percent, " of the rows"),
    "invalid_share": _Measure("{} is not of its type in", _percent, " of the values"),
    "amount_level": _Measure("{} has a typical value of", lambda v: f"{math.exp(v):,.4g}"),
}


def judge(
    current: Sequence[Statistic], history: History, limits: DriftLimits, *, is_sampled: bool
) -> list[CheckResult]:
    """Return one result per watched number of a batch.

    Args:
        current: statistics of the batch.
        history: of the batches before it.
        limits: from the suite.
        is_sampled: the statistics are those of a sample; the row count never is.
    """
    earlier: dict[tuple[str, str], list[float]] = defaultdict(list)
    for item in history.statistics:
        earlier[item.column_name, item.statistic].append(item.value)
    found = []
    for item in current:
        if item.statistic != "category_share" and item.statistic not in limits.off:
            values = earlier[item.column_name, item.statistic]
            result = _judge_number(item.column_name, item.statistic, item.value, values, limits)
            sampled = is_sampled and item.statistic != "row_count"
            found.append(replace(result, is_sampled=sampled))
    if "new_category" not in limits.off:
        for column in limits.categories:
            result = _judge_categories(column, current, history, limits)
            found.append(replace(result, is_sampled=is_sampled))
    return found


def _judge_number(
    column: str, name: DriftName, value: float, earlier: Sequence[float], limits: DriftLimits
) -> CheckResult:
    measure = _MEASURES[name]
    value = measure.scale(value)
    observed = measure.say(value) + measure.unit
    result = _unjudged(name, column, limits, observed)
    if len(earlier) < LEAST_EARLIER:
        return result
    middle, tolerance = _band(name, [measure.scale(one) for one in earlier], limits)
    low, high = measure.say(middle - tolerance), measure.say(middle + tolerance)
    # Fewer broken values than ever are no fault.
    is_too_low = value < middle - tolerance and name != "invalid_share"
    message = (
        f"{measure.subject.format(column)} {observed}, unlike the {len(earlier)} batches before it "
        f"({measure.say(middle)} in the middle, {low} to {high} are ordinary); "
        "compare it with the file before"
    )
    is_fine = not is_too_low and value <= middle + tolerance
    return replace(
        result,
        success=is_fine,
        observed=observed,
        threshold=f"{low} to {high}",
        message="" if is_fine else message,
    )


def _band(name: DriftName, earlier: Sequence[float], limits: DriftLimits) -> tuple[float, float]:
    """Return the middle of earlier values, and how far from it a value may be."""
    middle = statistics.median(earlier)
    spread = _MAD_TO_DEVIATION * statistics.median(abs(value - middle) for value in earlier)
    floor, ceiling = _floor_and_ceiling(name, middle, limits)
    return middle, max(floor, min(limits.deviations * spread, ceiling))


def _floor_and_ceiling(name: DriftName, middle: float, limits: DriftLimits) -> tuple[float, float]:
    if name == "row_count":
        return math.log(limits.row_count_factor), math.inf
    if name == "amount_level":
        return math.log(limits.amount_factor), math.log(_MOST_AMOUNT_FACTOR)
    if name == "null_share":
        # A column that is mostly blank is still found when all of it is.
        return limits.null_share, min(_MOST_NULL_SHARE, 0.9 * (1 - middle))
    return limits.invalid_share, _MOST_INVALID_SHARE


def _judge_categories(
    column: str, current: Sequence[Statistic], history: History, limits: DriftLimits
) -> CheckResult:
    shares = {
        item.category: item.value
        for item in current
        if item.statistic == "category_share" and item.column_name == column
    }
    result = _unjudged("new_category", column, limits, f"{len(shares)} categories")
    if history.batch_count < LEAST_EARLIER:
        return result
    new = {name: share for name, share in shares.items() if (column, name) in history.unknown}
    shown = ", ".join(
        f"'{shortened(name)}' ({_percent(share)})"
        for name, share in list(new.items())[:_SHOWN_CATEGORIES]
    )
    heaviest = max(new.values(), default=0.0)
    is_fine = heaviest < limits.new_category_share or not new
    message = f"{column} has values that no batch before it had: {shown}; is that right?"
    return replace(
        result,
        success=is_fine,
        observed=f"{len(new)} new of {len(shares)} categories",
        threshold=f"a new one in under {_percent(limits.new_category_share)} of the rows",
        sample_values=shown or None,
        message="" if is_fine else message,
    )


def _unjudged(name: DriftName, column: str, limits: DriftLimits, observed: str) -> CheckResult:
    return CheckResult(
        check_kind="drift",
        check_name=name,
        column_name=column,
        severity=limits.severity(name),
        success=None,
        observed=f"{observed}; {NO_HISTORY}",
        threshold=_NEEDS_HISTORY,
    )
