"""The sales marts of the real invoices, against pandas and scipy on the file itself."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import sparse

from tests.e2e.home import Home
from tests.e2e.real_data import ONLINE_RETAIL, needs_real_data
from tests.embedded_help import PROJECT_DIR
from warehouse.bulk_read import read_frame

pytestmark = needs_real_data

WINDOW = (pd.Timestamp("2010-12-01"), pd.Timestamp("2011-12-01"))
"""The twelve complete months before 2011-12-10, the end not included."""
THROUGH_DAY = 9
"""The newest order is of 9 December."""


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """Every line of the file that is a sale or a return, with its kind, day and month."""
    found = pd.read_csv(ONLINE_RETAIL, dtype={"InvoiceNo": str, "StockCode": str})
    found.columns = ["order_id", "code", "name", "units", "at", "price", "customer", "country"]
    found["code"] = found["code"].str.strip().str.upper()
    cancelled = found["order_id"].str.startswith("C")
    sold = ~found["order_id"].str.startswith(("C", "A")) & (found["units"] > 0)
    found["line_type"] = None
    found.loc[sold & (found["price"] > 0), "line_type"] = "sale"
    found.loc[cancelled & (found["units"] < 0) & (found["price"] > 0), "line_type"] = "return"
    found = found[found["line_type"].notna()].copy()
    codes = pd.read_csv(PROJECT_DIR / "seeds" / "online_retail_special_codes.csv")
    kinds = codes.set_index("stock_code")["product_kind"]
    found["kind"] = found["code"].map(kinds).fillna("product")
    found["is_goods"] = ~found["kind"].isin(["postage", "fee"])
    found["amount"] = (found["units"] * found["price"]).abs()
    found["day"] = pd.to_datetime(found["at"]).dt.normalize()
    found["month"] = found["day"].dt.to_period("M").dt.to_timestamp()
    return found


@pytest.fixture(scope="module")
def sales(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines of orders; those that straddle a minute have one day anyway."""
    return lines[lines["line_type"] == "sale"]


@pytest.fixture(scope="module")
def goods(sales: pd.DataFrame) -> pd.DataFrame:
    """The lines of goods of the twelve complete months."""
    inside = (sales["day"] >= WINDOW[0]) & (sales["day"] < WINDOW[1])
    return sales[inside & (sales["kind"] == "product")]


def mart(home: Home, name: str, order: str) -> pd.DataFrame:
    """The rows of online_retail of a mart, numbers as floats."""
    frame = read_frame(
        home.settings, f"select * from marts.{name} where source_name = 'online_retail'"
    )
    return frame.sort_values(order.split(", ")).reset_index(drop=True)


def equal(found: pd.Series, expected: pd.Series) -> None:
    """Same values in the same order, to a hundredth of a penny in a sum."""
    assert found.astype(float).tolist() == pytest.approx(
        expected.astype(float).tolist(), abs=1e-4, rel=1e-9, nan_ok=True
    )


def test_months_equal_pandas(all_home: Home, lines: pd.DataFrame, sales: pd.DataFrame) -> None:
    kpis = mart(all_home, "kpi_monthly", "month_start_date")
    orders = sales.groupby("order_id").agg(
        {"month": "first", "customer": "max", "day": "first", "at": "min"}
    )
    known = orders.dropna(subset="customer").sort_values(["customer", "at"])
    first_orders = known.drop_duplicates("customer")
    bought = sales[sales["is_goods"]].groupby("month")
    returns = lines[lines["line_type"] == "return"]
    customers = known.groupby("month")["customer"].nunique()
    new = first_orders.groupby("month").size()
    equal(kpis["order_count"], orders.groupby("month").size())
    equal(kpis["customer_count"], customers)
    equal(kpis["new_customer_count"], new)
    equal(kpis["returning_customer_count"], customers - new)
    equal(kpis["unit_count"], bought["units"].sum())
    equal(kpis["net_revenue_amount"], bought["amount"].sum())
    equal(kpis["returned_amount"], returns.groupby("month")["amount"].sum())
    returned_goods = returns[returns["is_goods"]].groupby("month")["amount"].sum()
    equal(kpis["returned_goods_amount"], returned_goods)
    repeats = 1 - new / known.groupby("month").size()
    assert kpis["repeat_order_share"].tolist() == pytest.approx(repeats.tolist(), abs=1e-4)
    assert kpis["is_complete"].tolist() == [True] * 12 + [False]
    assert kpis["gross_margin_amount"].isna().all()


