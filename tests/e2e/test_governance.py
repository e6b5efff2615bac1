"""Two shops with one person in both: what each role may do, and that a person can be forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from pydantic import SecretStr

from apps.profile.declared import pii_mark
from ingest.landing import load_files
from tests.e2e.home import NO_TESTS, Home, new_home
from warehouse.connect import connect
from warehouse.settings import Settings

ANN = "ann.archer@example.org"
WEB = {
    "customers": f"""customer_id,full_name,email,phone,country,signed_up_at
1042,Ann Archer,{ANN},+44 20 7946 0001,GB,2024-01-01
1042,Ann Archer,ann@old.example.org,,GB,2024-01-01
2210,Ann Archer,{ANN},,GB,2024-01-02
77,Bob Archer,bob@example.org,,GB,2024-01-02
""",
    "products": "product_id,product_name\nP,Pot\n",
    "orders": f"""order_id,customer_id,full_name,email,ordered_at,currency,status
W1,1042,,,2024-02-01 10:00:00,EUR,completed
W2,2210,,,2024-02-02 10:00:00,EUR,completed
W3,77,,,2024-02-03 10:00:00,EUR,completed
W4,,Ann Archer,{ANN},2024-02-04 10:00:00,EUR,completed
W5,1042,,,no time,EUR,completed
""",
    "order_items": "order_id,line_number,product_id,quantity,unit_price\n"
    + "".join(f"W{n},1,P,1,{n}.50\n" for n in range(1, 6)),
    "reviews": """review_id,customer_id,order_id,product_id,rating,title,body,reviewed_at
R1,1042,W1,P,5,Good,Yours Ann Archer,2024-03-01
R2,77,W3,P,4,Fine,Yours Bob,2024-03-01
""",
}
APP = {
    "customers": f"customer_id,full_name,email,country\nA5,Ann Archer,{ANN},GB\nA6,Cid Cole,,GB\n",
    "products": "product_id,product_name\nP,Pot\n",
    "orders": "order_id,customer_id,ordered_at,currency\nX1,A5,2024-02-05 10:00:00,EUR\n",
    "order_items": "order_id,line_number,product_id,quantity,unit_price\nX1,1,P,2,8.00\n",
}
MONEY = "select source_name, count(*), sum(net_revenue_amount) from marts.fct_orders group by 1"
GRANTS = """
select c.relname, c.relacl::text,
    (select string_agg(a.attname || a.attacl::text, ' ' order by a.attnum)
    from pg_attribute as a where a.attrelid = c.oid)
from pg_class as c where c.relnamespace = to_regnamespace('marts') and c.relkind = 'r' order by 1
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with new_home("shop") as made:
        for shop, files in (("web", WEB), ("app", APP)):
            folder = tmp_path_factory.mktemp(shop)
            for table, text in files.items():
                (folder / f"{table}.csv").write_text(text)
            made.clientele("load", "shop", str(folder), "--name", shop)
        made.clientele("build", "--", *NO_TESTS)
        yield made


@contextmanager
def login(home: Home, role: str) -> Iterator[Settings]:
    """Settings of a login of its own that is in the role."""
    home.execute(f"create role person login password 'secret' in role {role}")
    try:
        info = home.settings.connection.model_copy(update={"kind": "server", "user": "person"})
        yield home.settings.with_connection(
            info.model_copy(update={"password": SecretStr("secret")})
        )
    finally:
        home.execute("drop role person")


def may(settings: Settings, statement: str) -> bool:
    """Whether a statement is allowed; nothing of it stays."""
    with connect(settings) as conn:
        try:
            with conn.cursor() as cursor:
                cursor.execute(statement)
            return True
        except psycopg2.errors.InsufficientPrivilege:
            return False
        finally:
            conn.rollback()


