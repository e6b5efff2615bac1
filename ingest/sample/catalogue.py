"""The products, what they cost, and what sells with what."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ingest.sample.config import Bools, Floats, Ints, SampleConfig, Stream, Texts
from ingest.sample.text import ids, money

CATEGORIES = (
    "Kitchen",
    "Garden",
    "Books",
    "Toys",
    "Stationery",
    "Lighting",
    "Textiles",
    "Bath & Body",
    "Coffee & Tea",
    "Outdoor",
)
CATEGORY_POPULARITY = np.array([0.16, 0.09, 0.14, 0.11, 0.10, 0.07, 0.09, 0.08, 0.11, 0.05])
CATEGORY_PRICE = np.array([18.0, 24.0, 12.0, 16.0, 7.0, 38.0, 26.0, 11.0, 9.0, 45.0])
CATEGORY_RETURN_RATE = np.array([0.05, 0.06, 0.02, 0.07, 0.02, 0.09, 0.12, 0.03, 0.01, 0.10])
# Extra units bought grow by (1 - depth) ** -elasticity when the price falls by `depth`.
CATEGORY_ELASTICITY = np.array([1.6, 1.2, 0.8, 2.0, 2.4, 0.9, 1.8, 2.2, 2.6, 0.7])
CATEGORY_NOUNS = (
    ("Mug", "Bowl", "Whisk", 'Pan 24"', "Chopping board", "Crêpe pan"),
    ("Trowel", "Planter", "Hose, 15 m", "Seed mix", "Lantern", "Bird feeder"),
    ("Novel", "Cookbook", "Atlas", "Poetry", "Diary", "Guide"),
    ("Puzzle", "Train", "Kite", "Doll", "Blocks", "Board game"),
    ("Notebook", "Pen", "Card set", "Ink", "Stapler", "Tape, 3-pack"),
    ("Lamp", "Bulb", "Fairy lights", "Shade", "Torch", "Candle"),
    ("Throw", "Cushion", "Towel", "Rug", "Apron", "Duvet"),
    ("Soap", "Bath salts", "Lotion", "Brush", "Crème", "Sponge"),
    ("Espresso", "Green tea", "Filter", "Maté", "Teapot", "Kettle"),
    ("Tent", "Flask", "Rucksack", "Stove", "Hammock", "Map"),
)
ADJECTIVES = ("Blue", "Red", "Oak", "Vintage", "Mini", "Grand", "Nordic", "Café", "Zen", "Classic")

COST_SHARE = (0.40, 0.70)  # unit cost as a share of the list price
MISSING_COST_SHARE = 0.06
MIN_PRICE_PENCE = 150
YEARLY_PRICE_RISE = 0.04
FAVOURITE_SHARE = 0.55  # of lines that come from the customer's favourite category
COMPLEMENT_SHARE = 0.35  # of further lines that complement the order's first product


@dataclass(frozen=True)
class Catalogue:
    """n products sorted by category: every array has shape (n,), prices in pence.

    `cumulative` is the running popularity over all products; `complement` the index of the
    product that sells with each one, always of another category.
    """

    category: Ints
    name: Texts
    list_price: Ints
    unit_cost: Ints
    has_cost: Bools
    popularity: Floats
    cumulative: Floats
    complement: Ints

    @property
    def size(self) -> int:
        """Number of products."""
        return self.category.size


def build_catalogue(config: SampleConfig) -> Catalogue:
    """Draw the catalogue: the same for every block of the shop."""
    rng = config.rng(Stream.CATALOGUE)
    size = config.products
    category = np.arange(size, dtype=np.int64) * len(CATEGORIES) // size
    spread = rng.lognormal(0, 0.45, size)
    list_price = np.maximum(np.rint(CATEGORY_PRICE[category] * spread * 100), MIN_PRICE_PENCE)
    popularity = _popularity(rng, category)
    return Catalogue(
        category=category,
        name=_names(category),
        list_price=list_price.astype(np.int64),
        unit_cost=np.rint(list_price * rng.uniform(*COST_SHARE, size)).astype(np.int64),
        has_cost=rng.random(size) >= MISSING_COST_SHARE,
        popularity=popularity,
        cumulative=np.cumsum(popularity),
        complement=_complements(rng, category),
    )


def _popularity(rng: np.random.Generator, category: Ints) -> Floats:
    """Zipf-like share within each category, in random order; sums to 1 within a category."""
    share = np.empty(category.size)
    for index in range(len(CATEGORIES)):
        members = np.flatnonzero(category == index)
        weight = 1 / rng.permutation(np.arange(2, members.size + 2)) ** 0.8
        share[members] = weight / weight.sum()
    return share


def _names(category: Ints) -> Texts:
    """Names that stay distinct: a number follows when the words run out."""
    rank = np.arange(category.size) - np.searchsorted(category, category)
    return np.array(
        [_name(int(c), int(r)) for c, r in zip(category, rank, strict=True)], dtype=object
    )


def _name(category: int, rank: int) -> str:
    nouns = CATEGORY_NOUNS[category]
    lap, place = divmod(rank, len(nouns))
    series, adjective = divmod(lap, len(ADJECTIVES))
    suffix = f" no. {series + 1}" if series else ""
    return f"{ADJECTIVES[(adjective + place) % len(ADJECTIVES)]} {nouns[place]}{suffix}"


def _complements(rng: np.random.Generator, category: Ints) -> Ints:
    """Give each product a partner in the next category (the last one's lies in the first)."""
    following = (category + 1) % len(CATEGORIES)
    first = np.searchsorted(category, following)
    count = np.searchsorted(category, following, side="right") - first
    return np.asarray(first + np.floor(rng.random(category.size) * count).astype(np.int64))


def products_file(catalogue: Catalogue) -> pd.DataFrame:
    """products.csv as text."""
    cost = money(catalogue.unit_cost)
    cost[~catalogue.has_cost] = ""
    return pd.DataFrame(
        {
            "product_id": ids("P", np.arange(1, catalogue.size + 1), 4),
            "product_name": pd.Series(catalogue.name, dtype="str"),
            "category": pd.Series(
                np.array(CATEGORIES, dtype=object)[catalogue.category], dtype="str"
            ),
            "list_price": money(catalogue.list_price),
            "unit_cost": cost,
        }
    )


def product_truth(catalogue: Catalogue) -> pd.DataFrame:
    """One row per product: popularity within its category and the product that sells with it."""
    product = ids("P", np.arange(1, catalogue.size + 1), 4)
    return pd.DataFrame(
        {
            "product_id": product,
            "popularity_in_category": catalogue.popularity.round(8),
            "complement_product_id": product.to_numpy()[catalogue.complement],
            "complement_probability": COMPLEMENT_SHARE,
        }
    )


def category_truth() -> pd.DataFrame:
    """One row per category: share, return rate per line, and price elasticity of extra units."""
    return pd.DataFrame(
        {
            "category": CATEGORIES,
            "popularity": CATEGORY_POPULARITY,
            "return_rate": CATEGORY_RETURN_RATE,
            "price_elasticity": CATEGORY_ELASTICITY,
        }
    )


def affinity_truth() -> pd.DataFrame:
    """One row per favourite and category: P(category of an order's first line | favourite)."""
    size = len(CATEGORIES)
    share = (1 - FAVOURITE_SHARE) * np.tile(CATEGORY_POPULARITY, (size, 1))
    share += FAVOURITE_SHARE * np.eye(size)
    return pd.DataFrame(
        {
            "favourite_category": np.repeat(CATEGORIES, size),
            "category": np.tile(CATEGORIES, size),
            "probability": share.ravel().round(8),
        }
    )
