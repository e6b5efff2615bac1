"""Forgetting a person in raw and ml, without dbt: that part is in tests/e2e/test_forget.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from ingest.landing import BatchResult, load_files
from orchestration.console import Console
from orchestration.dbt_runner import DbtResult
from orchestration.forget import Outcome, Plan, carry_out, forgetting
from orchestration.job import Job
from tests.load_help import csv_text, execute, line, query
from warehouse.errors import UsageError
from warehouse.settings import Settings

ANN = "ann.archer@example.org"
FAMILY = "family@example.org"
PHONE = "+44 20 7946 0001"
CUSTOMERS = f"""customer_id,full_name,email,phone,signed_up_at
1042,Ann Archer,{ANN},{PHONE},2024-01-01
1042,Ann  Miller,{FAMILY},,2024-01-01
77,Bob Archer,{FAMILY},,2024-01-02
10420,Cara Cole,cara.{ANN},,2024-01-02
"""
ORDERS = f"""order_id,customer_id,full_name,email,phone,ordered_at,currency
A1,1042,,,,2024-02-01 10:00:00,EUR
A2, 1042 ,,,,no time,EUR
A3,,,{ANN.upper()},,2024-02-03 10:00:00,EUR
A4,,Bob Archer,{FAMILY},,2024-02-04 10:00:00,EUR
A5,10420,,,,2024-02-05 10:00:00,EUR
A6,,,,{PHONE},2024-02-06 10:00:00,EUR
"""
REVIEWS = """review_id,customer_id,order_id,product_id,rating,title,body,reviewed_at
R1,1042,,P,5,Good,I am Ann Archer,2024-03-01
R2,,A1,P,4,Fine,Signed Ann Archer,2024-03-02
R3,10420,A5,P,3,Ok,Mine,2024-03-03
R4,,A5,P,3,Nobody,Said,2024-03-03
"""


class Unbuilt(Job):
    """A job on a database that has raw and ml only."""

    def build(self, *arguments, **options) -> DbtResult:
        return DbtResult()


@pytest.fixture
def job(db: Settings, tmp_path: Path) -> Iterator[Unbuilt]:
    scores = "ml.customer_churn_scores, ml.customer_segment_scores"
    execute(db, f"truncate {scores}")
    yield Unbuilt(db.model_copy(update={"home_dir": tmp_path / "home"}), Console())
    execute(db, f"truncate {scores}")


@pytest.fixture
def land(db: Settings, tmp_path: Path) -> Callable[..., list[BatchResult]]:
    def run(shop: str = "web", source: str = "shop", **files: str) -> list[BatchResult]:
        paths = []
        for table, text in files.items():
            paths.append(tmp_path / f"{table}.csv")
            paths[-1].write_text(text)
        return load_files(db, source, paths, shop=shop if source == "shop" else None)

    return run


def forget(job: Job, *customers: str) -> tuple[Plan, Outcome]:
    with forgetting(job, customers) as (conn, plan):
        return plan, carry_out(job, conn, plan)


def everything(db: Settings) -> str:
    """All of raw and ml as one text."""
    tables = query(
        db, "select schemaname || '.' || tablename from pg_tables where schemaname in ('raw', 'ml')"
    )
    rows = [query(db, f"select t::text from {table} as t") for (table,) in sorted(tables)]
    return "\n".join(text for found in rows for (text,) in sorted(found))


def test_a_person_goes_and_the_others_stay(
    job: Unbuilt, db: Settings, land: Callable[..., list[BatchResult]]
) -> None:
    land(customers=CUSTOMERS, orders=ORDERS, reviews=REVIEWS)
    land(shop="app", orders=ORDERS)
    execute(
        db,
        "insert into ml.customer_churn_scores (customer_id, churn_probability) "
        "values ('web:1042', 0.25), ('web:77', 0.5), ('web:10420', 0.75)",
    )
    plan, outcome = forget(job, "web:1042")

    ((pseudonym, rows),) = query(
        db,
        "select customer_id, count(*) from raw.shop__customers where full_name is null group by 1",
    )
    assert (pseudonym.isdigit(), rows) == (True, 2)
    assert query(
        db,
        "select order_id, customer_id, email, phone from raw.shop__orders "
        "where _source_name = 'web' order by 1",
    ) == [
        ("A1", pseudonym, None, None),
        ("A2", pseudonym, None, None),
        ("A3", pseudonym, None, None),
        ("A4", None, FAMILY, None),
        ("A5", "10420", None, None),
        ("A6", pseudonym, None, None),
    ]
    assert query(db, "select review_id, title, body from raw.shop__reviews order by 1") == [
        ("R1", None, None),
        ("R2", None, None),
        ("R3", "Ok", "Mine"),
        ("R4", "Nobody", "Said"),
    ]
    assert query(db, "select customer_id from ml.customer_churn_scores order by 1") == [
        ("web:10420",),
        (f"web:{pseudonym}",),
        ("web:77",),
    ]
    # What a guest of the other shop left without a name is this person's; its customer 1042 is not.
    assert query(
        db,
        "select order_id, customer_id, email, phone from raw.shop__orders "
        "where _source_name = 'app' order by 1",
    ) == [
        ("A1", "1042", None, None),
        ("A2", " 1042 ", None, None),
        ("A3", None, None, None),
        ("A4", None, FAMILY, None),
        ("A5", "10420", None, None),
        ("A6", None, None, None),
    ]
    # Bob has one of the addresses too. It is his, and the plan says so.
    assert plan.found.holders == {"email": {"app:a guest", "web:77", "web:a guest"}}
    assert outcome.changed == {
        "raw.shop__customers": 2,
        "raw.shop__orders": 6,
        "raw.shop__reviews": 2,
        # The customer file has the number twice, and the check of its uniqueness says which.
        "raw.batch_checks": 1,
        "ml.customer_churn_scores": 1,
    }
    assert outcome.search.hits == []


def test_what_nobody_else_holds_is_found_wherever_it_was_left(
    job: Unbuilt, db: Settings, land: Callable[..., list[BatchResult]]
) -> None:
    land(customers=CUSTOMERS, orders=ORDERS, reviews=REVIEWS)
    execute(
        db,
        "create schema notes; create table notes.calls (id int, said text, more jsonb);"
        f"insert into notes.calls values (1, 'asked for <{ANN.title()}>', null), "
        f"(2, 'x{ANN}', '{{\"who\": \"ann   archer\"}}'), (3, 'Joann Archer, 442079460001', null)",
    )
    try:
        plan, outcome = forget(job, "web:1042")
        assert sorted(outcome.search.hits) == [
            ("notes.calls.more", "name", 1),
            ("notes.calls.said", "email", 1),
            ("notes.calls.said", "phone", 1),
        ]
        assert {term.kind for term in plan.terms} == {"account", "email", "name", "phone"}
    finally:
        execute(db, "drop schema notes cascade")


def test_files_of_the_home_are_searched(
    job: Unbuilt, land: Callable[..., list[BatchResult]]
) -> None:
    land(customers=CUSTOMERS)
    home = job.settings.home_dir
    for place, text in (
        ("profile/a.html", "<p>Ann&#x20;Archer</p>"),
        ("profile/b.html", "<p>Joann Archer</p>"),
        ("postgres.log", f"STATEMENT: {ANN}"),
        ("pull/crm/customers/rows.jsonl", ANN),
        ("postgres/base/1", ANN),
    ):
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        (home / place).write_text(text)
    _, outcome = forget(job, "web:1042")
    assert [path.name for path in outcome.removed] == ["postgres.log", "a.html"]
    assert (home / "postgres.log").read_text() == ""
    assert (home / "profile/b.html").exists()
    assert outcome.search.hits == [(str(home / "pull/crm/customers/rows.jsonl"), "file", 1)]


def test_what_checks_have_quoted_is_cut_out(
    job: Unbuilt, db: Settings, land: Callable[..., list[BatchResult]]
) -> None:
    land(customers=CUSTOMERS)
    execute(
        db,
        "update raw.batch_checks set sample_values = 'row 1: customer 1042, row 4: 10420' "
        "where check_number = 1;"
        f"update raw.load_batches set message = 'row 3 holds {ANN}';"
        "insert into raw.batch_statistics (batch_id, source_name, table_name, column_name, "
        "statistic, category) values (1, 'web', 'x', 'customer_id', 'category_share', '1042')",
    )
    _, outcome = forget(job, "web:1042")
    assert query(db, "select sample_values from raw.batch_checks where check_number = 1") == [
        ("row 1: customer (forgotten), row 4: 10420",)
    ]
    assert query(db, "select message from raw.load_batches") == [("row 3 holds (forgotten)",)]
    assert not query(db, "select from raw.batch_statistics where category = '1042'")
    assert outcome.changed["raw.batch_checks"] == 2


@pytest.mark.parametrize("place", ["raw.shop__reviews", "ml.customer_churn_scores"])
def test_an_error_in_the_midst_leaves_everything_as_it_was(
    job: Unbuilt, db: Settings, land: Callable[..., list[BatchResult]], place: str
) -> None:
    land(customers=CUSTOMERS, orders=ORDERS, reviews=REVIEWS)
    execute(db, "insert into ml.customer_churn_scores (customer_id) values ('web:1042')")
    before = everything(db)
    execute(
        db,
        "create function raw.fail() returns trigger language plpgsql as "
        "$$ begin raise exception 'in the midst'; end $$;"
        f"create trigger fail before update on {place} for each row execute function raw.fail()",
    )
    try:
        with pytest.raises(psycopg2.Error, match="in the midst"):
            forget(job, "web:1042")
    finally:
        execute(db, "drop function raw.fail() cascade")
    assert everything(db) == before
    forget(job, "web:1042")
    assert "1042," not in everything(db)


def test_a_plan_changes_nothing(
    job: Unbuilt, db: Settings, land: Callable[..., list[BatchResult]]
) -> None:
    land(customers=CUSTOMERS, orders=ORDERS)
    before = everything(db)
    with forgetting(job, ["web:1042", "web:77"]) as (_, plan):
        assert plan.found.rows == {"raw.shop__customers": 3, "raw.shop__orders": 5}
    assert everything(db) == before


def test_nobody_of_that_name(job: Unbuilt, land: Callable[..., list[BatchResult]]) -> None:
    land(customers=CUSTOMERS)
    for name in ("1042", "app:1042", "web:104"):
        with pytest.raises(UsageError, match=f"nobody is known as '{name}': give a customer_id"):
            forget(job, name)
    forget(job, "web:1042")
    with pytest.raises(UsageError, match="web:1042 was forgotten on "):
        forget(job, "web:1042")


def test_numbers_stay_numbers_where_a_source_wants_them(
    job: Unbuilt, db: Settings, land: Callable[..., list[BatchResult]]
) -> None:
    land(
        source="online_retail",
        lines=csv_text(line(1), line(2, CustomerID="17850"), line(3, CustomerID="17851.0")),
    )
    forget(job, "online_retail:17850")
    numbers = [
        row[0]
        for row in query(
            db, "select customer_id from raw.online_retail__lines order by _row_number"
        )
    ]
    assert numbers[0] == numbers[1]
    assert 1_000_000_000 <= int(numbers[0]) < 2**31
    assert numbers[2] == "17851.0"


def test_what_arrives_again_is_landed_without_the_person(
    job: Unbuilt, db: Settings, land: Callable[..., list[BatchResult]]
) -> None:
    land(customers=CUSTOMERS, orders=ORDERS, reviews=REVIEWS)
    forget(job, "web:1042")
    more = "Z9,,Ann Archer," + ANN + ",,2024-05-01 10:00:00,EUR\n"
    results = land(customers=CUSTOMERS + "\n", orders=ORDERS + more, reviews=REVIEWS + "\n")
    said = [result.warnings[-1] for result in results]
    assert [text.split(" of customers")[0] for text in said] == ["2 rows", "5 rows", "2 rows"]
    text = everything(db)
    left = ["(1042,", "Ann", PHONE, f",{ANN}", ANN.upper()]
    assert [word for word in left if word in text] == []
    assert query(db, "select count(*) from raw.shop__customers where customer_id is null") == [(2,)]
    # Others and their rows are landed as ever, in a shop of another name too.
    assert text.count("Bob Archer") == 4
    (again,) = land(shop="app", customers=CUSTOMERS)
    assert not any("forgotten" in text for text in again.warnings)
