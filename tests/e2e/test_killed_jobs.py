"""A job that is killed anywhere leaves nothing that the next run does not put right."""

from __future__ import annotations

from tests.e2e.home import Home

# What training and scoring read.
FEATURES = ("+ftr_customers", "+lbl_customers", "+ftr_as_of_dates")


def test_a_killed_job_is_finished_by_the_next_run(sample_home: Home, empty_home: Home) -> None:
    home = empty_home.without_tests()
    # Makes the table that is locked below; that a bare build of an empty database passes with all
    # its tests is told by test_small_shops.
    home.clientele("build", "--", "-s", "+fct_orders")

    home.kill_while_it_waits_for("raw.shop__order_items", "run", "sample")
    assert home.value("select count(*) from raw.shop__order_items") == 0
    assert home.value("select count(*) from raw.shop__orders") > 0

    home.kill_while_it_waits_for("marts.fct_orders", "run", "sample")
    assert home.value("select count(*) from marts.fct_orders") == 0

    # As far as a run comes, step by step: the run that follows begins anew anyway.
    home.clientele("build", "--", "-s", *FEATURES)
    home.clientele("train", "churn")
    home.kill_while_it_waits_for("ml.customer_churn_scores", "score")
    assert home.value("select count(*) from ml.customer_churn_scores") == 0

    home.clientele("run", "sample")
    assert home.digests() == sample_home.digests()