def tables(home: Home, *schemas: str) -> list[str]:
    found = home.rows(
        "select schemaname || '.' || tablename from pg_tables where schemaname = any(%s)"
        "union all select schemaname || '.' || viewname from pg_views where schemaname = any(%s)",
        (list(schemas), list(schemas)),
    )
    assert found
    return [name for (name,) in found]


def readable(settings: Settings, names: list[str]) -> set[str]:
    return {name for name in names if may(settings, f"select * from {name} limit 1")}


def personal(home: Home) -> dict[str, list[str]]:
    """The columns that are tagged pii, by table, of what the reader may otherwise see."""
    nodes = json.loads((home.path / "target" / "manifest.json").read_text())["nodes"].values()
    found = {}
    for node in nodes:
        if node["resource_type"] == "model" and node["schema"] in ("marts", "predictions"):
            name = f"{node['schema']}.{node['alias']}"
            found[name] = [c for c, column in node["columns"].items() if pii_mark(column)]
    return {name: columns for name, columns in found.items() if columns}


WRITES = (
    *("insert into {} default values", "delete from {}", "truncate {}"),
    *("drop table {}", "alter table {} add column x int"),
)


def test_the_reader_sees_no_person(home: Home) -> None:
    with login(home, "clientele_reader") as reader:
        names = tables(home, "marts", "predictions")
        hidden = personal(home)
        assert {"marts.dim_customers", "marts.customer_360", "marts.fct_reviews"} <= set(hidden)
        assert set(names) - readable(reader, names) == set(hidden)
        for table, columns in hidden.items():
            for column in columns:
                assert not may(reader, f"select {column} from {table}")
                assert not may(reader, f"select 1 from {table} where {column} is null")
            assert not may(reader, f"select t::text from {table} as t")
        assert may(reader, "select customer_id, country, order_count from marts.dim_customers")
        assert may(reader, "select rating, review_date from marts.fct_reviews")
        # This is what a BI tool lists.
        seen = "select column_name from information_schema.columns where table_name = %s"
        with connect(reader) as conn, conn.cursor() as cursor:
            cursor.execute(seen, ("dim_customers",))
            columns = {name for (name,) in cursor.fetchall()}
        assert {"customer_id", "country"} <= columns
        assert not columns & {"customer_name", "email", "phone"}
        closed = tables(home, "raw", "staging", "intermediate", "features", "ml", "monitoring")
        assert readable(reader, closed) == set()
        for write in WRITES:
            assert not may(reader, write.format("marts.customer_360"))


def test_the_analyst_sees_what_is_built_and_changes_nothing(home: Home) -> None:
    with login(home, "clientele_analyst") as analyst:
        built = tables(
            home, "marts", "predictions", "features", "intermediate", "monitoring", "seeds", "ml"
        )
        assert readable(analyst, built) == set(built)
        assert readable(analyst, tables(home, "raw", "staging")) == set()
        for write in WRITES:
            assert not may(analyst, write.format("marts.customer_360"))
            assert not may(analyst, write.format("ml.model_runs"))


def test_ml_reads_features_and_appends_scores(home: Home) -> None:
    with login(home, "clientele_ml") as science:
        features = tables(home, "features")
        assert readable(science, features) == set(features)
        closed = tables(home, "raw", "staging", "intermediate", "marts", "predictions")
        assert readable(science, closed) == set()
        for name in tables(home, "ml"):
            assert may(science, f"select * from {name}")
            assert may(science, f"insert into {name} default values")
            assert not may(science, f"delete from {name}")
            assert not may(science, f"truncate {name}")
        assert not may(science, "update ml.model_runs set run_id = 'x'")
        for write in WRITES:
            assert not may(science, write.format("features.ftr_customers"))


