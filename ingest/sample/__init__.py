"""The bundled sample shop: generated exports with known truth.

`generate` makes a shop in memory, `write_shop` writes one of any size block by block,
`true_no_purchase_probability` says what a perfect model of churn would.
"""

from ingest.sample.config import SampleConfig
from ingest.sample.dirt import undo_dirt
from ingest.sample.shop import SampleShop, generate
from ingest.sample.truth import (
    Truth,
    realised_no_purchase,
    true_life,
    true_no_purchase_probability,
)
from ingest.sample.write import read_text, read_truth, write_shop

__all__ = [
    "SampleConfig",
    "SampleShop",
    "Truth",
    "generate",
    "read_text",
    "read_truth",
    "realised_no_purchase",
    "true_life",
    "true_no_purchase_probability",
    "undo_dirt",
    "write_shop",
]
