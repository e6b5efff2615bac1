"""Churn: the probability of no purchase within the horizon, for shops without contracts."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from ml.artefact import Artefact
from ml.columns import CHURN_PROBABILITY, IS_CHURNED
from ml.explain import with_reasons
from ml.supervised import Baseline, Label, SupervisedConfig, SupervisedTask

RFM = ("days_since_last_order", "order_count", "net_revenue_amount")


class Churn(SupervisedTask):
    """The churn task: a declaration, see `ml.supervised` for what is done with it."""

    name = "churn"
    kind = "classification"
    label = Label(column=IS_CHURNED, words="purchases")
    score_table = "ml.customer_churn_scores"
    output = CHURN_PROBABILITY
    headline_metrics = ("roc_auc", "brier_score")
    loss = "log_loss"
    baselines: ClassVar[dict[str, Baseline]] = {
        "recency alone": ["days_since_last_order"],
        "order count alone": ["order_count"],
        "plain logistic regression": RFM,
    }
    defaults = SupervisedConfig(
        estimators=(
            "logistic_regression",
            "logistic_regression_balanced",
            "logistic_regression_smote",
            "decision_tree",
            "lightgbm",
            "xgboost",
            "blend",
        )
    )
    """Forests cost most and gain nothing: `random_forest`, `blend_with_forest` can be asked for."""

    def explain(
        self, artefact: Artefact, frame: pd.DataFrame, scores: pd.DataFrame
    ) -> pd.DataFrame:
        """Add the three strongest reasons of each customer, see `ml.explain`."""
        return with_reasons(artefact.estimator, artefact.contract, frame, scores)
