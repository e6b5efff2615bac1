import hashlib
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.sample import SampleConfig, SampleShop, generate, undo_dirt
from ingest.sample.catalogue import FAVOURITE_SHARE
from ingest.sample.columns import (
    CUSTOMERS,
    DIRTY_ROWS,
    FILE_COLUMNS,
    ORDER_ITEMS,
    ORDERS,
    PRODUCTS,
    RETURNS,
    TRUTH_CUSTOMER_COLUMNS,
    TRUTH_CUSTOMERS,
)
from ingest.sample.season import clock
from ingest.sample.text import money

Clean = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def shop() -> SampleShop:
    return generate(SampleConfig())


@pytest.fixture(scope="module")
def clean(shop: SampleShop) -> Clean:
    return undo_dirt(shop.files, shop.truth_files[DIRTY_ROWS])


@pytest.fixture(scope="module")
def lines(clean: Clean) -> pd.DataFrame:
    """Clean lines with numbers as numbers, their orders' columns and product categories."""
    frame = clean[ORDER_ITEMS].rename(columns={"discount_amount": "line_discount"})
    frame = frame.merge(clean[ORDERS], on="order_id").merge(clean[PRODUCTS], on="product_id")
    frame["quantity"] = frame["quantity"].astype(int)
    for column in ("unit_price", "line_discount"):
        frame[column] = pence(frame[column])
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"])
    return frame


def pence(amounts: "pd.Series[str]") -> "pd.Series[int]":
    return (amounts.astype(float) * 100).round().astype("int64")


def test_columns_are_those_declared(shop: SampleShop) -> None:
    assert {name: tuple(frame) for name, frame in shop.files.items()} == FILE_COLUMNS
    assert tuple(shop.truth_files[TRUTH_CUSTOMERS]) == TRUTH_CUSTOMER_COLUMNS


def test_two_runs_and_the_dirt_leave_the_clean_shop_alone(shop: SampleShop, clean: Clean) -> None:
    again = generate(SampleConfig(dirty_per_kind=0))
    for name in FILE_COLUMNS:
        pd.testing.assert_frame_equal(again.files[name], clean[name])
    assert again.summary == shop.summary
    pd.testing.assert_frame_equal(again.truth.customers, shop.truth.customers)
    pd.testing.assert_frame_equal(again.truth.history, shop.truth.history)


def test_full_blocks_do_not_depend_on_how_many_follow() -> None:
    small = generate(SampleConfig(customers=200, customers_per_block=100))
    large = generate(SampleConfig(customers=350, customers_per_block=100))
    for name in FILE_COLUMNS:
        head = large.files[name].head(len(small.files[name]))
        pd.testing.assert_frame_equal(head, small.files[name])


def test_another_seed_is_another_shop() -> None:
    first, second = (generate(SampleConfig(customers=20, seed=seed)) for seed in (1, 2))
    assert not first.files[ORDERS].equals(second.files[ORDERS])


def test_summary_equals_what_the_files_add_up_to(
    shop: SampleShop, clean: Clean, lines: pd.DataFrame
) -> None:
    orders, done = clean[ORDERS], lines["status"] == "completed"
    completed = orders.loc[orders["status"] == "completed"]
    gross = int((lines["quantity"] * lines["unit_price"])[done].sum())
    line_discounts = int(lines.loc[done, "line_discount"].sum())
    order_discounts = int(pence(completed["discount_amount"]).sum())
    expected = {
        "customers": len(clean[CUSTOMERS]),
        "products": len(clean[PRODUCTS]),
        "orders": len(orders),
        "orders_completed": len(completed),
        "orders_cancelled": len(orders) - len(completed),
        "orders_guest": int((orders["customer_id"] == "").sum()),
        "lines": len(lines),
        "lines_completed": int(done.sum()),
        "units_completed": int(lines.loc[done, "quantity"].sum()),
        "returns": len(clean[RETURNS]),
        "units_returned": int(clean[RETURNS]["quantity"].astype(int).sum()),
        "gross_amount": text(gross),
        "line_discounts_amount": text(line_discounts),
        "order_discounts_amount": text(order_discounts),
        "shipping_amount": text(int(pence(completed["shipping_amount"]).sum())),
        "net_amount": text(gross - line_discounts - order_discounts),
        "refunds_amount": text(int(pence(clean[RETURNS]["refund_amount"]).sum())),
    }
    assert {name: shop.summary[name] for name in expected} == expected


