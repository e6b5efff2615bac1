"""What the tests of pulling share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ingest.pull.connections import load_connection
from ingest.pull.run import TablePull, pull_each
from tests.load_help import query
from tests.web_help import QUICK
from warehouse.settings import Settings

MAPPED = {
    "InvoiceNo": "order_no",
    "StockCode": "sku",
    "Quantity": "pieces",
    "InvoiceDate": "ordered_at",
    "UnitPrice": "price",
    "CustomerID": "customer",
    "Description": "title",
}
LANDED = """
select invoice_no, stock_code, description, quantity, invoice_date, unit_price, customer_id, country
from raw.online_retail__lines order by _batch_id, _row_number
"""
LEDGER = "select source_file, state, row_count from raw.load_batches order by batch_id"


class Shop:
    """A connection named acme to an online_retail that somebody serves."""

    def __init__(self, settings: Settings, folder: Path, **connection: Any) -> None:
        self.settings = settings.model_copy(update={"home_dir": folder / "home"})
        self.folder = folder
        self.connection = connection | {"source": "online_retail"}

    def pull(self, **options: Any) -> TablePull:
        """Pull table lines."""
        path = self.folder / "connections.yml"
        path.write_text(yaml.safe_dump({"connections": {"acme": self.connection}}))
        connection = load_connection(path, "acme")
        (done,) = pull_each(self.settings, "acme", connection, patience=QUICK, **options)
        return done

    def landed(self) -> list[tuple]:
        return query(self.settings, LANDED)

    def ledger(self) -> list[tuple]:
        return query(self.settings, LEDGER)

    def waiting(self) -> list[Path]:
        """Files that were extracted and are not loaded."""
        return list((self.settings.home_dir / "pull").rglob("*.parquet"))
