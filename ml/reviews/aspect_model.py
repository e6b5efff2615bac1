"""The aspects of whole reviews: one row per review and aspect, with the sentence that says most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.reviews.aspects import Mention, mentions, sentiment_of
from ml.reviews.columns import LANGUAGE, REASON
from ml.reviews.language import LIKELY
from ml.reviews.lexicon import Lexicon
from ml.reviews.text import cleaned
from ml.reviews.texts import read_texts

ASPECT_NUMBER = "aspect_number"
ASPECT = "aspect"
ASPECT_SENTIMENT = "sentiment"
POLARITY = "polarity_score"
EVIDENCE = ("evidence_column", "evidence_start", "evidence_length")
OUTPUT = (
    *(ASPECT_NUMBER, LANGUAGE, ASPECT, ASPECT_SENTIMENT, POLARITY, "mention_count"),
    *(*EVIDENCE, REASON),
)
NO_ASPECT = "no aspect named"


@dataclass(frozen=True)
class _Found:
    """A mention, and where its sentence stands in which column of the review."""

    mention: Mention
    column: str
    start: int
    end: int


@dataclass(frozen=True)
class AspectModel:
    """The lexicons as they were when the model was made."""

    columns: tuple[str, ...]
    shop_language: str | None
    lexicons: Mapping[str, Lexicon]
    languages: tuple[str, ...] = LIKELY

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Aspects of each review, most mentioned first.

        Returns:
            One row per review and aspect, numbered from 1, with the index of the review's row; a
            review without any has one row of number 0, and a reason. `evidence_start` counts the
            characters of the column from 1, as SQL does.
        """
        texts = read_texts(frame, self.columns, self.shop_language, self.languages)
        silent = texts.why_silent()
        rows = []
        for number, values in enumerate(
            frame[list(self.columns)].itertuples(index=False, name=None)
        ):
            language = texts.languages[number].language
            found = self._rows(language, values, silent[number])
            rows += [(frame.index[number], *row) for row in found]
        made = pd.DataFrame(rows, columns=["row", *OUTPUT]).set_index("row")
        return made.astype(dict.fromkeys(("mention_count", *EVIDENCE[1:]), "Int64"))

    def _rows(
        self, language: str | None, values: tuple[Any, ...], silent: str | None
    ) -> list[tuple[Any, ...]]:
        if language is None:
            return [_nothing(None, silent)]
        lexicon = self.lexicons.get(language)
        if lexicon is None:
            return [_nothing(language, f"no aspect terms for language {language}")]
        found = list(_found(dict(zip(self.columns, values, strict=True)), lexicon))
        return list(_by_aspect(found, language)) or [_nothing(language, NO_ASPECT)]


def _nothing(language: str | None, reason: str | None) -> tuple[Any, ...]:
    return 0, language, None, None, np.nan, None, None, None, None, reason


def _found(values: Mapping[str, Any], lexicon: Lexicon) -> Iterator[_Found]:
    for column, value in values.items():
        text = cleaned(value)
        for mention in mentions(text.text, lexicon):
            yield _Found(mention, column, *text.span(mention.start, mention.end))


def _by_aspect(found: list[_Found], language: str) -> Iterator[tuple[Any, ...]]:
    """One row per aspect: the most mentioned first, then by name."""
    by_aspect: dict[str, list[_Found]] = {}
    for each in found:
        by_aspect.setdefault(each.mention.aspect, []).append(each)
    ordered = sorted(by_aspect.items(), key=lambda item: (-len(item[1]), item[0]))
    for number, (aspect, each_of) in enumerate(ordered, start=1):
        score = sum(each.mention.score for each in each_of) / len(each_of)
        sign = 1 if score >= 0 else -1
        # The sentence that says most in the direction of the whole, the first of equals.
        said = max(each_of, key=lambda each: sign * each.mention.score)
        place = (said.column, said.start + 1, said.end - said.start)
        sentiment = sentiment_of(score)
        yield number, language, aspect, sentiment, score, len(each_of), *place, None
