"""The recommendations task: learned before a cut, measured after it, then learned anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ml.artefact import Artefact
from ml.columns import AS_OF_DATE, SOURCE_NAME
from ml.feature_contract import FeatureContract
from ml.fingerprint import frame_digest
from ml.recommend import reading
from ml.recommend.cold import cold_table
from ml.recommend.config import RecommendConfig
from ml.recommend.content import content_neighbours, text_vectors
from ml.recommend.evaluation import OWN_FREQUENCY, SOURCES, evaluate
from ml.recommend.interactions import Interactions, day_number, day_of, encode
from ml.recommend.model import RecommendModel
from ml.recommend.packing import pack
from ml.recommend.people import people_before
from ml.recommend.ranker import RANKER, Recipe, Window, learn, open_window
from ml.recommend.related import related_table
from ml.recommend.signals import Catalogue, fit_signals
from ml.task import Decision, Evaluation, NotEnoughData, Task, Trained, TrainingData
from warehouse.settings import Settings

TODAY = "today"
PRODUCTS = "products"
RELATED_TABLE = "ml.product_recommendations"
COLD_TABLE = "ml.cold_start_recommendations"


class Recommendations(Task):
    """The recommendations task, see the module and docs/recommendations.md."""

    name: ClassVar[str] = "recommendations"
    feature_model: ClassVar[str] = "ftr_interactions"
    also_reads: ClassVar[tuple[str, ...]] = ("ftr_products",)
    score_table: ClassVar[str] = "ml.customer_recommendation_lists"
    headline_metrics: ClassVar[tuple[str, ...]] = ("ndcg_at_10", "discover_ndcg_at_10")

    def __init__(self, config: RecommendConfig | None = None) -> None:
        self.config = config or RecommendConfig()

    def parameters(self) -> dict[str, Any]:
        """The configuration."""
        return self.config.model_dump()

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read the interactions of a shop, of a big one those of a sample of its customers.

        Raises:
            NotEnoughData: no known customer has bought anything.
        """
        today = reading.today(settings, contract, source)
        count = reading.row_count(settings, contract, source)
        if today is None or not count:
            raise NotEnoughData(f"recommendations of {source}: no known customer bought anything")
        share = min(1.0, self.config.max_rows / count)
        frame = reading.interactions(settings, contract, source, today, share)
        products = reading.products(settings, contract, source)
        if frame.empty or not (frame["order_count"] > 0).any():
            raise NotEnoughData(f"recommendations of {source}: no known customer bought anything")
        # The catalogue decides the result too, so the fingerprint has to see it.
        same = np.zeros(len(frame), np.int8)
        frame["catalogue"] = pd.Categorical.from_codes(same, pd.Index([frame_digest(products)]))
        cut = evaluate_at or today - timedelta(days=self.config.window_days)
        details = {PRODUCTS: products, TODAY: today, "customer_share": share}
        first = frame["interaction_date"].min().date()
        return TrainingData(source, contract, frame, cut, details, first_date=first)

    def train(self, data: TrainingData) -> Trained:
        """Measure the recipe as of the evaluation date, then learn it as of today."""
        catalogue = catalogue_of(data.details[PRODUCTS], self.config)
        rows = encode(data.frame, catalogue.product_ids)
        today = day_number(data.details[TODAY])
        windows = _Windows(rows, catalogue, self.config)
        evaluations = self._measure(windows, day_number(data.evaluate_at), today)
        recipe = windows.recipe(today)
        signals = fit_signals(rows, catalogue, today, self.config)
        model = RecommendModel(signals, recipe, self.config)
        kind = "dense" if signals.is_dense else "sparse"
        return Trained(
            model_name=_name(recipe),
            estimator=model,
            details={"reason": recipe.reason, "scores": _summary(evaluations)},
            trained_as_of_date=day_of(today),
            training_row_count=len(data.frame),
            evaluations=evaluations,
            parameters={
                **self.parameters(),
                "item_item": kind,
                "chosen": recipe.reason,
                "customer_share": data.details["customer_share"],
            },
            tables={
                RELATED_TABLE: related_table(rows, signals, self.config),
                COLD_TABLE: cold_table(signals, self.config.list_length),
            },
        )

    def _measure(self, windows: _Windows, cut: int, today: int) -> list[Evaluation]:
        """Nothing where the window is still open, or nobody bought in it."""
        if cut + self.config.window_days > today:
            return []
        recipe, window = windows.recipe(cut), windows.measured(cut)
        everybody = people_before(windows.rows, cut)
        return evaluate(window, everybody, recipe, self.config, _name(recipe))

    def decide(self, champion: Artefact | None, data: TrainingData, trained: Trained) -> Decision:
        """The newest scores: it knows the newest products. The reason tells what it was worth."""
        words = f"{trained.model_name}; {trained.details['scores']}; {trained.details['reason']}"
        return Decision("first" if champion is None else "promoted", words)

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Make both lists of every customer of a frame; each depends on that customer only.

        Args:
            artefact: the champion.
            frame: interactions of whole customers, with `as_of_date` and `source_name`.

        Returns:
            One row per customer and list, see `ml.recommend.packing`.
        """
        as_of = frame[AS_OF_DATE].iloc[0]
        lists = pack(artefact.estimator.lists(frame, as_of.date()))
        return lists.assign(**{AS_OF_DATE: as_of, SOURCE_NAME: artefact.source_name})

    def newest_date(self, settings: Settings, artefact: Artefact) -> date | None:
        """Today, or with `refresh_days` the newest day of that rhythm."""
        today = reading.today(settings, artefact.contract, artefact.source_name)
        if today is None:
            return None
        number = day_number(today)
        return day_of(number - number % self.config.refresh_days)

    def scoring_frames(
        self, settings: Settings, artefact: Artefact, as_of: date
    ) -> Iterator[pd.DataFrame]:
        """Yield the interactions of whole customers before the day, in their order."""
        frames = reading.customers(settings, artefact.contract, artefact.source_name, as_of)
        for frame in frames:
            yield frame.assign(**{AS_OF_DATE: pd.Timestamp(as_of)})


class _Windows:
    """Windows of a training, each gathered once for all the cuts that it comes before.

    Candidates of a window are the largest thing of a training, so it goes as soon as no later cut
    needs it.
    """

    def __init__(self, rows: Interactions, catalogue: Catalogue, config: RecommendConfig) -> None:
        self.rows, self.catalogue, self.config = rows, catalogue, config
        self._known: dict[int, Window] = {}

    def measured(self, cut: int) -> Window:
        """The window after a cut."""
        if cut not in self._known:
            most = self.config.max_training_customers
            self._known[cut] = open_window(self.rows, self.catalogue, cut, self.config, most)
        return self._known[cut]

    def recipe(self, cut: int) -> Recipe:
        """What is learned from the windows before a cut."""
        first = int(self.rows.day.min())
        cuts = [cut - self.config.window_days * (n + 1) for n in range(self.config.ranker_windows)]
        self._keep(cuts)
        found = learn([self.measured(each) for each in cuts if each > first], self.config)
        self._keep(cuts[:-1])
        return found

    def _keep(self, cuts: list[int]) -> None:
        self._known = {each: window for each, window in self._known.items() if each in cuts}


def catalogue_of(products: pd.DataFrame, config: RecommendConfig) -> Catalogue:
    """The products of a shop, by id, with what is like them by its words."""
    products = products.sort_values("product_id", ignore_index=True)
    names = products["product_name"].fillna(products["product_id"]).astype(str)
    categories = products["category"].fillna("unknown").astype(str)
    words = names.where(categories == "unknown", names + " " + categories)
    allowed = products["is_product"].astype(bool) & products["exclusion_reason"].isna()
    vectors = text_vectors(words.tolist())
    return Catalogue(
        products["product_id"].to_numpy(object),
        tuple(names),
        categories.to_numpy(object),
        allowed.to_numpy(bool),
        content_neighbours(vectors, config.neighbours),
    )


def _name(recipe: Recipe) -> str:
    kinds = {recipe.combined, recipe.discover}
    return "ranker" if kinds == {RANKER} else "rule" if RANKER not in kinds else "ranker and rule"


def _summary(evaluations: list[Evaluation]) -> str:
    """The two headlines beside the baselines that are hardest to beat."""
    hardest = {"ndcg_at_10": OWN_FREQUENCY, "discover_ndcg_at_10": SOURCES["ease"]}
    words = [
        f"{row.metric_name} {row.metric_value:.3f} beside {row.baseline_value:.3f} "
        f"of {row.baseline_name}"
        for row in evaluations
        if hardest.get(row.metric_name) == row.baseline_name
    ]
    return ", ".join(words) or "not measured: no window is over in which anybody came back"