def test_the_loader_loads_and_does_nothing_else(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text("product_id,product_name\nQ,Quill\n")
    with login(home, "clientele_loader") as loader:
        (result,) = load_files(loader, "shop", [path], shop="app")
        assert (result.state, result.row_count) == ("loaded", 1)
        (result,) = load_files(loader, "shop", [path], shop="app")
        assert result.state == "already loaded"
        assert readable(loader, tables(home, "marts", "predictions", "ml", "features")) == set()
        for table in ("shop__orders", "load_batches", "forgotten_accounts"):
            assert not may(loader, f"delete from raw.{table}")
            assert not may(loader, f"truncate raw.{table}")
        assert not may(loader, "update raw.shop__orders set currency = 'EUR'")
        assert not may(loader, "update raw.load_batches set row_count = 0")


def test_grants_survive_rebuilds_and_the_removal_of_a_role(home: Home) -> None:
    before = home.rows(GRANTS)
    names = ("dim_customers", "fct_reviews", "customer_rfm")
    home.dbt("run", "--select", *names)
    assert home.rows(GRANTS) == before
    # A role that is not there stops no build, and is back with the next one that finds it.
    home.execute("drop owned by clientele_analyst; drop role clientele_analyst")
    done = home.dbt("run", "--select", names[0])
    assert "clientele_analyst" not in done.stdout
    home.dbt("run", "--select", "path:models/marts")
    assert home.rows(GRANTS) == before


def test_a_person_is_forgotten(home: Home, tmp_path: Path) -> None:
    """Killed in the midst nothing has changed; done, nothing is left and the money adds up."""
    home.execute(
        "insert into ml.customer_churn_scores "
        "select id, 'web', '2024-02-06', 90, 0.25, 'model', 'version', 'run', '2024-02-06' "
        "from unnest(array['web:1042', 'web:77']) as id"
    )
    named = "select customer_id, account_count from marts.dim_customers where customer_name like %s"
    assert home.rows(named, ("Ann%",)) == [("web:1042", 4)]
    money = sorted(home.rows(MONEY))
    raw = "select t::text from raw.shop__customers as t order by _batch_id, _row_number"
    landed = home.rows(raw)

    done = home.clientele("forget", "web:9", code=2)
    assert "nobody is known as 'web:9'" in done.stderr
    done = home.clientele("forget", "app:A5", "--dry-run")
    assert "web:1042: 4 accounts" in done.stdout
    assert home.rows(raw) == landed
    home.kill_while_it_waits_for("raw.forgotten_accounts", "forget", "web:1042", "--yes")
    assert home.rows(raw) == landed
    assert "stopped; nothing was changed" in home.clientele("forget", "web:1042", code=1).stderr

    done = home.clientele("forget", "app:A5", "--yes")
    assert done.stderr == ""
    assert "account, email, name, phone, hash: 0 hits" in done.stdout
    # Other orders, other shops' and the rejected ones too: all rows are there, and nobody in them.
    assert sorted(home.rows(MONEY)) == money
    assert len(home.rows(raw)) == len(landed)
    for table in tables(home, "raw", "ml", "staging", "intermediate", "marts", "features"):
        rows = home.rows(f"select t::text from {table} as t")
        left = [row for (row,) in rows if re.search(r"\b(ann|1042)\b", row.lower())]
        assert left == [], table
    ((customer, orders),) = home.rows(
        "select customer_id, order_count from marts.dim_customers "
        "where source_name = 'web' and customer_id <> 'web:77'"
    )
    # Both numbers of the web shop and the guest are one customer, as they were.
    assert orders == 3
    assert home.rows("select customer_id from ml.customer_churn_scores order by 1") == [
        (customer,),
        ("web:77",),
    ]
    assert "was forgotten on" in home.clientele("forget", "app:A5", code=2).stderr

    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "customers.csv").write_text(WEB["customers"] + "78,Dan Dale,,,GB,\n")
    done = home.clientele("load", "shop", str(folder), "--name", "web")
    assert "warning: customers.csv: 3 rows of customers who were forgotten" in done.stdout
    assert not home.value(
        "select count(*) from raw.shop__customers where full_name like %s", ("Ann%",)
    )
