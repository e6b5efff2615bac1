"""How tables and views come to replace those that are there."""

from __future__ import annotations

from tests.e2e.home import NO_TESTS, Home

BUILD = ("build", "--", *NO_TESTS, "-s", "base_shop__products", "stg_shop__products")
KINDS = """
    select relname, relkind from pg_class
    where relnamespace = 'staging'::regnamespace and relkind in ('r', 'v')
"""


def test_what_is_there_is_replaced(empty_home: Home) -> None:
    made = {("base_shop__products", "r"), ("stg_shop__products", "v")}
    empty_home.clientele(*BUILD)
    assert set(empty_home.rows(KINDS)) == made

    # What a killed build left beside them does not stay, nor what has taken their place.
    for left in (
        "create table staging.stg_shop__products__dbt_tmp (one int)",
        "create view staging.base_shop__products__dbt_backup as select 1 as one",
        "drop view staging.stg_shop__products",
        "create table staging.stg_shop__products (one int)",
        "create view staging.on_it as select one from staging.stg_shop__products",
    ):
        empty_home.execute(left)
    empty_home.clientele(*BUILD)
    assert set(empty_home.rows(KINDS)) == made

    empty_home.execute("drop table staging.base_shop__products cascade")
    empty_home.execute("create view staging.base_shop__products as select 1 as one")
    empty_home.clientele(*BUILD)
    assert set(empty_home.rows(KINDS)) == made
    assert empty_home.rows("select * from staging.stg_shop__products") == []
