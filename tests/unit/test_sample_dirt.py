import pandas as pd
import pytest

from ingest.sample import SampleConfig, SampleShop, generate
from ingest.sample.columns import (
    CUSTOMERS,
    DIRTY_COLUMNS,
    DIRTY_ROWS,
    FILE_COLUMNS,
    ORDER_ITEMS,
    ORDERS,
    PRODUCTS,
    RETURNS,
)
from ingest.sample.dirt import CLEANED, REJECTED

PER_KIND = 4


@pytest.fixture(scope="module")
def shop() -> SampleShop:
    config = SampleConfig(customers=250, customers_per_block=100, dirty_per_kind=PER_KIND)
    return generate(config)


@pytest.fixture(scope="module")
def listed(shop: SampleShop) -> pd.DataFrame:
    return shop.truth_files[DIRTY_ROWS]


def rows_of(shop: SampleShop, file: str, kind: str) -> pd.DataFrame:
    dirty = shop.truth_files[DIRTY_ROWS]
    chosen = dirty.loc[(dirty["file"] == file) & (dirty["kind"] == kind), "row_number"]
    return shop.files[file].iloc[chosen.to_numpy() - 1]


def test_every_kind_is_listed_in_every_block(shop: SampleShop, listed: pd.DataFrame) -> None:
    assert tuple(listed) == DIRTY_COLUMNS
    found = listed.groupby(["file", "kind"]).size().to_dict()
    kinds = {(kind.file, kind.name) for kind in (*REJECTED, *CLEANED)}
    blocks = {file: 1 if file == PRODUCTS else shop.config.blocks for file in FILE_COLUMNS}
    assert found == {kind: PER_KIND * blocks[kind[0]] for kind in kinds}
    assert set(listed["outcome"]) == {"rejected", "cleaned"}
    assert not listed.duplicated(["file", "row_number", "column"]).any()


@pytest.mark.parametrize("kind", [kind for kind in REJECTED if kind.values], ids=lambda k: k.name)
def test_listed_rows_hold_the_listed_fault(shop: SampleShop, kind: object) -> None:
    rows = rows_of(shop, kind.file, kind.name)  # type: ignore[attr-defined]
    assert set(rows[kind.column]) == set(kind.values[:PER_KIND])  # type: ignore[attr-defined]


def test_duplicates_follow_the_row_they_repeat(shop: SampleShop) -> None:
    duplicates = rows_of(shop, ORDERS, "duplicate_order")
    again = shop.files[ORDERS].duplicated(keep="first")
    assert list(again[again].index) == sorted(duplicates.index)


def test_dirty_returns_have_one_fault_each(shop: SampleShop) -> None:
    sold = shop.files[ORDER_ITEMS].merge(shop.files[ORDERS], on="order_id")
    key = ["order_id", "line_number"]
    too_many = rows_of(shop, RETURNS, "return_exceeds_purchase").merge(sold, on=key)
    assert (too_many["quantity_x"].astype(int) > too_many["quantity_y"].astype(int)).all()
    assert (too_many["returned_at"] >= too_many["ordered_at"]).all()
    assert (too_many["returned_at"] < "2025-07-01").all()
    early = rows_of(shop, RETURNS, "return_before_sale").merge(sold, on=key)
    assert (early["returned_at"] < early["ordered_at"]).all()
    assert (early["quantity_x"].astype(int) <= early["quantity_y"].astype(int)).all()


def test_noise_is_undone_by_trimming_and_lower_case(shop: SampleShop) -> None:
    padded = rows_of(shop, ORDERS, "padded_customer_id")["customer_id"]
    assert (padded != padded.str.strip()).all()
    assert padded.str.strip().str.fullmatch(r"C\d{7}").all()
    mixed = rows_of(shop, CUSTOMERS, "mixed_case_email")["email"]
    assert (mixed != mixed.str.lower()).all()


def test_ids_of_rejected_rows_are_their_own(shop: SampleShop) -> None:
    duplicated = shop.files[ORDERS]["order_id"].str.strip().duplicated()
    missing = shop.files[ORDERS]["order_id"].str.strip() == ""
    assert (duplicated & ~missing).sum() == PER_KIND * shop.config.blocks
    lines = shop.files[ORDER_ITEMS].assign(order_id=lambda f: f["order_id"].str.strip())
    lines = lines.loc[lines["order_id"] != ""]
    assert not lines.duplicated(["order_id", "line_number"]).any()
    assert shop.files[RETURNS]["return_id"].is_unique


def test_a_shop_of_one_customer_can_be_dirty() -> None:
    tiny = generate(SampleConfig(customers=1, dirty_per_kind=3))
    rejected = tiny.truth_files[DIRTY_ROWS]["outcome"] == "rejected"
    assert rejected.sum() == 3 * len(REJECTED)


def test_a_clean_shop_lists_nothing() -> None:
    assert generate(SampleConfig(customers=5, dirty_per_kind=0)).truth_files[DIRTY_ROWS].empty
