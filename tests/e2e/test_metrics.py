"""What MetricFlow answers is what SQL written by hand gives."""

from __future__ import annotations

import csv
from functools import cache
from math import isnan, nan
from typing import Any

import pytest

from tests.e2e.home import Home
from tests.e2e.metric_sql import SQL_OF_METRICS
from tests.e2e.metricflow_help import MetricFlow
from tests.e2e.real_data import needs_real_data

BY = ["metric_time__month", "shop", "country"]
Cells = dict[tuple[str, str, str | None], float]
"""Value by shop, first day of the month and country; null is not a number."""


@cache
def cells_of_sql(home: Home, metric: str) -> Cells:
    """Every shop, month and country with its value."""
    rows = home.rows(SQL_OF_METRICS[metric])
    return {
        (shop, month.isoformat(), country): nan if value is None else float(value)
        for shop, month, country, value in rows
    }


def cells_of_answer(rows: list[dict[str, Any]], metric: str) -> Cells:
    """The same of MetricFlow."""
    found = {
        (row["shop"], row["metric_time__month"][:10], row["country"] or None): (
            nan if row[metric] in (None, "") else float(row[metric])
        )
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def assert_same(metric: str, answer: Cells, expected: Cells) -> None:
    """Equal to 1e-9, and null where SQL is null; a cell of only one of the two says nothing."""
    shared = answer.keys() & expected.keys()
    assert {cell: answer[cell] for cell in shared} == pytest.approx(
        {cell: expected[cell] for cell in shared}, rel=1e-9, abs=1e-9, nan_ok=True
    ), metric
    others = [
        value for cells in (answer, expected) for cell, value in cells.items() if cell not in shared
    ]
    assert not any(map(says_something, others)), metric


def number(value: Any) -> float:
    """Null is not a number: a shop without expected values has no revenue at risk."""
    return nan if value is None else float(value)


def says_something(value: float) -> bool:
    """Neither null nor nothing."""
    return value != 0 and not isnan(value)


@pytest.fixture(
    params=[
        "sample_home",
        pytest.param("all_home", marks=needs_real_data),
    ],
    scope="module",
)
def home(request: pytest.FixtureRequest) -> Home:
    """The sample, whose costs are known, and all real data side by side."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def metricflow(home: Home, tmp_path_factory: pytest.TempPathFactory) -> MetricFlow:
    return MetricFlow(home, tmp_path_factory.mktemp("project"))


def test_every_metric_by_month_and_country_equals_sql(home: Home, metricflow: MetricFlow) -> None:
    metrics = [metric["name"] for metric in metricflow.manifest["metrics"]]
    assert set(metrics) == SQL_OF_METRICS.keys()
    answers = metricflow.ask(
        [{"metric_names": [metric], "group_by_names": BY} for metric in metrics]
    )
    for metric, answer in zip(metrics, answers, strict=True):
        expected = cells_of_sql(home, metric)
        assert any(map(says_something, expected.values())), metric
        assert_same(metric, cells_of_answer(answer, metric), expected)


def test_the_command_answers_a_saved_query(home: Home, metricflow: MetricFlow) -> None:
    path = metricflow.folder / "sales.csv"
    question = ["query", "--saved-query", "sales_by_month_and_country"]
    metricflow.mf(*question, "--csv", str(path))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    metrics = rows[0].keys() - set(BY)
    assert "margin" in metrics
    for metric in metrics:
        assert_same(metric, cells_of_answer(rows, metric), cells_of_sql(home, metric))


CUTS = {
    ("net_revenue", "product__category"): """
        select i.source_name, p.category, sum(i.net_revenue_amount)
        from marts.fct_order_items as i left join marts.dim_products as p using (product_id)
        group by 1, 2
    """,
    ("active_customers", "customer__rfm_segment"): """
        select o.source_name, r.rfm_segment, count(distinct o.customer_id)
        from marts.fct_orders as o left join marts.customer_rfm as r using (customer_id)
        group by 1, 2
    """,
    ("churn_rate", "customer__acquisition_channel"): """
        select m.source_name, c.acquisition_channel, avg(m.is_churned::int)
        from features.lbl_customer_months as m join marts.dim_customers as c using (customer_id)
        group by 1, 2
    """,
    ("revenue_at_risk", "customer__churn_risk_band"): """
        select source_name, churn_risk_band, sum(revenue_at_risk_amount)
        from predictions.customer_revenue_at_risk group by 1, 2
    """,
}


def test_metrics_are_cut_by_what_customers_and_products_are(
    home: Home, metricflow: MetricFlow
) -> None:
    questions = [{"metric_names": [m], "group_by_names": ["shop", by]} for m, by in CUTS]
    answers = metricflow.ask(questions)
    for ((metric, by), query), answer in zip(CUTS.items(), answers, strict=True):
        found = {(row["shop"], row[by]): number(row[metric]) for row in answer}
        expected = {(shop, cut): number(value) for shop, cut, value in home.rows(query)}
        assert found == pytest.approx(expected, rel=1e-9, nan_ok=True), (metric, by)
