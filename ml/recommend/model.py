"""The fitted model: two lists for any customers, from their purchases alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.recommend.candidates import Candidates, find_candidates, places_within
from ml.recommend.cold import cold_list
from ml.recommend.config import RecommendConfig
from ml.recommend.interactions import Floats, Ints, day_number, encode
from ml.recommend.people import UNKNOWN, People, blocks, people_before
from ml.recommend.ranker import Recipe
from ml.recommend.reasons import OWN, expected_dates, new_reasons, own_reasons, sources_of
from ml.recommend.scores import Bools
from ml.recommend.signals import Signals

BUY_AGAIN, DISCOVER = "buy_again", "discover"
COLD = "popularity"

NEVER_BOUGHT = "has bought nothing before that may be recommended"
BOUGHT_ALL = "has bought every product that may be recommended"
NOTHING_LEFT = "no product may be recommended"
COLUMNS = (
    *("customer_id", "list_name", "list_rank", "product_id", "score"),
    *("candidate_source", "reason", "expected_date"),
)


@dataclass(frozen=True)
class RecommendModel:
    """All that scoring needs. Products are as of the day of training, customers as of any."""

    signals: Signals
    recipe: Recipe
    config: RecommendConfig

    def lists(self, frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
        """Both lists of every customer of a frame of interactions.

        Args:
            frame: rows of interactions (ftr_interactions) of whole customers.
            as_of: only purchases strictly before this day count.

        Returns:
            `COLUMNS`, by customer, list and rank. Whose list is empty has one row without a
            product, whose reason says why.
        """
        rows = encode(frame, self.signals.product_ids)
        known = people_before(rows, day_number(as_of))
        parts = [_empty(rows.customer_ids[:0], DISCOVER, "")]
        for block in blocks(len(rows.customer_ids), self.signals):
            parts.append(self._block(known.some(block), rows.customer_ids[block]))
        found = pd.concat(parts, ignore_index=True)
        order = ["customer_id", "list_name", "list_rank"]
        return found.sort_values(order, ignore_index=True)[list(COLUMNS)]

    def _block(self, people: People, ids: NDArray[Any]) -> pd.DataFrame:
        some = np.flatnonzero(people.shop_days > 0)
        parts = [self._cold(ids[people.shop_days == 0])]
        if len(some):
            people, ids = people.some(some), ids[some]
            found = find_candidates(people, self.signals, self.config)
            parts += [self._own(people, ids, found), self._new(people, ids, found)]
        return pd.concat(parts, ignore_index=True)

    def _own(self, people: People, ids: NDArray[Any], candidates: Candidates) -> pd.DataFrame:
        rows, scores = self._top(candidates, candidates.is_own, False)
        pair = candidates.pair[rows]
        found = self._listed(BUY_AGAIN, ids, candidates.take(rows), scores).assign(
            candidate_source=OWN,
            reason=own_reasons(people.pairs, pair, self.signals),
            expected_date=expected_dates(people.pairs, pair, self.signals),
        )
        return _filled(found, ids, BUY_AGAIN, NEVER_BOUGHT)

    def _new(self, people: People, ids: NDArray[Any], candidates: Candidates) -> pd.DataFrame:
        rows, scores = self._top(candidates, ~candidates.is_own, True)
        sources, chosen = sources_of(candidates)[rows], candidates.take(rows)
        found = self._listed(DISCOVER, ids, chosen, scores).assign(
            candidate_source=sources,
            reason=new_reasons(people, self.signals, chosen, sources),
            expected_date="",
        )
        return _filled(found, ids, DISCOVER, self._why_nothing_new)

    def _top(self, candidates: Candidates, which: Bools, discover: bool) -> tuple[Ints, Floats]:
        """Rows of the candidates that make the list, in its order, and their scores."""
        rows = np.flatnonzero(which)
        some = candidates.take(rows)
        scores = self.recipe.scores(some, discover)
        order = np.lexsort((some.product, -scores, some.customer))
        order = order[self._diverse(some.customer[order], some.product[order])]
        order = order[places_within(some.customer[order]) < self.config.list_length]
        return rows[order], scores[order]

    def _diverse(self, customer: Ints, product: Ints) -> Ints:
        """Places of those that are not one too many of their category, in the same order."""
        most = self.config.most_per_category
        if not most:
            return np.arange(len(customer))
        category = pd.Series(self.signals.categories[product])
        number = category.groupby([customer, category.to_numpy()]).cumcount()
        return np.flatnonzero(number.to_numpy() < most)

    def _listed(
        self, name: str, ids: NDArray[Any], chosen: Candidates, scores: Floats
    ) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "customer_id": ids[chosen.customer],
                "list_name": name,
                "list_rank": places_within(chosen.customer) + 1,
                "product_id": self.signals.product_ids[chosen.product],
                "score": np.round(scores, 9),
            }
        )

    @property
    def _why_nothing_new(self) -> str:
        return BOUGHT_ALL if self.signals.allowed.any() else NOTHING_LEFT

    def _cold(self, ids: NDArray[Any], country: str | None = None) -> pd.DataFrame:
        """Lists of customers of whom nothing that the model knows was bought."""
        products, reasons = cold_list(self.signals, country, self.config.list_length)
        count = len(products)
        discover = pd.DataFrame(
            {
                "customer_id": np.repeat(ids, count),
                "list_name": DISCOVER,
                "list_rank": np.tile(np.arange(1, count + 1), len(ids)),
                "product_id": np.tile(self.signals.product_ids[products], len(ids)),
                "score": np.nan,
                "candidate_source": COLD,
                "reason": reasons * len(ids),
                "expected_date": "",
            }
        )
        parts = [_empty(ids, BUY_AGAIN, NEVER_BOUGHT)]
        parts.append(discover if count else _empty(ids, DISCOVER, NOTHING_LEFT))
        return pd.concat(parts, ignore_index=True)

    def known(self, product_ids: Sequence[str]) -> list[str]:
        """Those of the products that the model knows, each once, by id."""
        return sorted(set(product_ids) & set(self.signals.product_ids))

    def for_basket(
        self, product_ids: Sequence[str], country: str | None, as_of: date
    ) -> pd.DataFrame:
        """Both lists of somebody who just bought these products and of whom nothing else is known.

        Products that the model does not know are passed over; with none left, or none given, the
        list is that of a stranger of the country.

        Args:
            product_ids: the basket, in any order.
            country: as orders name it, or None.
            as_of: today; the basket is of the day before.

        Returns:
            `COLUMNS`, the customer being empty text.
        """
        known = self.known(product_ids)
        if not known:
            found = self._cold(np.array([""], object), country)
            return found.sort_values(["list_name", "list_rank"], ignore_index=True)[list(COLUMNS)]
        yesterday = pd.Timestamp(as_of - timedelta(days=1))
        frame = pd.DataFrame(
            {"customer_id": "", "product_id": known, "interaction_date": yesterday}
        )
        prices = np.nan_to_num(self.signals.facts.price)
        place = np.searchsorted(self.signals.product_ids.astype(str), known)
        frame = frame.assign(
            country=country or UNKNOWN,
            order_count=1,
            unit_count=1,
            net_revenue_amount=prices[place],
            returned_unit_count=0,
        )
        return self.lists(frame, as_of)


def _filled(found: pd.DataFrame, ids: NDArray[Any], name: str, why: str) -> pd.DataFrame:
    """The lists, with a row of the reason for whoever has none."""
    missing = ids[~np.isin(ids.astype(str), found["customer_id"].to_numpy().astype(str))]
    return pd.concat([found, _empty(missing, name, why)], ignore_index=True)


def _empty(ids: NDArray[Any], name: str, why: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": ids,
            "list_name": name,
            "list_rank": 1,
            "product_id": None,
            "score": np.nan,
            "candidate_source": None,
            "reason": why,
            "expected_date": "",
        }
    )
