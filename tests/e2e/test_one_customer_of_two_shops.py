"""One person in two shops and at a guest checkout, from files to facts, as evidence comes in."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.home import NO_TESTS, Home

# The tables that are looked at; that days restate to the same is told by test_daily_shop.
LOOKED_AT = ("+fct_orders", "+dim_customers", "+int_identity__merge_history", "+customer_churn")
BUILD = ("build", "--", *NO_TESTS, "-s", *LOOKED_AT)
CUSTOMERS = "customer_id,full_name,email\n"
ORDERS = "order_id,customer_id,full_name,email,ordered_at,currency\n"
ITEMS = "order_id,line_number,product_id,quantity,unit_price\n"
OWNERS = "select order_id, customer_id from marts.fct_orders order by 1"
HISTORY = (
    "select account_id, previous_customer_id, customer_id, match_rule "
    "from intermediate.int_identity__merge_history order by 1"
)


def write(folder: Path, **files: str) -> str:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return str(folder)


def test_a_person_is_one_customer_and_keeps_the_id(empty_home: Home, tmp_path: Path) -> None:
    home = empty_home
    web = write(
        tmp_path / "web",
        customers=CUSTOMERS + "1,Ann Lee,ann@example.org\n2,Bob Lee,ann@example.org\n3,Åsa Öst,\n",
        orders=ORDERS
        + "w1,1,,,2024-01-01,EUR\nw2,2,,,2024-01-02,EUR\nw3,3,,,2024-01-03,EUR\n"
        + "g1,,ann lee, ANN@example.org ,2024-02-01,EUR\ng2,,,,2024-02-02,EUR\n",
        order_items=ITEMS
        + "".join(f"{order},1,p,1,10\n" for order in ("w1", "w2", "w3", "g1", "g2")),
    )
    home.clientele("load", "shop", web, "--name", "web")
    home.clientele(*BUILD)
    # The guest is Ann. Bob shares her address and is somebody else; nobody is nobody.
    assert home.rows(OWNERS) == [
        ("web:g1", "web:1"),
        ("web:g2", None),
        ("web:w1", "web:1"),
        ("web:w2", "web:2"),
        ("web:w3", "web:3"),
    ]
    assert (
        home.value("select order_count from marts.dim_customers where customer_id = 'web:1'") == 2
    )

    store = write(
        tmp_path / "store",
        customers=CUSTOMERS + "7,Asa Ost,asa@example.org\n8,Ann Lee,ann@example.org\n",
        orders=ORDERS + "s1,7,,,2024-03-01,EUR\ns2,8,,,2024-03-02,EUR\n",
        order_items=ITEMS + "s1,1,p,1,10\ns2,1,p,1,10\n",
    )
    home.clientele("load", "shop", store, "--name", "store")
    home.clientele(*BUILD)
    # A score of somebody whom the next file turns out to be a customer already known.
    home.execute(
        "insert into ml.customer_churn_scores (customer_id, source_name, as_of_date, horizon_days, "
        "churn_probability, model_name, model_version, run_id, scored_at) values "
        "('store:7', 'store', '2024-03-03', 90, 0.5, 'm', 'v', 'r', '2024-03-03'), "
        "('web:2', 'store', '2024-03-03', 90, 0.4, 'm', 'v', 'r', '2024-03-03')"
    )
    owners = dict(home.rows(OWNERS))
    assert (owners["store:s1"], owners["store:s2"]) == ("store:7", "web:1")

    late = write(tmp_path / "late", customers=CUSTOMERS + "3,Åsa Öst,asa@example.org\n")
    home.clientele("load", "shop", late, "--name", "web")
    home.clientele(*BUILD)
    owners = dict(home.rows(OWNERS))
    assert (owners["web:w3"], owners["store:s1"]) == ("web:3", "web:3")
    assert ("store:7", "store:7", "web:3", "email") in home.rows(HISTORY)
    # The customer counts in the shop that knew them first, with the orders of both.
    assert home.rows(
        "select source_name, order_count, account_count from marts.dim_customers "
        "where customer_id = 'web:3'"
    ) == [("web", 2, 2)]
    scored = home.rows("select customer_id from predictions.customer_churn")
    assert scored == [("web:2",)]
