"""What can be set of sales forecasts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ForecastConfig(BaseModel):
    """Settings of the task; a typo in a name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_products: int = Field(default=500, ge=0)
    """Products by revenue of the last year that are series of their own; the others are `rest`."""
    weeks: int = Field(default=13, ge=1, le=13)
    """Whole calendar weeks ahead."""
    product_days: int = Field(default=28, ge=0)
    """Days ahead that are written of products; weeks are written of all."""
    step_days: int = Field(default=14, ge=7, multiple_of=7)
    """Days between rolling origins."""
    judged_days: int = Field(default=28, ge=7, multiple_of=7)
    """Days ahead that methods are chosen by and measured on."""
    measured_origins: int = Field(default=9, ge=1)
    """The newest origins, on which the procedure is measured."""
    choice_origins: int = Field(default=6, ge=1)
    """Origins, newest first, whose days are over, by which a series gets its methods."""
    error_origins: int = Field(default=8, ge=1)
    """Origins, newest first, whose errors make intervals."""
    members: int = Field(default=3, ge=1)
    """How many of the best methods are averaged."""
    least_history_days: int = Field(default=28, ge=7)
    """A shop with less gets no forecast."""
    least_origin_days: int = Field(default=70, ge=56)
    """History before the oldest origin."""
    learned: tuple[str, ...] = ("linear_regression", "random_forest", "lightgbm")
    statistical: tuple[str, ...] = ("auto_ets", "auto_theta")
    """Methods that cost a third of a second a fit: asked of the total only."""
    learned_series: int = Field(default=12, ge=1)
    """Largest series of total, countries and categories that the learned methods are fitted to."""
    learned_rows: int = Field(default=8_000, ge=500)
    """Rows that they are fitted to at the most."""
    resamples: int = Field(default=500, ge=100)

    @property
    def horizon(self) -> int:
        """Days ahead: whole calendar weeks, wherever in a week as_of lies, and a day more where
        the newest day of the history is not over."""
        return 7 * self.weeks + 7
