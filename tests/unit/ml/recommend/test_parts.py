"""Parts of the recommender on frames written by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from ml.recommend import measures
from ml.recommend.cold import cold_list, cold_table
from ml.recommend.content import content_neighbours, strongest_per_row, text_vectors
from ml.recommend.features import expected_gap
from ml.recommend.interactions import day_number, encode, pairs_before
from ml.recommend.item_item import ease, neighbours
from ml.recommend.measures import Ranked, Resamples, estimate, ranked
from ml.recommend.packing import SEPARATOR, pack
from ml.recommend.people import people_before
from ml.recommend.reasons import duration, expected_dates, own_reasons
from ml.recommend.related import bought_together, similar
from ml.recommend.scores import DenseScores, SparseScores
from ml.recommend.signals import fit_signals
from tests.unit.ml.recommend.shop import SMALL, encoded, interactions

CUT = day_number(date(2024, 3, 1))
ROWS = [
    ("a", "mug", "2024-01-01"),
    ("a", "mug", "2024-01-31"),
    ("a", "tea", "2024-01-31"),
    ("a", "mug", "2024-03-01"),  # on the cut itself
    ("b", "tea", "2024-02-20"),
]
NAMES = {"mug": "Red Mug", "new": "Blue Mug", "tea": "Green Tea"}


def test_pairs_hold_what_was_before_the_cut_only() -> None:
    rows, _ = encoded(ROWS, NAMES)
    pairs = pairs_before(rows, CUT)
    assert pairs.customer.tolist() == [0, 0, 1]
    assert pairs.product.tolist() == [0, 2, 2]
    assert pairs.days.tolist() == [2, 1, 1]
    assert (CUT - pairs.last).tolist() == [30, 30, 10]
    assert pairs.decayed[0][0] == pytest.approx(0.5 ** (60 / 20) + 0.5 ** (30 / 20))


def test_returns_alone_are_no_purchase() -> None:
    frame = interactions(ROWS[:1], order_count=0, unit_count=0, returned_unit_count=1)
    rows = encode(frame, np.array(["mug"], object))
    assert pairs_before(rows, CUT).days.size == 0
    assert people_before(rows, CUT).shop_days.tolist() == [0]


def test_ease_of_no_product_is_nothing_and_nothing_is_written(
    capfd: pytest.CaptureFixture[str],
) -> None:
    nothing = ease(sparse.csr_matrix((3, 0), dtype=np.float32), 2.0, 3)
    assert nothing.shape == (0, 0)
    assert capfd.readouterr() == ("", "")


def test_ease_is_its_closed_form() -> None:
    matrix = sparse.csr_matrix(np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0]], np.float32))
    inverse = np.linalg.inv(matrix.toarray().T @ matrix.toarray() + 2 * np.eye(3))
    expected = inverse / -np.diag(inverse)
    np.fill_diagonal(expected, 0)
    assert ease(matrix, 2.0, 3).toarray() == pytest.approx(expected, abs=1e-6)
    assert (ease(matrix, 2.0, 1) != 0).sum(axis=0).max() == 1


def test_neighbours_are_others_with_the_same_buyers() -> None:
    # Two products that nobody bought: BM25 weighs whoever bought two of three at log 3 - log 3,
    # which is 0 on some processors and the last bit beside it on others.
    rows = [[1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [1, 0, 1, 0, 0]]
    matrix = sparse.csr_matrix(np.array(rows, np.float32))
    near = neighbours(matrix, 2).toarray()
    assert np.diag(near).tolist() == [0, 0, 0, 0, 0]
    assert near[0, 1] > near[0, 2] > 0
    assert near[1, 2] == 0


def test_words_make_products_alike() -> None:
    near = content_neighbours(text_vectors(["red mug", "blue mug", "green tea"]), 5).toarray()
    assert near[0, 1] > 0
    assert near[0, 2] == near[0, 0] == 0
    assert content_neighbours(text_vectors(["", "!"]), 5).nnz == 0


def test_the_strongest_of_a_row_are_ordered_to_the_last_tie() -> None:
    matrix = sparse.csr_matrix(np.array([[1, 3, 3, 2], [0, 0, 0, 0]], np.float32))
    assert strongest_per_row(matrix, 2).toarray().tolist() == [[0, 3, 3, 0], [0, 0, 0, 0]]
    assert strongest_per_row(matrix, 1).toarray().tolist() == [[0, 3, 0, 0], [0, 0, 0, 0]]


def test_dense_and_sparse_scores_are_the_same() -> None:
    random = np.random.default_rng(1)
    values = np.round(random.random((5, 9)) * (random.random((5, 9)) > 0.3), 1).astype(np.float32)
    bought = sparse.csr_matrix((random.random((5, 9)) > 0.7).astype(np.float32))
    allowed = np.arange(9) != 4
    dense, thin = DenseScores(values), SparseScores(sparse.csr_matrix(values))
    assert dense.best(bought, allowed, 3).tolist() == thin.best(bought, allowed, 3).tolist()
    cells = np.array([0, 1, 4]), np.array([8, 3, 0])
    assert dense.at(*cells).tolist() == thin.at(*cells).tolist()
    assert dense.highest.tolist() == thin.highest.tolist()


def test_measures_of_a_list() -> None:
    top = Ranked(np.array([0, 0, 1]), np.array([3, 1, 2]), np.array([0, 1, 0]))
    truth = np.array([1, 5, 9])  # customer 0 bought products 1 and 5 of nine, customer 1 product 0
    gain, ideal = 1 / np.log2(3), 1 + 1 / np.log2(3)
    assert measures.ndcg(top, truth, 3, 9) == pytest.approx([gain / ideal, 0, np.nan], nan_ok=True)
    assert measures.precision(top, truth, 3, 9) == pytest.approx([0.1, 0, np.nan], nan_ok=True)
    assert measures.recall(top, truth, 3, 9) == pytest.approx([0.5, 0, np.nan], nan_ok=True)
    novelty = measures.novelty(top, np.array([0, 1, 3, 0, 0, 0, 0, 0, 0.0]), 3, 3)
    assert novelty == pytest.approx([1.5, 0, np.nan], nan_ok=True)


def test_ties_go_to_the_lower_product() -> None:
    top = ranked(np.array([0, 0, 0]), np.array([7, 2, 5]), np.array([1.0, 1.0, 2.0]), 2)
    assert top.product.tolist() == [5, 2]


def test_intervals_hold_their_value() -> None:
    top = Ranked(np.arange(40), np.arange(40) % 8, np.zeros(40, np.int64))
    draws = Resamples(40).coverage(top, 10, 10)
    found = estimate(0.8, draws, is_centred=True)
    assert found.lower <= 0.8 <= found.upper
    means = Resamples(40).means(np.arange(40.0))
    assert estimate(19.5, means).lower < 19.5 < estimate(19.5, means).upper


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.2, "1 day"),
        (9, "9 days"),
        (14, "2 weeks"),
        (35, "5 weeks"),
        (90, "13 weeks"),
        (91, "3 months"),
    ],
)
def test_durations_are_told_in_words(days: float, words: str) -> None:
    assert duration(days) == words


def test_the_next_purchase_follows_the_own_rhythm_and_that_of_the_product() -> None:
    rows, catalogue = encoded(ROWS, NAMES)
    signals = fit_signals(rows, catalogue, CUT, SMALL)
    pairs = pairs_before(rows, CUT)
    # The shop's only gap is 30 days, so it is that of every product.
    assert expected_gap(pairs, signals).tolist() == [30, 30, 30]
    everything = np.arange(3)
    assert expected_dates(pairs, everything, signals) == ["2024-03-01", "2024-03-01", "2024-03-21"]
    assert own_reasons(pairs, everything, signals) == [
        "you buy this every 4 weeks, last 4 weeks ago",
        "bought once, 4 weeks ago; others buy it every 4 weeks",
        "bought once, 10 days ago; others buy it every 4 weeks",
    ]


def test_without_any_gap_no_date_is_expected() -> None:
    rows, catalogue = encoded(ROWS[2:3], NAMES)
    signals = fit_signals(rows, catalogue, CUT, SMALL)
    pairs = pairs_before(rows, CUT)
    assert expected_dates(pairs, np.arange(1), signals) == [""]
    assert own_reasons(pairs, np.arange(1), signals) == ["bought once, 4 weeks ago"]


def test_pairs_of_baskets_have_support_confidence_and_lift() -> None:
    baskets = [("mug", "tea"), ("mug", "tea"), ("mug",), ("new",)]
    rows, catalogue = encoded(
        [(f"c{n}", p, "2024-02-01") for n, basket in enumerate(baskets) for p in basket], NAMES
    )
    signals = fit_signals(rows, catalogue, CUT, SMALL)
    config = SMALL.model_copy(update={"min_baskets": 2})
    found = bought_together(rows, signals, config).set_index("product_id")
    assert found["related_product_id"].to_dict() == {"mug": "tea", "tea": "mug"}
    row = found.loc["mug"]
    assert (row.basket_count, row.support) == (2, 0.5)
    assert row.confidence == pytest.approx(2 / 3)
    assert row.lift == pytest.approx(4 / 3)
    assert bought_together(rows, signals, SMALL).empty


def test_a_product_nobody_bought_is_like_others_by_its_words() -> None:
    rows, catalogue = encoded(ROWS, NAMES)
    found = similar(fit_signals(rows, catalogue, CUT, SMALL), SMALL)
    new = found[found["product_id"] == "new"]
    assert new["related_product_id"].tolist() == ["mug"]
    assert new["candidate_source"].tolist() == ["words"]


def test_strangers_see_what_is_popular_in_their_country_then_in_the_shop() -> None:
    rows = [(f"c{n:02d}", "tea", "2024-02-01") for n in range(25)] + ROWS
    encoded_rows, catalogue = encoded(rows, NAMES)
    signals = fit_signals(encoded_rows, catalogue, CUT, SMALL)
    products, reasons = cold_list(signals, "France", 5)
    assert signals.product_ids[products].tolist() == ["tea", "mug"]
    assert reasons == ["popular in France"] * 2
    products, reasons = cold_list(signals, "Atlantis", 1)
    assert (signals.product_ids[products].tolist(), reasons) == (["tea"], ["popular in the shop"])
    assert cold_table(signals, 5)["country"].unique().tolist() == ["France", "(any)"]


def test_a_list_becomes_one_row() -> None:
    lists = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a"],
            "list_name": ["buy_again", "discover", "discover"],
            "list_rank": [1, 1, 2],
            "product_id": [None, "x", f"y{SEPARATOR}"],
            "score": [np.nan, 0.25, np.nan],
            "candidate_source": [None, "ease", "popularity"],
            "reason": ["nothing", "bought with ü", "popular"],
            "expected_date": ["", "2024-03-01", ""],
        }
    )
    again, discover = pack(lists).to_dict("records")
    assert (again["product_count"], again["empty_reason"]) == (0, "nothing")
    assert pd.isna(again["product_ids"])
    assert discover["product_count"] == 2
    assert discover["product_ids"] == f"x{SEPARATOR}y "
    assert discover["product_scores"] == f"0.25{SEPARATOR}"
    assert discover["product_reasons"] == f"bought with ü{SEPARATOR}popular"
    assert discover["expected_dates"] == f"2024-03-01{SEPARATOR}"
