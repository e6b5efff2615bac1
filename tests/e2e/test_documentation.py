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


def test_the_overview_names_tables_that_are_there(sample_home: Home) -> None:
    text = (PROJECT_DIR / "models" / "overview.md").read_text("utf-8")
    named = set(re.findall(rf"\b((?:{'|'.join(BUILT)})\.[a-z_0-9]+)", text))
    there = sample_home.rows(
        "select table_schema || '.' || table_name from information_schema.tables"
    )
    assert len(named) > 10
    assert named - {name for (name,) in there} == set()
