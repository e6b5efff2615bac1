"""Reviews and lexicons out of the warehouse. The only module of the package that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from ml.columns import AS_OF_DATE, CUSTOMER_ID
from ml.feature_contract import FeatureContract
from ml.reviews.columns import RATING, REVIEW_ID, REVIEWED_AT
from warehouse.bulk import read_chunks, read_frame
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

ROWS_PER_CHUNK = 20_000
ASPECTS = "seeds.review_aspect_terms"
OPINIONS = "seeds.review_opinion_terms"


def reviews(settings: Settings, contract: FeatureContract, source: str, most: int) -> pd.DataFrame:
    """Return what there is to learn from, oldest first: the newest so many reviews.

    Returns:
        `review_id`, `customer_id`, `rating` (float64, NaN where none was given), `reviewed_at`
        and the text features of the contract.

    Raises:
        ClienteleError: the contract calls the rating a feature.
    """
    check_label(contract)
    columns = ", ".join(contract.names("text"))
    frame = read_frame(
        settings,
        f"select {REVIEW_ID}, {CUSTOMER_ID}, cast({RATING} as float8) as {RATING}, "  # noqa: S608
        f"{REVIEWED_AT}, {columns} from {contract.relation} where source_name = $1 "
        f"order by {REVIEWED_AT} desc, {REVIEW_ID} desc limit $2",
        (source, most),
    )
    return frame.iloc[::-1].reset_index(drop=True)


def check_label(contract: FeatureContract) -> None:
    """Refuse a contract in which the rating, which is the label, is a feature.

    Raises:
        ClienteleError: it is.
    """
    if RATING in contract.feature_names:
        raise ClienteleError(
            f"{contract.relation}: {RATING} is the label of sentiment and cannot be a feature; "
            "its role is label"
        )


def newest_date(settings: Settings, contract: FeatureContract, source: str) -> date | None:
    """The day after the newest review, None where there is none."""
    frame = read_frame(
        settings,
        f"select max(review_date) as newest from {contract.relation} "  # noqa: S608
        "where source_name = $1",
        (source,),
    )
    newest = frame["newest"].iloc[0]
    return None if pd.isna(newest) else newest.date() + timedelta(days=1)


def scoring_frames(
    settings: Settings, contract: FeatureContract, source: str, as_of: date
) -> Iterator[pd.DataFrame]:
    """Yield the texts of reviews written before a day: keys and text features, no rating."""
    columns = ", ".join((*contract.keys, *contract.names("text")))
    for frame in read_chunks(
        settings,
        f"select {columns} from {contract.relation} "  # noqa: S608
        f"where source_name = $1 and review_date < $2 order by {REVIEW_ID}",
        (source, as_of),
        ROWS_PER_CHUNK,
    ):
        frame[AS_OF_DATE] = pd.Timestamp(as_of)
        yield frame


def lexicons(settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the seeds of aspects (`language`, `aspect`, `term`, `needs_opinion`) and of opinions
    (`language`, `term`, `polarity`, `aspect`, `binding`), in a fixed order."""
    aspects = read_frame(
        settings,
        "select language, aspect, term, needs_opinion "  # noqa: S608
        f"from {ASPECTS} order by language, aspect, term",
    )
    opinions = read_frame(
        settings,
        "select language, term, cast(polarity as float8) as polarity, aspect, binding "  # noqa: S608
        f"from {OPINIONS} order by language, term",
    )
    return aspects, opinions