def text(amount: int) -> str:
    return f"{Decimal(amount) / 100:.2f}"


def test_keys_are_unique_and_known(clean: Clean) -> None:
    for name in (CUSTOMERS, PRODUCTS, ORDERS, RETURNS):
        assert clean[name].iloc[:, 0].is_unique
    assert not clean[ORDER_ITEMS].duplicated(["order_id", "line_number"]).any()
    assert clean[ORDER_ITEMS]["order_id"].isin(clean[ORDERS]["order_id"]).all()
    assert clean[ORDERS]["order_id"].isin(clean[ORDER_ITEMS]["order_id"]).all()
    known = clean[ORDERS]["customer_id"].isin(clean[CUSTOMERS]["customer_id"])
    assert (known | (clean[ORDERS]["customer_id"] == "")).all()


def test_customers_begin_with_a_completed_order_and_die(shop: SampleShop) -> None:
    history = shop.truth.history.merge(shop.truth.customers, on="customer_id")
    assert (history["ordered_at"] <= history["died_at"]).all()
    first = history.sort_values("ordered_at").drop_duplicates("customer_id")
    assert (first["ordered_at"] == first["born_at"]).all()
    assert first["is_completed"].all()
    dead = shop.truth.customers["died_at"] < pd.Timestamp(2025, 7, 1)
    assert 0.15 < dead.mean() < 0.45


def test_orders_lie_in_the_period(shop: SampleShop, clean: Clean) -> None:
    for file, column in ((ORDERS, "ordered_at"), (RETURNS, "returned_at")):
        days = clean[file][column].str[:10]
        assert days.min() >= shop.config.start_date.isoformat()
        assert days.max() <= shop.config.end_date.isoformat()


def test_orders_follow_the_season(shop: SampleShop, clean: Clean) -> None:
    """Repeat orders per customer alive and day are proportional to the day's intensity."""
    repeats = shop.truth.history.merge(shop.truth.customers, on="customer_id")
    repeats = repeats.loc[repeats["ordered_at"] > repeats["born_at"]]
    year = repeats.loc[repeats["ordered_at"].dt.year == 2024]
    per_day = year.groupby(year["ordered_at"].dt.strftime("%Y-%m-%d")).size()
    season = shop.truth_files["truth/seasonality.csv"].set_index("date")["intensity"]
    season = season[season.index.str.startswith("2024")]
    assert np.corrcoef(per_day.reindex(season.index, fill_value=0), season)[0, 1] > 0.75
    by_month = per_day.groupby(per_day.index.str[5:7]).mean()
    assert by_month.idxmax() == "12"
    assert by_month["12"] > 1.5 * by_month["10"]


def test_clock_runs_both_ways_and_by_the_calendar_over_a_year() -> None:
    ticks = clock(date(2023, 1, 1), date(2025, 6, 30))
    seconds = np.arange(ticks.origin, ticks.end + 4 * 366 * 86400, 10_007)
    assert np.abs(ticks.seconds(ticks.operational(seconds)) - seconds).max() <= 1
    year = ticks.between(ticks.origin, ticks.origin + 365 * 86400)
    assert year == pytest.approx(365 * 1.04, rel=0.02)  # campaigns come on top


def test_returns_never_exceed_or_precede_the_purchase(clean: Clean, lines: pd.DataFrame) -> None:
    returned = clean[RETURNS].merge(
        lines, on=["order_id", "line_number", "product_id"], suffixes=("_back", "")
    )
    assert len(returned) == len(clean[RETURNS])
    assert not returned.duplicated(["order_id", "line_number"]).any()
    assert (returned["quantity_back"].astype(int) <= returned["quantity"]).all()
    assert (returned["quantity_back"].astype(int) > 0).all()
    assert (returned["status"] == "completed").all()
    paid = returned["quantity"] * returned["unit_price"] - returned["line_discount"]
    assert (pence(returned["refund_amount"]) <= paid).all()
    delay = pd.to_datetime(returned["returned_at"]) - returned["ordered_at"]
    assert delay.min() >= pd.Timedelta(days=1)
    assert delay.max() <= pd.Timedelta(days=40)


