# %% [markdown]
# # The loop: a frame, a fit, a comparison, a model to keep
#
# Works on whatever shop is built: `make run` makes the sample. Start the kernel in the project
# (`.venv/bin/jupyter lab`, or your editor), with the database running (`clientele db start`).
#
# This file is made from `churn_loop.py` by `python notebooks/make.py`; outputs are not stored.

# %%
import os

from ml.workbench import compare, dates, frame, keep

SOURCE = os.environ.get("SHOP", "sample")

# %% [markdown]
# ## A frame as of a date, in one call
#
# One row per customer, from events strictly before the date. Where the 90 days after it are over,
# what happened in them stands beside it.

# %%
known = dates(SOURCE)
known.tail()

# %%
closed = known[known["is_label_complete"]]
day = closed["as_of_date"].iloc[-1].date()
rows = frame(SOURCE, day)
rows.head()

# %% [markdown]
# Who bought long ago is likelier to be gone. How much does that alone say?

# %%
rows.groupby(rows["days_since_last_order"] // 60 * 60)["is_churned"].agg(["mean", "size"]).head(10)

# %% [markdown]
# ## An estimator of your own is one class
#
# `build` gives an unfitted scikit-learn model; everything else (splits in time, held-out choice,
# baselines, intervals) is done for it.

# %%
from sklearn.ensemble import ExtraTreesClassifier

from ml.estimators import SEED, Estimator, feature_pipeline, logged_numbers


class ExtraTrees(Estimator):
    """Averages of random trees."""

    name = "extra_trees"

    def build(self, numeric, categorical, parameters):
        """Make it."""
        model = ExtraTreesClassifier(
            **{"n_estimators": 100, "min_samples_leaf": 30, "random_state": SEED, **parameters}
        )
        return feature_pipeline(logged_numbers(), numeric, categorical, model)


# %% [markdown]
# ## Compare, on later customers than any of them was fitted to
#
# Beside simple rules, with 95% intervals. Differences within an interval are noise; and one date is
# one date: `clientele backtest churn` looks at all of them.

# %%
table = compare(SOURCE, ["logistic_regression", "lightgbm", ExtraTrees()])
table[table["metric_name"].isin(["roc_auc", "log_loss"])]

# %% [markdown]
# ## Keep
#
# Training for good stores the version, its evaluation and its file, and the gate decides whether it
# scores from now on. Your own class has to move to `ml/estimators/` first: what is kept has to be
# fitted again by others.

# %%
report = keep(SOURCE, ["logistic_regression", "lightgbm"])
report.outcome, report.decision

# %%
best = table[table["metric_name"] == "roc_auc"].iloc[-1]
print(f"{best['model_name']}: AUC {best['metric_value']:.3f}")
