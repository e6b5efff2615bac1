"""The forecast task: read, roll through the past, choose, measure, fit; score by the recipe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ml.artefact import Artefact
from ml.columns import AS_OF_DATE, SOURCE_NAME
from ml.feature_contract import FeatureContract
from ml.forecast import learned, reading
from ml.forecast.choice import procedure
from ml.forecast.config import ForecastConfig
from ml.forecast.ends import is_last_day_over
from ml.forecast.measure import PROCEDURE, evaluations
from ml.forecast.methods import REGULAR, kinds
from ml.forecast.outcome import spread_of
from ml.forecast.panel import CALENDAR, PRODUCT, TOTAL, TOTAL_KEY, Panel, build_panel
from ml.forecast.recipe import Recipe, apply, make_recipe
from ml.forecast.rolling import roll
from ml.forecast.rows import rows_of, silent_rows
from ml.task import Decision, Evaluation, NotEnoughData, Task, Trained, TrainingData
from warehouse.settings import Settings


class SalesForecast(Task):
    """Daily and weekly revenue of the shop, its countries, categories and products."""

    name: ClassVar[str] = "forecast"
    feature_model: ClassVar[str] = "ftr_sales_daily"
    also_reads: ClassVar[tuple[str, ...]] = ("ftr_sales_calendar",)
    score_table: ClassVar[str] = "ml.sales_forecasts"
    headline_metrics: ClassVar[tuple[str, ...]] = ("mase", "wape", "coverage_80")

    def __init__(self, config: ForecastConfig | None = None) -> None:
        self.config = config or ForecastConfig()

    def parameters(self) -> dict[str, Any]:
        """The configuration."""
        return self.config.model_dump()

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read everything sold before a day: by default the day after the newest order.

        Raises:
            NotEnoughData: nothing had been sold by then.
        """
        as_of = evaluate_at or reading.newest_date(settings, source)
        if as_of is None:
            raise NotEnoughData(f"forecast of {source}: no sales")
        products = reading.top_products(settings, source, as_of, self.config.max_products)
        frame = reading.read_sales(settings, source, as_of, products, self.config.horizon)
        sold = frame.loc[frame["series_level"] != CALENDAR, "sales_date"]
        if sold.empty:
            raise NotEnoughData(f"forecast of {source}: no sales before {as_of}")
        first = frame["sales_date"].iloc[0].date()
        return TrainingData(
            source, contract, frame, as_of, details={"products": products}, first_date=first
        )

    def train(self, data: TrainingData) -> Trained:
        """Ask every method at past origins, choose, measure the choice, and fit for today.

        A shop with less history than `least_history_days` gets a recipe that says why it has no
        forecast.
        """
        products = [key for key in data.details["products"] if isinstance(key, str)]
        panel, _ = _panel(data.frame, products)
        recipe = Recipe(self.config, tuple(products))
        found: list[Evaluation] = []
        if panel.day_count >= self.config.least_history_days:
            recipe, found = self._fit(panel, data.evaluate_at)
        return Trained(
            model_name=PROCEDURE,
            estimator=recipe,
            details={"summary": _summary(recipe)},
            trained_as_of_date=data.evaluate_at,
            training_row_count=int((data.frame["series_level"] != CALENDAR).sum()),
            evaluations=found,
            parameters={**self.parameters(), "methods": _summary(recipe)},
        )

    def _fit(self, panel: Panel, as_of: date) -> tuple[Recipe, list[Evaluation]]:
        known = learned.examples(_to_learn_from(panel, self.config), self.config.horizon)
        rolling = roll(panel, self.config, known)
        spread = None
        if len(rolling.origins):
            said = procedure(rolling, self.config)
            spread = spread_of(rolling, said, panel.day_count, self.config)
        newest = known.before(panel.day_count, self.config.learned_rows)
        models = learned.fit(newest, self.config.learned) if len(rolling.origins) else {}
        recipe = make_recipe(rolling, spread, models, self.config)
        return recipe, evaluations(rolling, self.config, as_of)

    def decide(self, champion: Artefact | None, data: TrainingData, trained: Trained) -> Decision:
        """The newest recipe scores: it is the same procedure with more of the past to choose by.

        What it is held against is measured within the training, at the same origins.
        """
        found = {
            (row.metric_name, row.baseline_name): row
            for row in trained.evaluations
            if row.is_champion
        }
        row = found.get(("wape", "four-week weekday mean"))
        words = (
            "no origin of the past to measure at"
            if row is None
            else f"WAPE {row.metric_value:.3f}, four-week weekday mean {row.baseline_value:.3f}"
        )
        if champion is None:
            return Decision("first", f"first model; {words}")
        return Decision("promoted", f"the newest past to choose by; {words}")

    def newest_date(self, settings: Settings, artefact: Artefact) -> date | None:
        """The day after the newest order, or the as_of_date of the build."""
        return reading.newest_date(settings, artefact.source_name)

    def scoring_frames(
        self, settings: Settings, artefact: Artefact, as_of: date
    ) -> Iterator[pd.DataFrame]:
        """Yield the shop in one frame: all series are needed to make parts add up."""
        recipe: Recipe = artefact.estimator
        yield reading.read_sales(
            settings, artefact.source_name, as_of, recipe.products, recipe.config.horizon
        )

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Forecast a shop.

        Args:
            artefact: the champion.
            frame: what `scoring_frames` yields: one shop as of one day.

        Returns:
            Rows of ml.sales_forecasts; without amounts, and with the reason, where there is too
            little history.
        """
        recipe: Recipe = artefact.estimator
        panel, skipped = _panel(frame, recipe.products)
        as_of, source = frame[AS_OF_DATE].iloc[0], str(frame[SOURCE_NAME].iloc[0])
        if panel.day_count < recipe.config.least_history_days:
            reason = (
                f"{max(panel.day_count, 0)} days of history; "
                f"a forecast needs {recipe.config.least_history_days}"
            )
            names = list(zip(panel.levels, panel.keys, strict=True))
            return silent_rows(source, as_of, names, recipe.config.weeks, reason)
        said = apply(recipe, panel, skipped)
        return rows_of(source, as_of, panel, said, recipe.config.product_days)


def _panel(frame: pd.DataFrame, products: Any) -> tuple[Panel, int]:
    """The history of a frame, without its newest day where that was not over, which is skipped."""
    as_of = frame[AS_OF_DATE].iloc[0]
    skipped = 0 if is_last_day_over(frame, as_of) else 1
    end = (as_of - pd.Timedelta(days=skipped)).to_datetime64()
    return build_panel(frame, end.astype("datetime64[D]"), products), skipped


def _to_learn_from(panel: Panel, config: ForecastConfig) -> Panel:
    """The largest regular series that are no products."""
    kind = np.array(kinds(panel))
    level = np.array(panel.levels)
    rows = np.flatnonzero((level != PRODUCT) & ((kind == REGULAR) | (level == TOTAL)))
    chosen = panel.take(rows)
    return chosen.take(learned.largest(chosen, config.learned_series))


def _summary(recipe: Recipe) -> dict[str, Any]:
    """What the total gets, and how many series each method is part of."""
    counts: dict[str, int] = {}
    for members in recipe.members.values():
        for method in members:
            counts[method] = counts.get(method, 0) + 1
    total = recipe.members.get((TOTAL, TOTAL_KEY), ())
    return {"total": " + ".join(total), "series": dict(sorted(counts.items()))}
