"""Churn: the probability of no purchase within the horizon, for shops without contracts."""

from __future__ import annotations

from typing import ClassVar

from ml.columns import CHURN_PROBABILITY, IS_CHURNED
from ml.supervised import Baseline, Label, SupervisedConfig, SupervisedTask


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
    }
    defaults = SupervisedConfig(estimators=("logistic_regression", "lightgbm", "blend"))
