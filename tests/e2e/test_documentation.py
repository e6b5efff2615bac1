"""What is documented reaches those who read it: in the database and on dbt's pages."""

from __future__ import annotations

import json
import re

from tests.e2e.home import Home
from tests.embedded_help import PROJECT_DIR

BUILT = ["staging", "intermediate", "marts", "features", "predictions", "monitoring", "seeds"]
UNDESCRIBED = """
select nspname || '.' || relname || coalesce('.' || attname, '')
from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
join (
    -- 0 stands for the table itself.
    select attrelid, attnum, attname from pg_attribute where attnum > 0 and not attisdropped
    union all select oid, 0, null from pg_class
) as described on attrelid = pg_class.oid
where nspname = any(%s) and relkind in ('r', 'p', 'v', 'm')
    and coalesce(trim(case attnum when 0 then obj_description(pg_class.oid, 'pg_class')
        else col_description(pg_class.oid, attnum) end), '') = ''
"""

# Whether a table has the columns of another, in its order, with the same types and precisions.
TYPES = """
select attname, format_type(atttypid, atttypmod)
from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped
order by attnum
"""


def test_every_table_and_column_is_described_in_the_database(sample_home: Home) -> None:
    tables = sample_home.value("select count(*) from pg_tables where schemaname = 'marts'")
    assert tables >= 12
    assert sample_home.rows(UNDESCRIBED, (BUILT,)) == []


def test_dbt_docs_open_on_our_page_and_know_every_table(sample_home: Home) -> None:
    sample_home.dbt("docs", "generate", "--no-compile")
    target = sample_home.path / "target"
    manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    catalog = json.loads((target / "catalog.json").read_text("utf-8"))
    assert "doc.clientele.__overview__" in manifest["docs"]
    kept = {name for name in manifest["nodes"] if name.startswith(("model.", "seed."))}
    assert kept <= catalog["nodes"].keys()
    for name in kept:
        said = manifest["nodes"][name]["columns"].keys()
        assert said == catalog["nodes"][name]["columns"].keys(), name


def test_tables_under_a_contract_have_its_types(sample_home: Home) -> None:
    manifest = json.loads((sample_home.path / "target" / "manifest.json").read_text("utf-8"))
    governed = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["contract"]["enforced"]
        and node["config"]["materialized"] != "view"
    ]
    assert len(governed) > 10
    for node in governed:
        table = f"{node['schema']}.{node['alias']}"
        columns = [f"{name} {each['data_type']}" for name, each in node["columns"].items()]
        sample_home.execute("drop table if exists public.said")
        sample_home.execute(f"create table public.said ({', '.join(columns)})")
        said = sample_home.rows(TYPES, ("public.said",))
        assert sample_home.rows(TYPES, (table,)) == said, table
    sample_home.execute("drop table public.said")


def test_the_overview_names_tables_that_are_there(sample_home: Home) -> None:
    text = (PROJECT_DIR / "models" / "overview.md").read_text("utf-8")
    named = set(re.findall(rf"\b((?:{'|'.join(BUILT)})\.[a-z_0-9]+)", text))
    there = sample_home.rows(
        "select table_schema || '.' || table_name from information_schema.tables"
    )
    assert len(named) > 10
    assert named - {name for (name,) in there} == set()
