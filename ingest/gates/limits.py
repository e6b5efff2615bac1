"""When a batch counts as different from the ones before it: all defaults in one place.

They were chosen on the 305 daily files of online_retail (docs/gates.md has the figures): of the
days after the third, one in twenty-five warns.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Severity = Literal["warn", "stop"]
DriftName = Literal["row_count", "null_share", "invalid_share", "amount_level", "new_category"]

LEAST_EARLIER = 3
"""With fewer earlier batches nothing is judged."""


class DriftLimits(BaseModel):
    """What a suite may say under `drift`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: tuple[str, ...] = ()
    """Columns with few different values, of which a new one is worth a look."""
    amounts: tuple[str, ...] = ()
    """Numeric columns whose level is watched, for example prices."""
    earlier_batches: int = Field(default=20, ge=LEAST_EARLIER)
    """So many of the newest earlier batches are looked at. Of ten, the spread is too rough."""
    deviations: float = Field(default=4.0, gt=0)
    """A batch may be so many robust standard deviations (1.4826 MAD) off their median."""
    row_count_factor: float = Field(default=1.8, gt=1)
    """More or fewer rows by less than this factor never count."""
    amount_factor: float = Field(default=1.25, gt=1)
    """The same for the level of an amount."""
    null_share: float = Field(default=0.1, gt=0, lt=1)
    """A column that is more often blank by less than this share never counts."""
    invalid_share: float = Field(default=0.02, gt=0, lt=1)
    """The same for the share of values that do not look like the declared type."""
    new_category_share: float = Field(default=0.03, ge=0, lt=1)
    """A new category counts once this share of the batch has it."""
    stop: tuple[DriftName, ...] = ()
    """Drift that refuses the batch; all other drift warns."""
    off: tuple[DriftName, ...] = ()
    """Drift that is not looked at."""

    def severity(self, name: DriftName) -> Severity:
        """Return what drift of this kind does."""
        return "stop" if name in self.stop else "warn"
