"""Robust outliers of numeric columns, counted in the database over every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.profile.catalogue import Column, Relation, quoted

SCALED_MADS = 3.0
MAD_SCALE = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation."""
IQR_FENCE = 1.5
LARGEST = "1e100"
"""What is larger cannot be squared and summed as a double; NaN and infinity count as larger."""
EXTREMES = 3

SPREAD = """
with numbers as materialized (
    select cast({number} as double precision) as x
    from {relation} as t
    where {number} between -{largest} and {largest}
),

quarters as (
    select
        count(*) as present,
        avg(x) as mean,
        stddev_samp(x) as deviation,
        percentile_cont(0.25) within group (order by x) as quarter,
        percentile_cont(0.5) within group (order by x) as middle,
        percentile_cont(0.75) within group (order by x) as three_quarters,
        count(*) filter (where x = 0) as zeros,
        count(*) filter (where x < 0) as negatives
    from numbers
),

deviations as (
    select percentile_cont(0.5) within group (order by abs(x - middle)) as mad
    from numbers cross join quarters
)

select
    quarters.*,
    deviations.mad,
    (
        select count(*) from numbers where mad > 0 and abs(x - middle) > {mads} * {scale} * mad
    ) as beyond_mad,
    (
        select count(*) from numbers
        where x < quarter - {fence} * (three_quarters - quarter)
            or x > three_quarters + {fence} * (three_quarters - quarter)
    ) as beyond_iqr,
    (
        select json_agg(x)
        from (select x from numbers order by x limit {extremes}) as low
    ) as lowest,
    (
        select json_agg(x)
        from (select x from numbers order by x desc limit {extremes}) as high
    ) as highest
from quarters cross join deviations
"""


@dataclass(frozen=True)
class Spread:
    """Where the numbers of a column lie; None where no number is left to say it of."""

    present: int
    """Numbers that are neither NaN nor beyond 1e100."""
    mean: float | None
    deviation: float | None
    quarter: float | None
    middle: float | None
    three_quarters: float | None
    zeros: int
    negatives: int
    mad: float | None
    beyond_mad: int | None
    """None where the rule says nothing: more than half of the numbers are equal."""
    beyond_iqr: int | None
    """None where the middle half of the numbers are equal."""
    lowest: list[float]
    highest: list[float]

    @property
    def fences(self) -> tuple[float, float] | None:
        """Where outliers begin by the interquartile rule."""
        if self.quarter is None or self.three_quarters is None:
            return None
        width = IQR_FENCE * (self.three_quarters - self.quarter)
        return (self.quarter - width, self.three_quarters + width)

    @property
    def mad_limits(self) -> tuple[float, float] | None:
        """Where outliers begin by the median absolute deviation."""
        if self.middle is None or not self.mad:
            return None
        width = SCALED_MADS * MAD_SCALE * self.mad
        return (self.middle - width, self.middle + width)


def spread_query(relation: Relation, column: Column) -> str:
    """Return SQL for where the numbers of a column lie, and how many lie far outside."""
    return SPREAD.format(
        number=f"t.{quoted(column.name)}",
        relation=relation.sql,
        largest=LARGEST,
        mads=SCALED_MADS,
        scale=MAD_SCALE,
        fence=IQR_FENCE,
        extremes=EXTREMES,
    )


def spread_of(row: dict[str, Any]) -> Spread:
    """Return the spread from the row that `spread_query` gives."""
    found = {**row, "lowest": row["lowest"] or [], "highest": row["highest"] or []}
    if not row["mad"]:
        found["beyond_mad"] = None
    if row["quarter"] == row["three_quarters"]:
        found["beyond_iqr"] = None
    return Spread(**found)