def test_return_rates_are_those_of_the_truth(
    shop: SampleShop, clean: Clean, lines: pd.DataFrame
) -> None:
    early = lines.loc[(lines["ordered_at"] < "2025-05-01") & (lines["status"] == "completed")]
    key = ["order_id", "line_number"]
    back = early.merge(clean[RETURNS][key].assign(is_back=True), on=key, how="left")
    rate = back["is_back"].notna().groupby(back["category"]).agg(["mean", "size"])
    truth = shop.truth_files["truth/categories.csv"].set_index("category")["return_rate"]
    error = np.sqrt(truth * (1 - truth) / rate["size"])
    assert ((rate["mean"] - truth).abs() < 4 * error).all()


def test_favourites_show_in_the_first_lines(shop: SampleShop, lines: pd.DataFrame) -> None:
    first = lines.loc[lines["line_number"] == "1"]
    first = first.merge(shop.truth.customers, on="customer_id")
    share = first["category"] == first["favourite_category"]
    assert share.mean() > FAVOURITE_SHARE
    affinity = shop.truth_files["truth/category_affinity.csv"]
    assert affinity.groupby("favourite_category")["probability"].sum().round(6).eq(1).all()


def test_complements_sell_together(shop: SampleShop, lines: pd.DataFrame) -> None:
    pairs = shop.truth_files["truth/products.csv"].set_index("product_id")
    first = lines.loc[lines["line_number"] == "1"].set_index("order_id")["product_id"]
    further = lines.loc[lines["line_number"] != "1"]
    partner = pairs["complement_product_id"].loc[first.loc[further["order_id"]]].to_numpy()
    assert (further["product_id"].to_numpy() == partner).mean() == pytest.approx(0.35, abs=0.02)


def test_bargain_hunters_take_the_sales_and_sales_fill_baskets(
    shop: SampleShop, lines: pd.DataFrame
) -> None:
    on_sale = lines["line_discount"] > 0
    sensitivity = shop.truth.customers.set_index("customer_id")["price_sensitivity"]
    known = lines.loc[on_sale & (lines["customer_id"] != ""), "customer_id"]
    assert sensitivity.loc[known].mean() > sensitivity.mean()
    units = lines.groupby(on_sale)["quantity"].mean()
    assert units[True] > units[False] + 0.1


def test_guests_cancellations_and_missing_costs_are_a_few(shop: SampleShop, clean: Clean) -> None:
    orders = shop.summary["orders"]
    assert isinstance(orders, int)
    assert 0.02 < int(shop.summary["orders_guest"]) / orders < 0.04
    assert 0.02 < int(shop.summary["orders_cancelled"]) / orders < 0.04
    assert 0.02 < (clean[PRODUCTS]["unit_cost"] == "").mean() < 0.12


def test_names_are_awkward(clean: Clean) -> None:
    names = clean[CUSTOMERS]["full_name"]
    for part in ("ë", "田", '"', ",", "\n", "'"):
        assert names.str.contains(part, regex=False).any()
    assert clean[CUSTOMERS]["email"].str.fullmatch(r"[a-z0-9.@-]+").all()
    assert clean[CUSTOMERS]["email"].is_unique
    assert clean[PRODUCTS]["product_name"].is_unique


def test_size_is_that_of_the_documentation(shop: SampleShop) -> None:
    assert shop.summary["customers"] == 4000
    assert 25_000 < len(shop.files[ORDERS]) < 40_000
    assert 60_000 < len(shop.files[ORDER_ITEMS]) < 100_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer": 5},
        {"customers": 0},
        {"seed": -1},
        {"currency": "USD"},
        {"guest_share": 0.9},
        {"cancelled_share": -0.1},
        {"dirty_per_kind": 21},
        {"products": 5},
        {"start_date": "2025-06-20"},
    ],
)
def test_bad_configs_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SampleConfig.model_validate(wrong)


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        SampleConfig().seed = 3  # type: ignore[misc]


def test_fingerprints_tell_configs_apart() -> None:
    assert SampleConfig().fingerprint == SampleConfig().fingerprint
    assert SampleConfig().fingerprint != SampleConfig(seed=1).fingerprint
    assert len(bytes.fromhex(SampleConfig().fingerprint)) == hashlib.sha256().digest_size


@given(st.lists(st.integers(0, 10**11), min_size=1))
def test_money_is_exact(amounts: list[int]) -> None:
    assert list(money(np.array(amounts, dtype=np.int64))) == [text(value) for value in amounts]
