"""Audiences as a marketer meets them: declared, built, exported."""

from __future__ import annotations

import csv
from pathlib import Path

import yaml

from orchestration.cli_export import PERSONAL
from tests.e2e.home import PROJECT_DIR, Home

CUSTOMERS = PROJECT_DIR / "models" / "marts" / "customers"


def test_the_bundled_audiences_have_members_who_hold_the_rules(sample_home: Home) -> None:
    (model,) = yaml.safe_load((CUSTOMERS / "audiences.yml").read_text("utf-8"))["models"]
    declared = {audience["name"] for audience in model["config"]["meta"]["audiences"]}
    counts = dict(
        sample_home.rows("select audience_name, count(*) from marts.customer_audiences group by 1")
    )
    assert counts.keys() == declared
    # Written once more by hand, over the table that people look at.
    assert counts["won_back"] == sample_home.value(
        "select count(*) from marts.customer_360 where lifecycle_state = 'won back'"
    )
    assert counts["cooling_vips"] == sample_home.value(
        "select count(*) from marts.customer_360 where lifecycle_state = 'cooling' "
        "and order_count >= 3 and monetary_score >= 4 and churn_probability >= 0.4"
    )
    assert counts["due_this_week"] == sample_home.value(
        "select count(*) from marts.customer_360 "
        "where expected_next_order_date - as_of_date between 0 and 6"
    )


def test_an_exported_audience_is_the_table(sample_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "won_back.csv"
    done = sample_home.clientele("export", "audience", "won_back", str(path))
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    members = sample_home.rows(
        "select customer_id, net_revenue_amount::text, entered_date::text "
        "from marts.customer_360 join marts.customer_audiences using (customer_id) "
        "where audience_name = 'won_back' order by customer_id"
    )
    assert done.stdout.endswith(f"{len(members)} members of won_back: {path}\n")
    named = ("customer_id", "net_revenue_amount", "entered_date")
    assert sorted(tuple(row[name] for name in named) for row in rows) == sorted(members)
    assert not set(PERSONAL) & set(rows[0])

    sample_home.clientele("export", "audience", "won_back", str(path), "--show-personal")
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert any("@" in row["email"] for row in rows)
    assert [file.name for file in path.parent.iterdir()] == ["won_back.csv"]


def test_an_export_that_cannot_be_leaves_one_line_and_no_file(
    sample_home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    done = sample_home.clientele("export", "audience", "won_bak", str(path), code=2)
    audiences = "cooling_vips, cooling_vips_of_high_value, due_this_week"
    assert f"no audience won_bak; there are {audiences}" in done.stderr
    done = sample_home.clientele("export", "audience", "won_back", str(tmp_path), code=2)
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_every_personal_column_is_left_out_of_exports() -> None:
    (model,) = yaml.safe_load((CUSTOMERS / "_customers__models.yml").read_text("utf-8"))["models"]
    marked = [
        column["name"]
        for column in model["columns"]
        if column.get("config", {}).get("meta", {}).get("pii")
    ]
    assert tuple(marked) == PERSONAL


def test_a_wrong_rule_stops_the_build_with_a_sentence(sample_home: Home) -> None:
    draft = (
        "{audiences: [{name: big, description: d, owner: o, "
        "rules: ['net_revenu_amount > 5', 'value_tier = Gold']}]}"
    )
    done = sample_home.clientele(
        *("build", "--", "--select", "dim_audiences", "--vars", draft), code=1
    )
    assert "big, rule 'net_revenu_amount > 5': no column net_revenu_amount" in done.stderr
    assert "value_tier is never 'Gold'" in done.stderr
    # What dbt parsed with these vars is of no use to anybody else.
    sample_home.lend_parse()
