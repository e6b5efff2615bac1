import warnings
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score, davies_bouldin_score, silhouette_score

from ml.artefact import Artefact
from ml.segmentation import Segmentation, SegmentationConfig
from ml.segmentation.algorithms import (
    ALGORITHMS,
    OUTLIER,
    GaussianClusters,
    KMeansClusters,
    squared_distances,
)
from ml.segmentation.behaviour import BEHAVIOUR, behaviour_of, fit_scaler, shuffle_columns
from ml.segmentation.choice import choose
from ml.segmentation.identity import REFITTED, match
from ml.segmentation.maps import COORDINATES, DENDROGRAM, PROFILES, SEGMENTS
from ml.segmentation.model import SegmentModel, fit_model
from ml.segmentation.quality import (
    Candidate,
    Quality,
    adjusted_rand_index,
    davies_bouldin,
    measure,
    silhouette,
)
from ml.segmentation.scoring import by_customer
from ml.task import NotEnoughData, Trained
from tests.unit.ml.kinds import CONFIG, shop
from tests.unit.ml.shop import CONTRACT
from warehouse.errors import ClienteleError

TASK = Segmentation(CONFIG)
FOUR = Candidate(ALGORITHMS["kmeans"], 4)


def artefact_of(trained: Trained, version: str = "v") -> Artefact:
    return Artefact(
        task_name="segmentation",
        source_name="s",
        model_name=trained.model_name,
        model_version=version,
        contract=CONTRACT,
        trained_as_of_date=trained.trained_as_of_date,
        estimator=trained.estimator,
        details=trained.details,
    )


@pytest.fixture(scope="module")
def trained() -> Iterator[Trained]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield TASK.train(shop())


@pytest.fixture(scope="module")
def artefact(trained: Trained) -> Artefact:
    return artefact_of(trained)


