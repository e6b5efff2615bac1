"""Reviews as every task sees them: cleaned, joined, and in a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ml.reviews.columns import IS_CLEANED, LANGUAGE, LANGUAGE_METHOD, NO_TEXT, NO_WORDS
from ml.reviews.language import LIKELY, Spoken, detected, majority, spoken
from ml.reviews.text import as_text, joined, plain_texts, was_cleaned

MAJORITY_ROWS = 2_000


@dataclass(frozen=True)
class Texts:
    """Texts of reviews, row by row as the frame that they come from."""

    columns: pd.DataFrame
    whole: list[str]
    languages: list[Spoken]
    is_cleaned: list[bool]
    is_empty: list[bool]

    @property
    def language(self) -> pd.Series:
        """The language of each review, None where it has no words."""
        found = [spoken.language for spoken in self.languages]
        return pd.Series(found, index=self.columns.index, dtype=object)

    def facts(self) -> pd.DataFrame:
        """Language, how it is known, and whether cleaning changed something."""
        return pd.DataFrame(
            {
                LANGUAGE: self.language,
                LANGUAGE_METHOD: [spoken.method for spoken in self.languages],
                IS_CLEANED: self.is_cleaned,
            },
            index=self.columns.index,
        )

    def why_silent(self) -> list[str | None]:
        """Why a review without a language cannot be judged, None for the others."""
        return [
            None if spoken.language else (NO_TEXT if is_empty else NO_WORDS)
            for spoken, is_empty in zip(self.languages, self.is_empty, strict=True)
        ]


def read_texts(
    frame: pd.DataFrame,
    columns: Sequence[str],
    shop_language: str | None,
    languages: tuple[str, ...] = LIKELY,
) -> Texts:
    """Clean the text columns of a frame and tell the language of every row."""
    texts = plain_texts(frame, columns)
    whole = joined(texts)
    empty = [
        not any(as_text(value).strip() for value in row)
        for row in frame[list(columns)].itertuples(index=False, name=None)
    ]
    found = spoken(whole, shop_language, languages)
    return Texts(texts, whole, found, was_cleaned(frame, texts), empty)


def shop_language(
    frame: pd.DataFrame, columns: Sequence[str], languages: tuple[str, ...] = LIKELY
) -> str | None:
    """The language of most of the newest reviews that are long enough to tell."""
    newest = frame[frame[list(columns)].notna().any(axis=1)].tail(MAJORITY_ROWS)
    texts = joined(plain_texts(newest, columns))
    return majority([detected(text, languages) for text in texts])
