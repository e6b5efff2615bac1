"""Sentiment of the public reviews of women's clothing, read as plain frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.metrics import roc_auc
from ml.reviews import vader
from ml.reviews.classifier import choose, classes_of, fit
from ml.reviews.columns import TEXTS
from ml.reviews.measures import macro_f1
from ml.reviews.splits import split
from ml.reviews.text import joined, plain_texts
from tests.e2e.real_data import DATA

CLOTHING = DATA / "womens_clothing_reviews" / "womens_clothing_reviews.csv.gz"


@pytest.mark.slow
@pytest.mark.skipif(not CLOTHING.exists(), reason=f"{CLOTHING} is missing")
def test_sentiment_of_womens_clothing_is_that_of_the_ratings() -> None:
    """One split of those in docs/reviews.md; bounds are below the worst of them."""
    raw = pd.read_csv(CLOTHING)
    names = {"Title": "review_title", "Review Text": "review_text", "Rating": "rating"}
    frame = raw[raw["Review Text"].notna()].rename(columns=names).reset_index(drop=True)
    texts, classes = plain_texts(frame, TEXTS), classes_of(frame["rating"])
    snapshot = pd.Series(pd.Timestamp("2018-01-01"), index=frame.index)
    out = split(snapshot, classes, None, seed=0).held_out
    model = fit(texts[~out], classes[~out], choose(texts[~out], classes[~out]))
    said = model.probabilities(texts[out])
    recommended = frame["Recommended IND"].to_numpy()[out] == 1
    auc = roc_auc(recommended, said[:, 2] - said[:, 0])
    compound = vader.compound(joined(texts[out]))
    assert auc > max(0.955, roc_auc(recommended, compound) + 0.1)
    f1 = macro_f1(classes[out], model.labels(said).astype(np.float64))
    assert f1 > max(0.64, macro_f1(classes[out], vader.classes(compound).astype(np.float64)) + 0.15)
