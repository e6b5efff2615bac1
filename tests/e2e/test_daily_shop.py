"""Days with trouble, built one by one: the warehouse is the one that a whole build makes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.e2e import daily_shop
from tests.e2e.home import NO_TESTS, NO_UNIT_TESTS, Home

MODELS_ONLY = ("build", *NO_TESTS)
AS_OF_TABLE = "int_features__customer_orders"
TOUCHED = "clientele_touched"
"""Schema of the rows that a build gives to tables, while it runs."""
PAST_RETURNS = (
    "select sum(returned_unit_count) from features.ftr_interactions "
    "where interaction_date = '2025-01-01'"
)
NEWEST = (
    "select is_full, reason, finished_at is not null from raw.builds "
    "order by build_number desc limit 1"
)


def test_days_with_trouble_add_up_to_a_whole_build(empty_home: Home, tmp_path: Path) -> None:
    shop = daily_shop.make(tmp_path / "sample")
    home = empty_home
    home.clientele("load", "shop", str(daily_shop.write(shop.history, tmp_path / "history")))
    home.dbt(*MODELS_ONLY)
    assert home.rows(NEWEST) == [(True, "it is the first time", True)]
    first = _sampled(home)
    # A build that was killed leaves them behind.
    home.execute(f"create schema {TOUCHED}; create table {TOUCHED}.fct_orders (order_id text)")
    for number, day in enumerate(shop.days):
        home.clientele("load", "shop", str(daily_shop.write(day, tmp_path / f"day-{number}")))
        home.dbt(*MODELS_ONLY)
        assert home.rows(NEWEST) == [(False, None, True)]
        assert home.value("select to_regnamespace(%s)", (TOUCHED,)) is None
    # The return of a known customer that came before the newest day was over.
    assert home.value(PAST_RETURNS) == 1
    # Everybody is there once more, as of another today.
    assert _sampled(home)[AS_OF_TABLE] > first[AS_OF_TABLE]
    assert home.changed_by_whole_build(*NO_TESTS) == set()
    assert home.rows(NEWEST) == [(True, "it was asked for", True)]
    _tests_of_a_day_look_at_its_rows(home, tmp_path / "last")


def _tests_of_a_day_look_at_its_rows(home: Home, folder: Path) -> None:
    """Two orders become wrong; the customer of one of them orders again."""
    (seen, buyer), (unseen, _) = home.rows(
        "select min(order_id), customer_id from marts.fct_orders where customer_id is not null "
        "group by customer_id having count(*) > 1 order by customer_id limit 2"
    )
    others = (
        "select order_id, ctid::text from marts.fct_orders "
        f"where customer_id = '{buyer}' and order_id not in ('{seen}', 'shop:LAST1') order by 1"
    )
    places, sampled = home.rows(others), _sampled(home)
    home.execute(
        "update intermediate.int_sales__orders set order_date = date '2020-01-01' "
        f"where order_id in ('{seen}', '{unseen}')"
    )
    day = {
        "orders": daily_shop.rows(
            "orders",
            ("LAST1", buyer.removeprefix("shop:"), "2025-01-03 09:00:00", "web", "GBP", "0.00"),
        ),
        "order_items": daily_shop.rows("order_items", ("LAST1", "1", "P0001", "2", "10.00")),
    }
    home.clientele("load", "shop", str(daily_shop.write(day, folder)))

    done = home.dbt("--no-use-colors", "build", *NO_UNIT_TESTS, code=1)

    assert home.value("select not is_full from raw.builds order by build_number desc limit 1")
    assert "FAIL 1 relationships_fct_orders_order_date__date_day__ref_dim_dates_" in done.stdout
    # They stay for whoever wants to see what is wrong.
    wrong = home.rows(
        f"select order_id from {TOUCHED}.fct_orders where order_date = date '2020-01-01'"
    )
    assert wrong == [(seen,)]
    # Orders of the same customer that came out as they were have not been written again.
    assert home.rows(others) == places != []
    # Nor has a table of which three rows were replaced been sampled for its statistics.
    assert _sampled(home)["fct_orders"] == sampled["fct_orders"] is not None


def _sampled(home: Home) -> dict[str, datetime]:
    """When a build had Postgres sample a table last."""
    return dict(
        home.rows(
            "select relname::text, last_analyze from pg_stat_user_tables "
            "where relname in (%s, 'fct_orders') and schemaname <> %s",
            (AS_OF_TABLE, TOUCHED),
        )
    )
