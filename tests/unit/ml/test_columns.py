"""The quick first step says what scikit-learn says, to the bit, for frames and for rows."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import MinMaxScaler

from ml.estimators import BUILT_IN, build, predicted
from ml.estimators.columns import FeatureColumns, FeatureRows, compiled, takes_rows
from ml.estimators.preprocess import feature_pipeline
from tests.unit.ml.shop import CONTRACT, frame

CLASSIFIERS = [
    name
    for name, found in BUILT_IN.items()
    if found.kind == "classification" and found.is_available()
]


def holed() -> pd.DataFrame:
    """Rows with unknown numbers, and a country that training never saw."""
    rows = frame(["2024-01-01"], customers=300)
    numeric = CONTRACT.names("numeric")
    rows.loc[rows.index[:40], numeric[0]] = np.nan
    rows.loc[rows.index[5:9], numeric] = np.nan
    return rows


def as_rows(rows: pd.DataFrame) -> FeatureRows:
    names = list(CONTRACT.feature_names)
    return FeatureRows(
        [
            {name: None if pd.isna(row[name]) else row[name] for name in names}
            for row in rows[names].to_dict("records")
        ]
    )


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_frame_and_rows_of_a_request_get_the_same_number(name: str) -> None:
    rows = holed()
    model = build(name, CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool))
    later = holed().sample(frac=1, random_state=1)
    later.loc[later.index[:3], CONTRACT.names("categorical")] = "Atlantis"
    later.loc[later.index[3:5], CONTRACT.names("categorical")] = None
    assert takes_rows(model)
    whole = predicted(model, later, "classification")
    np.testing.assert_array_equal(predicted(model, as_rows(later), "classification"), whole)
    one = predicted(model, as_rows(later.iloc[[7]]), "classification")
    np.testing.assert_allclose(one, whole[[7]], atol=1e-12)


@pytest.mark.parametrize("name", ["logistic_regression", "lightgbm"])
def test_it_says_what_scikit_learn_says(name: str) -> None:
    rows = holed()
    model = build(name, CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool))
    columns = model.named_steps["columns"]
    plain = ColumnTransformer.transform(columns, rows)
    np.testing.assert_array_equal(columns.transform(rows), plain)
    again = pickle.loads(pickle.dumps(columns))
    np.testing.assert_array_equal(again.transform(rows), plain)


@pytest.mark.parametrize("name", ["logistic_regression", "lightgbm"])
def test_the_order_of_columns_in_a_frame_does_not_matter(name: str) -> None:
    rows = holed()
    rows.loc[rows.index[::7], CONTRACT.names("categorical")] = None
    columns = build(name, CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool)).steps[0][1]
    plain = ColumnTransformer.transform(columns, rows)
    numeric = CONTRACT.names("numeric")
    others = [column for column in rows if column not in numeric]
    for order in (
        [*others, *numeric],
        [*reversed(numeric), *others],
        [*numeric[1:], *others, *numeric[:1]],
    ):
        np.testing.assert_array_equal(columns.transform(rows[order]), plain)


@pytest.mark.parametrize("lacking", [0, -1])
def test_a_frame_that_lacks_a_column_is_refused(lacking: int) -> None:
    rows = holed()
    numeric = CONTRACT.names("numeric")
    model = build("lightgbm", CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool))
    others = [column for column in rows if column not in numeric]
    left = [name for name in numeric if name != numeric[lacking]]
    # The first columns of the frame, so that they would stand side by side with the missing one.
    with pytest.raises(KeyError):
        model.predict_proba(rows[[*left, *others]])


def test_a_fit_to_other_rows_forgets_what_was_worked_out() -> None:
    rows = holed()
    outcome = rows["is_churned"].to_numpy(bool)
    model = build("logistic_regression", CONTRACT).fit(rows, outcome)
    model.predict_proba(rows)
    doubled = rows.assign(**{n: rows[n] * 2 + 1 for n in CONTRACT.names("numeric")})
    model.fit(doubled, outcome)
    columns = model.named_steps["columns"]
    plain = ColumnTransformer.transform(columns, doubled)
    np.testing.assert_array_equal(columns.transform(doubled), plain)


def test_an_unknown_step_is_left_to_scikit_learn() -> None:
    rows = holed().fillna(0)
    numeric, categorical = CONTRACT.names("numeric"), CONTRACT.names("categorical")
    pipeline = feature_pipeline(MinMaxScaler(), numeric, categorical, "passthrough")
    pipeline.fit(rows)
    assert compiled(MinMaxScaler()) is None
    assert isinstance(pipeline.named_steps["columns"], FeatureColumns)
    expected = pipeline.transform(rows)
    np.testing.assert_array_equal(pipeline.transform(as_rows(rows)), expected)
