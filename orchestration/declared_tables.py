"""Whether the tables that dbt's sources YAML declares are there, so that dbt need not be asked."""

from __future__ import annotations

from pathlib import Path

import yaml

from warehouse.connect import connect
from warehouse.settings import Settings

# Of the catalogue and not of information_schema, which shows a role only what it may read: to a
# loader without rights in ml all of its tables would be missing.
COLUMNS = """
select n.nspname, t.relname, a.attname
from pg_attribute as a
join pg_class as t on t.oid = a.attrelid
join pg_namespace as n on n.oid = t.relnamespace
where n.nspname = any(%s) and t.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
"""


def declared_columns(project_dir: Path) -> set[tuple[str, str, str]]:
    """Return (schema, table, column) of every managed source table."""
    found = set()
    for path in sorted((project_dir / "models").rglob("_*__sources.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            if "managed" not in source.get("config", {}).get("meta", {}):
                continue
            for table in source["tables"]:
                name = table.get("identifier", table["name"])
                found |= {(source["schema"], name, column["name"]) for column in table["columns"]}
    return found


def missing_columns(settings: Settings) -> set[tuple[str, str, str]]:
    """Return what is declared and not in the database."""
    declared = declared_columns(settings.project_dir)
    schemas = sorted({schema for schema, _, _ in declared})
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(COLUMNS, (schemas,))
        return declared - set(cursor.fetchall())
