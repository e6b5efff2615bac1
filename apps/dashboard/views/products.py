"""Products: how they sell, what goes together, what customers say of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from apps.dashboard import data, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import listing

ASKED = "product"


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page; it is about the newest twelve months of the shop, whatever the period."""
    st.subheader("How they sell")
    st.caption("The newest twelve months. A products bring the first 80% of revenue, B up to 95%.")
    products = data.frame(queries.PRODUCTS, filters.source)
    listing(products, "products")
    st.subheader("What goes with it")
    if not products.empty:
        _related(products)
    st.subheader("What customers say")
    _reviews(filters)


def _related(products: pd.DataFrame) -> None:
    names = dict(zip(products["product_id"], products["product_name"], strict=True))
    keys = list(names)
    asked = st.query_params.get(ASKED)
    chosen = st.selectbox(
        "Product",
        keys,
        index=keys.index(asked) if asked in names else 0,
        format_func=lambda key: f"{names[key]} ({key})",
    )
    together = data.frame(queries.RELATED, chosen)
    if together.empty:
        st.info("Too few baskets hold it to say what goes with it.")
        return
    listing(together, "related")


def _reviews(filters: Filters) -> None:
    summary = data.frame(queries.REVIEWED, filters.source)
    if summary.empty:
        st.info("This shop has no reviews, or none was scored: load some, and run `clientele run`.")
        return
    listing(summary, "reviews")
    st.markdown("**Aspects, with a sentence for and one against**")
    listing(data.frame(queries.ASPECTS, filters.source), "aspects")
    st.markdown("**Topics**")
    listing(data.frame(queries.TOPICS, filters.source), "topics")
