"""The script that Streamlit runs: filters at the side, a page beside them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from apps.dashboard import data
from apps.dashboard.filters import Bounds, Filters, from_address
from apps.dashboard.views import (
    churn,
    customer,
    forecasts,
    models,
    overview,
    products,
    quality,
    segments,
    value,
)
from warehouse.errors import ClienteleError

PAGES: dict[str, tuple[str, Callable[[Filters, Bounds], None]]] = {
    "overview": ("Overview", overview.show),
    "segments": ("Segments", segments.show),
    "churn": ("Churn", churn.show),
    "value": ("Value", value.show),
    "customer": ("Customer", customer.show),
    "products": ("Products", products.show),
    "forecasts": ("Forecasts", forecasts.show),
    "models": ("Models", models.show),
    "quality": ("Data quality", quality.show),
}
EVERYTHING = "all"


def main() -> None:
    """Draw the chosen page, or say in a sentence why there is none."""
    st.set_page_config(page_title="Clientele", layout="wide")
    pages = [
        st.Page(_page(title, show), title=title, url_path=path, default=path == "overview")
        for path, (title, show) in PAGES.items()
    ]
    st.navigation(pages).run()


def _page(title: str, show: Callable[[Filters, Bounds], None]) -> Callable[[], None]:
    def draw() -> None:
        try:
            shops = data.shops()
            if not shops:
                st.info("The warehouse holds no orders yet: run `clientele run sample`.")
                return
            filters, bounds = _filters(shops)
            st.title(title)
            show(filters, bounds)
        except ClienteleError as error:
            st.error(error.message)

    return draw


def _filters(shops: list[str]) -> tuple[Filters, Bounds]:
    """The filters at the side, as the address says, and the address as they say."""
    side, address = st.sidebar, st.query_params
    asked = address.get("source", shops[0])
    source = side.selectbox("Shop", shops, index=shops.index(asked) if asked in shops else 0)
    bounds = data.bounds(source)
    start = from_address(address, source, bounds)
    days = side.date_input(
        "Period",
        (start.first_date, start.last_date),
        min_value=bounds.first_date,
        max_value=bounds.last_date,
        key=f"period-{source}",
    )
    country = _choice("Country", bounds.countries, start.country, source)
    persona = _choice("Segment", bounds.personas, start.persona, source)
    # While the second day is being chosen there is one.
    first, last = days if len(days) == 2 else (start.first_date, start.last_date)
    filters = Filters(source, first, last, country, persona)
    for name in ("source", "from", "to", "country", "segment"):
        if name in address and name not in filters.address():
            del address[name]
    address.update(filters.address())
    return filters, bounds


def _choice(label: str, names: tuple[str, ...], chosen: str | None, source: str) -> str | None:
    options = [EVERYTHING, *names]
    place = options.index(chosen) if chosen in names else 0
    found = st.sidebar.selectbox(label, options, index=place, key=f"{label}-{source}")
    return None if found == EVERYTHING else found


main()
