"""What can be set; the defaults were chosen on windows before any measured one."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

SEED = 20260101


class RecommendConfig(BaseModel):
    """Options of the task. A typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_days: int = Field(default=28, ge=1)
    """Days after a cut in which a purchase counts as a hit."""
    ranker_windows: int = Field(default=2, ge=1)
    """Windows before the cut that the ranker learns from."""
    list_length: int = Field(default=20, ge=1, le=20)
    related_length: int = Field(default=10, ge=1, le=50)
    per_source: int = Field(default=40, ge=1)
    """Candidates that each source brings, beside what the customer bought before."""
    most_own: int = Field(default=200, ge=1)
    """Own products that are candidates, the most frequent and recent ones."""
    ease_penalty: float = Field(default=300.0, gt=0)
    ease_kept: int = Field(default=200, ge=1)
    """Strongest weights that are kept of each product's column of EASE."""
    max_dense_products: int = Field(default=6000, ge=0)
    """Products up to which EASE is fitted, a dense matrix; above it, item-item neighbours only."""
    neighbours: int = Field(default=100, ge=1)
    als_factors: int = Field(default=64, ge=1)
    als_iterations: int = Field(default=12, ge=1)
    als_penalty: float = Field(default=0.1, gt=0)
    als_alpha: float = Field(default=10.0, gt=0)
    nmf_factors: int = Field(default=40, ge=1)
    trees: int = Field(default=120, ge=1)
    leaves: int = Field(default=31, ge=2)
    learning_rate: float = Field(default=0.06, gt=0)
    min_rows_per_leaf: int = Field(default=70, ge=1)
    negative_share: float = Field(default=0.35, gt=0, le=1)
    """Candidates that were not bought, as far as the ranker reads them; the rest weigh for them."""
    max_training_customers: int = Field(default=2500, ge=1)
    """Customers of each window whose candidates the ranker reads; a sample above it."""
    max_rows: int = Field(default=1_000_000, ge=1)
    """Rows of interactions that training reads; of a bigger shop, a sample of its customers."""
    min_customers: int = Field(default=50, ge=1)
    """Customers with a past who bought in a window, below which there is nothing to learn from."""
    max_returned_share: float = Field(default=0.3, gt=0, le=1)
    min_units_for_returns: int = Field(default=20, ge=1)
    """A product is left out that was sold so often and came back more than that share."""
    min_baskets: int = Field(default=5, ge=1)
    """Customers' days that must hold both products of a pair that is told as bought together."""
    most_per_basket: int = Field(default=100, ge=2)
    unsold_days: int = Field(default=0, ge=0)
    """A product not sold for so many days is taken for sold out; 0 switches the rule off."""
    most_per_category: int = Field(default=0, ge=0)
    """Products of one category in a list; 0 for as many as come."""
    refresh_days: int = Field(default=1, ge=1)
    """Lists are as of every so-manieth day: 7 makes them weekly."""