def test_an_unfinished_month_is_held_against_the_same_days(
    all_home: Home, sales: pd.DataFrame
) -> None:
    kpis = mart(all_home, "kpi_monthly", "month_start_date")
    bought = sales[sales["is_goods"]]
    early = bought[bought["day"].dt.day <= THROUGH_DAY].groupby("month")["amount"].sum()
    whole = bought.groupby("month")["amount"].sum()
    equal(kpis["previous_month_net_revenue_amount"], pd.Series([None, *whole[:-2], early.iloc[-2]]))
    equal(kpis["previous_year_net_revenue_amount"], pd.Series([None] * 12 + [early.iloc[0]]))
    to_date = whole[1:].cumsum()
    equal(kpis["year_to_date_net_revenue_amount"], pd.Series([whole.iloc[0], *to_date]))
    # Of the year before only December is known.
    assert kpis["previous_year_to_date_net_revenue_amount"].isna().all()


def test_products_equal_pandas(all_home: Home, lines: pd.DataFrame, sales: pd.DataFrame) -> None:
    products = mart(all_home, "product_performance", "source_product_id")
    products = products.set_index("source_product_id")

    def by_code(rows: pd.DataFrame, column: str, how: str) -> pd.Series:
        return rows.groupby("code")[column].agg(how).reindex(products.index, fill_value=0)

    inside = (sales["day"] >= WINDOW[0]) & (sales["day"] < WINDOW[1])
    recent, current = sales[inside], sales[sales["day"] >= WINDOW[1]]
    returns = lines[(lines["line_type"] == "return") & (lines["day"] < WINDOW[1])]
    paid = recent[recent["is_goods"]]
    equal(products["order_count"], by_code(sales, "order_id", "nunique"))
    equal(products["order_count_last_12_months"], by_code(recent, "order_id", "nunique"))
    equal(products["unit_count_current_month"], by_code(current, "units", "sum"))
    equal(products["net_revenue_last_12_months_amount"], by_code(paid, "amount", "sum"))
    equal(products["returned_unit_count_last_12_months"], -by_code(returns, "units", "sum"))
    equal(products["returned_last_12_months_amount"], by_code(returns, "amount", "sum"))
    equal(
        products["min_unit_price_last_12_months_amount"],
        recent.groupby("code")["price"].min().reindex(products.index),
    )
    assert (pd.to_datetime(products["last_sold_date"]).dropna()).equals(
        sales.groupby("code")["day"].max().reindex(products.index).dropna()
    )
    ranked = recent[recent["kind"] == "product"].groupby("code")["amount"].sum().round(4)
    ranked = ranked.sort_values(ascending=False)
    before = ranked.map(ranked.groupby(ranked).sum().sort_index(ascending=False).cumsum().shift())
    share = before.fillna(0) / ranked.sum()
    classes = pd.cut(share, [-1, 0.8, 0.95, 2], right=False, labels=["A", "B", "C"])
    found = products["abc_class"].dropna()
    assert found.to_dict() == classes.astype(str).to_dict()


def test_pairs_equal_a_product_of_matrices(all_home: Home, goods: pd.DataFrame) -> None:
    sizes = goods.groupby("order_id")["code"].nunique()
    kept = goods[goods["order_id"].isin(sizes[sizes <= 50].index)]
    kept = kept.drop_duplicates(["order_id", "code"])
    rows, columns = kept["order_id"].astype("category"), kept["code"].astype("category")
    held = sparse.csr_matrix(([1] * len(kept), (rows.cat.codes, columns.cat.codes)))
    counts = sparse.coo_matrix(held.T @ held)
    names = columns.cat.categories
    expected = {
        (f"online_retail:{names[a]}", f"online_retail:{names[b]}"): count
        for a, b, count in zip(counts.row, counts.col, counts.data, strict=True)
        if count >= 20 and a != b
    }
    found = mart(all_home, "product_affinities", "product_id, other_product_id")
    keys = zip(found["product_id"], found["other_product_id"], strict=True)
    assert dict(zip(keys, found["pair_order_count"], strict=True)) == expected
    assert set(found["order_count"]) == {len(rows.cat.categories)}
    assert set(found["left_out_order_count"]) == {int((sizes > 50).sum())}


def test_bands_of_price_and_size_equal_pandas(
    all_home: Home, sales: pd.DataFrame, goods: pd.DataFrame
) -> None:
    bands = mart(all_home, "price_bands", "price_band_number")
    band = pd.cut(goods["price"], [*bands["price_from_amount"], float("inf")], right=False)
    by_price = goods.groupby(band, observed=False)
    equal(bands["order_count"], by_price["order_id"].nunique())
    equal(bands["net_revenue_amount"], by_price["amount"].sum())
    assert bands["product_count"].sum() == goods["code"].nunique()
    sizes = mart(all_home, "basket_sizes", "size_number")
    found = sizes[sizes["size_measure"] == "products"].groupby("size_name")["order_count"].sum()
    products = sales[sales["is_goods"]].groupby("order_id")["code"].nunique()
    assert found["1"] == (products == 1).sum()
    assert found["10 to 19"] == products.between(10, 19).sum()
    assert found["0"] == sales["order_id"].nunique() - len(products)
