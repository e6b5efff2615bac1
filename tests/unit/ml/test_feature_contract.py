import json
from pathlib import Path

import pytest

from ml.feature_contract import read_feature_contract
from ml.frames import checked
from tests.unit.ml.shop import CONTRACT, frame
from warehouse.errors import ClienteleError


def manifest(folder: Path, **columns: dict[str, str]) -> Path:
    node = {
        "schema": "features",
        "alias": "ftr_customers",
        "columns": {name: {"config": {"meta": meta}} for name, meta in columns.items()},
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps({"nodes": {"model.clientele.ftr_customers": node}}))
    return path


def test_a_new_column_in_yaml_is_a_new_feature(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        customer_id={"role": "key"},
        country={"role": "feature", "kind": "categorical"},
        weekend_share={"role": "feature", "kind": "numeric"},
        comment={},
    )
    contract = read_feature_contract(path, "ftr_customers")
    assert contract.relation == "features.ftr_customers"
    assert contract.keys == ("customer_id",)
    assert contract.feature_names == ("country", "weekend_share")
    assert contract.names("numeric") == ["weekend_share"]


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ({"role": "feature", "kind": "number"}, "is none of numeric, categorical, text"),
        ({"role": "feature"}, "is none of numeric, categorical, text"),
        ({"role": "featrue"}, "is none of key, feature"),
        (
            {"role": "feature", "kind": "numeric", "phrase": "usually {shaer}"},
            "a phrase names shaer, which is no feature",
        ),
        ({}, "declares no column with role: feature"),
    ],
)
def test_a_mistake_in_yaml_is_named(tmp_path: Path, meta: dict[str, str], message: str) -> None:
    with pytest.raises(ClienteleError, match=message):
        read_feature_contract(manifest(tmp_path, share=meta), "ftr_customers")


def test_without_a_build_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClienteleError, match="run 'clientele build'"):
        read_feature_contract(tmp_path / "manifest.json", "ftr_customers")
    (tmp_path / "manifest.json").write_text("{half")
    with pytest.raises(ClienteleError, match="no dbt manifest"):
        read_feature_contract(tmp_path / "manifest.json", "ftr_customers")
    with pytest.raises(ClienteleError, match="no model ftr_products"):
        read_feature_contract(manifest(tmp_path), "ftr_products")


def test_a_task_can_look_at_some_features_alone(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        customer_id={"role": "key"},
        country={"role": "feature", "kind": "categorical"},
        order_count={"role": "feature", "kind": "numeric"},
        comment={},
    )
    contract = read_feature_contract(path, "ftr_customers")
    assert contract.only(["order_count"]).feature_names == ("order_count",)
    assert contract.only(["order_count"]).keys == contract.keys
    with pytest.raises(ClienteleError, match="has no feature comment: declare the column"):
        contract.only(["order_count", "comment"])


def test_a_frame_that_breaks_the_contract_is_refused() -> None:
    good = frame(["2024-01-01"], customers=20)
    assert checked(good, CONTRACT)["order_count"].dtype == "float64"
    with pytest.raises(ClienteleError, match="lacks order_count"):
        checked(good.drop(columns="order_count"), CONTRACT)
    with pytest.raises(ClienteleError, match="infinite values in order_count"):
        checked(good.assign(order_count=float("inf")), CONTRACT)
    with pytest.raises(ClienteleError, match="twice"):
        checked(good.assign(customer_id="s:1"), CONTRACT)


def test_words_for_reasons_come_from_the_yaml(tmp_path: Path) -> None:
    meta = {"role": "feature", "kind": "numeric", "theme": "size", "phrase": "a share of {share}"}
    feature = read_feature_contract(manifest(tmp_path, share=meta), "ftr_customers").features[0]
    assert (feature.about, feature.phrase) == ("size", "a share of {share}")
    plain = {"role": "feature", "kind": "numeric"}
    feature = read_feature_contract(manifest(tmp_path, share=plain), "ftr_customers").features[0]
    assert (feature.about, feature.phrase) == ("share", None)


def test_what_a_shop_does_not_have_is_no_feature_of_its_models() -> None:
    rows = frame(["2024-01-01"], customers=3)
    assert CONTRACT.known_in(rows) == CONTRACT
    rows["net_revenue_amount"] = [None, 1.0, None]
    rows["mean_days_between_orders"] = None
    rows["country"] = None
    kept = CONTRACT.known_in(rows)
    assert kept.feature_names == ("days_since_last_order", "order_count", "net_revenue_amount")
    assert (kept.keys, kept.relation) == (CONTRACT.keys, CONTRACT.relation)
    assert CONTRACT.known_in(rows.iloc[:0]) == CONTRACT