def settle(artefact: Artefact, frame: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    return TASK.settle(artefact, frame, TASK.predict(artefact, frame), by_customer(earlier))


def moved_by(frame: pd.DataFrame, row: int, **values: float) -> pd.DataFrame:
    changed = frame.copy()
    for name, value in values.items():
        changed.loc[row, name] = value
    return changed


# --- training -----------------------------------------------------------------------------------


def test_planted_groups_are_found_and_named_by_what_they_do(artefact: Artefact) -> None:
    frame = shop().frame
    scores = TASK.predict(artefact, frame)
    found = pd.crosstab(frame["kind"], scores["persona_name"])
    assert found.shape == (4, 4)
    assert (found.max(axis=1) == 60).all()
    assert found.idxmax(axis=1).to_dict() == {
        "VIP": "VIP",
        "new": "Newcomers",
        "gone": "Lost casuals",
        "slipping": "Slipping regulars",
    }
    assert sorted(scores["segment_id"].unique()) == [f"s:20240601-{n}" for n in (1, 2, 3, 4)]


def test_segment_one_spends_most_whatever_the_order_of_customers() -> None:
    data = shop()
    for frame in (data.frame, data.frame.sample(frac=1, random_state=9)):
        model = fit_model(frame, "s", FOUR, CONFIG)
        spend = frame["net_revenue_amount"].groupby(model.nearest(behaviour_of(frame))).median()
        assert spend.is_monotonic_decreasing
        assert [segment.segment_number for segment in model.segments] == [1, 2, 3, 4]


def test_every_candidate_is_stored_beside_shuffled_columns(trained: Trained) -> None:
    rows = pd.DataFrame([row.__dict__ for row in trained.evaluations])
    assert set(rows["model_name"]) == {
        *("kmeans-2", "kmeans-4", "kmeans-5", "ward-4", "ward-5"),
        *("gaussian_mixture-4", "gaussian_mixture-5", "hdbscan-2pct", "hdbscan-4pct"),
    }
    assert set(rows["metric_name"]) == {
        *("silhouette", "davies_bouldin", "adjusted_rand_index"),
        *("smallest_segment_share", "outlier_share"),
    }
    assert not rows.duplicated(["model_name", "metric_name", "baseline_name"]).any()
    assert set(rows["baseline_name"]) == {"columns shuffled"}
    assert (rows["ci_lower"] <= rows["metric_value"] + 1e-12).all()
    champion = rows[rows["is_champion"]].set_index("metric_name")
    assert champion["model_name"].unique() == [trained.model_name]
    assert champion.loc["adjusted_rand_index", "metric_value"] == pytest.approx(1.0)
    assert champion.loc["silhouette", "gain_lower"] > 0.2


def test_the_same_data_give_the_same_segments(trained: Trained) -> None:
    again = TASK.train(shop())
    assert again.details == trained.details
    assert again.parameters == trained.parameters
    assert [row.metric_value for row in again.evaluations] == [
        row.metric_value for row in trained.evaluations
    ]
    for name, table in trained.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


@pytest.mark.parametrize("count", [0, 1, 10, 99])
def test_a_shop_that_is_too_small_is_told_the_rule(count: int) -> None:
    data = shop()
    with pytest.raises(NotEnoughData, match=f"has {count} customers; it needs 100"):
        TASK.train(replace(data, frame=data.frame.head(count)))


@pytest.mark.parametrize("distinct", [1, 7])
def test_customers_who_are_all_alike_are_no_segments(distinct: int) -> None:
    data = shop()
    same = data.frame.assign(days_since_last_order=3.0, days_since_first_order=3.0)
    same = same.assign(order_count=1.0, net_revenue_amount=np.arange(len(same)) % distinct + 9.0)
    with pytest.raises(NotEnoughData, match="too alike"):
        TASK.train(replace(data, frame=same))


def test_ties_in_most_measures_are_no_error() -> None:
    data = shop()
    tied = data.frame.assign(
        order_count=1.0, days_since_first_order=data.frame["days_since_last_order"]
    )
    kmeans = Segmentation(CONFIG.model_copy(update={"algorithms": ("kmeans",)}))
    scores = kmeans.predict(artefact_of(kmeans.train(replace(data, frame=tied))), tied)
    assert scores["segment_id"].nunique() >= 4


def test_one_outlier_is_no_segment() -> None:
    data = shop()
    odd = data.frame.head(1).assign(
        net_revenue_amount=1e12, order_count=1e6, customer_id="s:odd", kind="odd"
    )
    model = fit_model(pd.concat([data.frame, odd], ignore_index=True), "s", FOUR, CONFIG)
    assert [segment.customer_count for segment in model.segments] == [61, 60, 60, 60]


def test_a_missing_number_names_the_customer() -> None:
    frame = moved_by(shop().frame, 5, net_revenue_amount=np.nan)
    with pytest.raises(ClienteleError, match="s:5"):
        TASK.train(replace(shop(), frame=frame))


# --- scoring ------------------------------------------------------------------------------------


def test_one_customer_gets_the_segment_of_the_batch(artefact: Artefact) -> None:
    frame = shop().frame
    batch = TASK.predict(artefact, frame)
    alone = TASK.predict(artefact, frame.iloc[[70]])
    assert alone["segment_id"].iloc[0] == batch["segment_id"].iloc[70]
    assert alone["distance_to_centre"].iloc[0] == pytest.approx(
        batch["distance_to_centre"].iloc[70], abs=1e-12
    )


def test_refunds_larger_than_purchases_are_scored(artefact: Artefact) -> None:
    refunded = shop().frame.head(1).assign(net_revenue_amount=-500.0)
    assert TASK.predict(artefact, refunded)["segment_number"].between(1, 4).all()


def test_a_model_of_before_segments_had_ids_says_what_to_do(artefact: Artefact) -> None:
    with pytest.raises(ClienteleError, match="train segmentation"):
        TASK.predict(replace(artefact, estimator=object()), shop().frame)


# --- identity -----------------------------------------------------------------------------------


def test_segments_keep_id_and_name_when_their_people_stay(artefact: Artefact) -> None:
    later = replace(shop(seed=3, day="2024-07-01"), champion=artefact)
    model = fit_model(later.frame, "s", FOUR, CONFIG, artefact.estimator)
    before = {s["segment_id"]: s["persona_name"] for s in artefact.details["segments"]}
    assert {s.segment_id: s.persona_name for s in model.segments} == before
    assert [s.overlap for s in model.segments] == pytest.approx([1.0] * 4)


def test_a_segment_of_other_people_gets_a_new_id_and_a_free_name(artefact: Artefact) -> None:
    # The newcomers vanish, and a second kind of VIP appears.
    frame = shop(day="2024-07-01").frame
    frame.loc[frame["kind"] == "new", list(BEHAVIOUR)] = [2.0, 9000.0, 900000.0, 500.0]
    model = fit_model(frame, "s", FOUR, CONFIG, artefact.estimator)
    old = {s["segment_id"] for s in artefact.details["segments"]}
    new = [s for s in model.segments if s.segment_id not in old]
    assert [(s.segment_id, s.persona_by_profile) for s in new] == [("s:20240701-1", "VIP")]
    assert new[0].persona_name == "VIP, group 2"
    assert new[0].overlap is None
    assert new[0].recommended_action.startswith("Early access")


def test_a_kept_segment_keeps_its_name_when_its_profile_has_another(artefact: Artefact) -> None:
    # The same people, and the shop's other customers all became better ones.
    frame = shop(day="2024-07-01").frame
    frame.loc[frame["kind"] == "slipping", "days_since_last_order"] = 3.0
    model = fit_model(frame, "s", FOUR, CONFIG, artefact.estimator)
    names = {s.persona_name: s.persona_by_profile for s in model.segments if s.overlap}
    assert names["VIP"] in {"VIP", "Regulars", "Rising stars"}
    assert set(names) <= {s["persona_name"] for s in artefact.details["segments"]}


def test_segments_are_matched_by_the_overlap_of_people() -> None:
    old = np.array(["a"] * 6 + ["b"] * 4, dtype=object)
    new = np.array([1] * 5 + [0] * 5)
    assert match(new, old, 0.5) == {1: ("a", 5 / 6), 0: ("b", 4 / 5)}
    assert match(new, old, 0.81) == {1: ("a", 5 / 6)}


def test_whoever_did_not_change_keeps_the_segment_whatever_is_refitted(
    artefact: Artefact,
) -> None:
    frame = shop().frame
    first = TASK.predict(artefact, frame)
    model: SegmentModel = artefact.estimator
    # A refit that puts every border elsewhere: each centre becomes that of the next segment.
    turned = replace(
        model,
        partition=replace(model.partition, centres=np.roll(model.partition.centres, 1, axis=0)),
        centres=np.roll(model.centres, 1, axis=0),
    )
    refitted = replace(artefact, estimator=turned)
    assert (TASK.predict(refitted, frame)["segment_id"] != first["segment_id"]).all()
    settled = settle(refitted, frame, first)
    assert (settled["segment_id"] == first["segment_id"]).all()
    assert (settled["nearest_segment_id"] != first["segment_id"]).all()
    assert settled["move_reason"].isna().all()
    again = settle(refitted, frame, settled)
    assert (again["segment_id"] == first["segment_id"]).all()


def test_a_move_names_the_measure_that_moved_the_customer(artefact: Artefact) -> None:
    frame = shop().frame
    first = TASK.predict(artefact, frame)
    row = int(frame.index[frame["kind"] == "VIP"][0])
    before = frame.loc[row, "days_since_last_order"]
    later = moved_by(frame, row, days_since_last_order=290.0)
    settled = settle(artefact, later, first)
    moved = settled[settled["segment_id"] != settled["previous_segment_id"]]
    assert moved.index.tolist() == [row]
    assert moved["persona_name"].tolist() == ["Slipping regulars"]
    assert moved["move_reason"].tolist() == [
        f"days since the last order rose from {before:.0f} to 290"
    ]
    assert settled.drop(row)["move_reason"].isna().all()


def test_slow_drift_adds_up_until_it_is_a_move(artefact: Artefact) -> None:
    model: SegmentModel = artefact.estimator
    frame = shop().frame
    row = int(frame.index[frame["kind"] == "VIP"][0])
    path = np.exp(np.linspace(np.log(5), np.log(290), 400))
    every = frame.loc[[row] * 400].assign(days_since_last_order=path)
    nearest = model.nearest(behaviour_of(every))
    border = int(np.flatnonzero(np.diff(nearest))[0])
    steps = path[border - 1 : border + 24]
    assert nearest[border - 1] != nearest[border + 1] == nearest[border + 23]
    scores = TASK.predict(artefact, frame.loc[[row]].assign(days_since_last_order=steps[0]))
    persona, waited = [], 0
    for day in steps[1:]:
        one = frame.loc[[row]].assign(days_since_last_order=day)
        scores = settle(artefact, one, scores)
        persona.append(scores["persona_name"].iloc[0])
        waited += scores["segment_id"].iloc[0] != scores["nearest_segment_id"].iloc[0]
    assert persona[0] == "VIP"
    assert waited > 0
    assert persona[-1] == "Slipping regulars"


def test_a_segment_that_is_gone_moves_its_people_by_refit(artefact: Artefact) -> None:
    frame = shop().frame
    first = TASK.predict(artefact, frame).assign(segment_id="s:20200101-9")
    settled = settle(artefact, frame, first)
    assert set(settled["move_reason"]) == {REFITTED}
    assert (settled["segment_id"] == settled["nearest_segment_id"]).all()


def test_a_new_customer_has_no_reason(artefact: Artefact) -> None:
    frame = shop().frame
    settled = settle(artefact, frame, TASK.predict(artefact, frame.iloc[1:]))
    assert settled.loc[0, ["previous_segment_id", "move_reason"]].isna().all()
    assert settled.loc[0, "segment_id"] == settled.loc[0, "nearest_segment_id"]


# --- measures and the rule ----------------------------------------------------------------------


def test_own_measures_equal_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    points, labels = rng.normal(size=(80, 4)), rng.integers(-1, 3, 80)
    other = rng.integers(-1, 4, 80)
    distances = np.sqrt(squared_distances(points, points))
    assert silhouette(distances, labels) == pytest.approx(
        silhouette_score(distances, labels, metric="precomputed"), abs=1e-12
    )
    assert davies_bouldin(points, labels) == pytest.approx(
        davies_bouldin_score(points, labels), abs=1e-12
    )
    assert adjusted_rand_index(labels, other) == pytest.approx(
        adjusted_rand_score(labels, other), abs=1e-12
    )
    assert adjusted_rand_index(labels, labels) == 1.0
    assert adjusted_rand_index(np.zeros(5, int), np.zeros(5, int)) == 1.0


def quality(name: str, setting: float, **numbers: float) -> Quality:
    """What four refits would say; `agree` of their four hundred labels are the same."""
    rng = np.random.default_rng(3)
    base = rng.integers(0, int(numbers.get("count", setting)), 400)
    size = int(400 * (1 - numbers.get("agree", 1.0)))
    labels = []
    for _ in range(4):
        one = base.copy()
        one[rng.integers(0, 400, size)] = rng.integers(0, 4, size)
        labels.append(one)
    return Quality(
        Candidate(ALGORITHMS[name], setting),
        silhouettes=list(numbers["silhouette"] + 0.01 * np.cos(np.arange(4) * setting)),
        davies_bouldin=[numbers.get("gap", 1.0)] * 4,
        smallest_shares=[numbers.get("share", 0.1)] * 4,
        outlier_shares=[numbers.get("outliers", 0.0)] * 4,
        segment_counts=[int(numbers.get("count", setting))] * 4,
        labels=labels,
    )


@pytest.mark.parametrize(
    "refused",
    [
        quality("kmeans", 2, silhouette=0.9),
        quality("kmeans", 5, silhouette=0.9, share=0.019),
        quality("hdbscan", 0.02, silhouette=0.9, outliers=0.2, count=4),
        quality("ward", 4, silhouette=0.9, agree=0.8),
    ],
    ids=["too few", "a tiny one", "outliers", "unstable"],
)
def test_the_rule_refuses_what_only_looks_good(refused: Quality) -> None:
    modest = quality("kmeans", 4, silhouette=0.3)
    choice = choose([refused, modest], SegmentationConfig())
    assert choice is not None
    assert choice.quality is modest


def test_without_a_stable_candidate_the_most_stable_is_kept_and_says_so() -> None:
    shaky, shakier = (
        quality("ward", 4, silhouette=s, agree=a) for s, a in ((0.2, 0.8), (0.5, 0.6))
    )
    choice = choose([shakier, shaky], SegmentationConfig())
    assert choice is not None
    assert choice.quality is shaky
    assert "none reaches 0.85" in choice.reason


def test_nothing_usable_is_no_choice() -> None:
    assert choose([quality("kmeans", 2, silhouette=0.9)], SegmentationConfig()) is None


def test_the_champions_recipe_stays_unless_the_gain_is_beyond_noise() -> None:
    champion = quality("kmeans", 5, silhouette=0.30, gap=1.1)
    close = quality("kmeans", 4, silhouette=0.305)
    better = quality("kmeans", 4, silhouette=0.4)
    for challenger, kept in ((close, champion), (better, better)):
        choice = choose([challenger, champion], SegmentationConfig(), "kmeans-5")
        assert choice is not None
        assert choice.quality is kept


def test_shuffling_keeps_every_column_and_breaks_the_rows() -> None:
    values = behaviour_of(shop().frame)
    shuffled = shuffle_columns(values)
    np.testing.assert_array_equal(np.sort(shuffled, axis=0), np.sort(values, axis=0))
    assert abs(np.corrcoef(shuffled[:, 1], shuffled[:, 2])[0, 1]) < 0.2
    assert np.corrcoef(values[:, 1], values[:, 2])[0, 1] > 0.8


def test_quality_is_that_of_customers_who_were_not_drawn() -> None:
    values = behaviour_of(shop().frame)
    (found,) = measure(values, [FOUR], refits=3, seed=1)
    assert len(found.silhouettes) == len(found.davies_bouldin) == 3
    assert len(found.agreements) == 3
    assert found.agreements == pytest.approx([1.0] * 3)
    assert min(found.silhouettes) > 0.6


# --- algorithms ---------------------------------------------------------------------------------


def scaled() -> np.ndarray:
    values = behaviour_of(shop().frame)
    return fit_scaler(values).scale(values)


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_every_algorithm_finds_the_planted_groups(name: str) -> None:
    algorithm = ALGORITHMS[name]
    points, planted = scaled(), np.repeat(np.arange(4), 60)
    setting = algorithm.settings((4,), 0.05)[0]
    partition = algorithm.fit(points, setting, 1)
    labels = partition.assign(points)
    assert adjusted_rand_index(np.where(labels < 0, 0, labels), planted) > 0.9
    assert partition.centres.shape == (4, 4)
    np.testing.assert_array_equal(partition.assign(points[:3]), labels[:3])
    assert algorithm.label(setting).startswith(name)


def test_lonely_customers_are_outliers_to_hdbscan_only() -> None:
    lonely = np.array([[9.0, -9.0, 9.0, -9.0]])
    points = np.vstack([scaled(), lonely])
    density = ALGORITHMS["hdbscan"].fit(points, 0.1, 1)
    assert density.assign(lonely).tolist() == [OUTLIER]
    assert ALGORITHMS["kmeans"].fit(points, 4, 1).assign(lonely)[0] >= 0


def test_an_outlier_group_is_called_one() -> None:
    frame = shop().frame
    odd = frame.iloc[[0] * 8].assign(
        days_since_last_order=np.geomspace(1, 700, 8),
        order_count=np.geomspace(500, 1, 8),
        net_revenue_amount=np.geomspace(1, 90000, 8),
        customer_id=[f"s:odd{n}" for n in range(8)],
    )
    frame = pd.concat([frame, odd], ignore_index=True)
    model = fit_model(frame, "s", Candidate(ALGORITHMS["hdbscan"], 0.1), CONFIG)
    last = model.segments[-1]
    assert (last.persona_name, last.is_outlier_group) == ("Outliers", True)
    assert [s.is_outlier_group for s in model.segments[:-1]] == [False] * 4
    assert last.customer_count >= 4


def test_ward_is_fitted_to_a_sample_and_assigns_the_rest() -> None:
    points = np.vstack([scaled()] * 8)
    assert len(points) > ALGORITHMS["ward"].most  # type: ignore[attr-defined]
    labels = ALGORITHMS["ward"].fit(points, 4, 1).assign(points)
    assert adjusted_rand_index(labels, np.tile(np.repeat(np.arange(4), 60), 8)) == 1.0


def test_a_warm_start_is_kept_only_if_it_is_as_good() -> None:
    points = scaled()
    good = np.stack([points[n * 60 : n * 60 + 60].mean(axis=0) for n in (2, 0, 3, 1)])
    kept = KMeansClusters().fit(points, 4, 1, good)
    np.testing.assert_allclose(kept.centres, good, atol=1e-9)
    bad = np.vstack([points[:3] + 0.01, points[-1:]])
    refused = KMeansClusters().fit(points, 4, 1, bad)
    inertia = squared_distances(points, refused.centres).min(axis=1).sum()
    assert inertia == pytest.approx(squared_distances(points, good).min(axis=1).sum())


def test_a_mixture_gives_the_likeliest_component() -> None:
    partition = GaussianClusters().fit(scaled(), 4, 1)
    chances = partition.mixture.predict_proba(scaled())
    np.testing.assert_array_equal(partition.assign(scaled()), chances.argmax(axis=1))


# --- what is stored for looking at --------------------------------------------------------------


def test_profiles_are_quartiles_in_the_customers_units(trained: Trained) -> None:
    frame, table = shop().frame, trained.tables[PROFILES]
    assert len(table) == 4 * len(BEHAVIOUR)
    vip = table[(table["persona_name"] == "VIP") & (table["feature_name"] == "order_count")]
    expected = frame.loc[frame["kind"] == "VIP", "order_count"].quantile([0.25, 0.5, 0.75])
    assert vip[["lower_quartile", "median_value", "upper_quartile"]].to_numpy()[0] == pytest.approx(
        expected.to_numpy()
    )
    shares = trained.tables[SEGMENTS]["customer_share"]
    assert shares.sum() == pytest.approx(1)


def test_coordinates_keep_groups_apart(trained: Trained) -> None:
    table = trained.tables[COORDINATES]
    assert len(table) == 60
    assert table["customer_id"].is_unique
    for pair in (["pca_1", "pca_2"], ["tsne_1", "tsne_2"]):
        assert silhouette_score(table[pair], table["segment_id"]) > 0.4


def test_the_dendrogram_is_wards_tree(trained: Trained) -> None:
    table = trained.tables[DENDROGRAM].set_index("node_number")
    feet = table[table["left_node_number"].isna()]
    assert len(feet) == 24
    assert feet["customer_count"].sum() == table.loc[1, "customer_count"] == 60
    assert feet["position"].tolist() == list(range(24))
    inner = table.drop(feet.index)
    for number, node in inner.iterrows():
        children = table.loc[[node["left_node_number"], node["right_node_number"]]]
        assert children["customer_count"].sum() == node["customer_count"], number
        assert (children["height"] <= node["height"]).all()
    # Cut into four, it has the four kinds.
    sample = shop().frame.set_index("customer_id").loc[trained.tables[COORDINATES]["customer_id"]]
    points = trained.estimator.scaler.scale(behaviour_of(sample.reset_index()))
    merges = linkage(points, "ward")
    np.testing.assert_allclose(sorted(inner["height"]), sorted(merges[-23:, 2]))
    cut = fcluster(merges, 4, "maxclust")
    assert adjusted_rand_score(cut, sample["kind"]) == 1.0
