"""Cleaning and words. A cleaned text knows where each of its characters stood before.

Nothing of a review is copied into score tables: they say from where to where, so that a review
that is erased is erased everywhere.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from ml.reviews.columns import TITLE

MAX_CHARACTERS = 20_000
"""Of a title or text; what comes after is not read."""
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""Letters of any script, with apostrophes inside."""
WORD_PATTERN = r"[^\W\d_]+(?:'[^\W\d_]+)*"
_MARKUP = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)\s*>|<!--.*?-->|</?[a-zA-Z][^<>]{0,500}>"
    r"|&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});",
    re.DOTALL,
)
_BLANKS = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\ufeff\ufffd]")


@dataclass(frozen=True)
class Cleaned:
    """A text without markup. `places` has the place in the original of every character, and of
    the end; None where the two are the same."""

    text: str
    places: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from start to before end stood in the original."""
        if self.places is None or start >= end:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def as_text(value: object) -> str:
    """A text; nothing for None, NaN and what is no text."""
    return value[:MAX_CHARACTERS] if isinstance(value, str) else ""


def cleaned(value: object) -> Cleaned:
    """Take markup out, resolve entities, make invisible characters blanks.

    Letters that are written with a combining accent become one, as long as no place moves.
    """
    text = _INVISIBLE.sub(" ", as_text(value)).replace("’", "'")
    if "<" not in text and "&" not in text:
        return Cleaned(_composed(text))
    letters: list[str] = []
    places: list[int] = []
    last = 0
    for found in _MARKUP.finditer(text):
        letters += text[last : found.start()]
        places += range(last, found.start())
        for letter in _resolved(found.group()):
            letters.append(letter)
            places.append(found.start())
        last = found.end()
    letters += text[last:]
    places += range(last, len(text))
    return Cleaned("".join(letters), (*places, len(text)))


def _resolved(markup: str) -> str:
    """What stands for a tag (a blank) or an entity (its character)."""
    if markup.startswith("<"):
        return "\n" if markup[:3].lower() in ("<br", "<p>", "</p", "<li") else " "
    resolved = html.unescape(markup).replace("’", "'")
    return _INVISIBLE.sub(" ", resolved).replace("\xa0", " ")


def _composed(text: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    return normal if len(normal) == len(text) else text


def plain(value: object) -> str:
    """The cleaned text, composed, with single blanks."""
    text = unicodedata.normalize("NFC", cleaned(value).text)
    return _BLANKS.sub(" ", text).strip()


def words(text: str) -> list[str]:
    """Words in small letters."""
    return [found.group().lower() for found in WORD.finditer(text)]


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """A word in small letters without accents: Ótimo and otimo are one."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.replace("’", "'").lower())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def plain_texts(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The text columns of reviews, cleaned; same rows and columns, nothing is null."""
    return pd.DataFrame(
        {name: [plain(value) for value in frame[name]] for name in columns},
        index=frame.index,
        dtype=object,
    )


def joined(texts: pd.DataFrame) -> list[str]:
    """One text per review: the title as a sentence of its own, then the rest."""
    columns = [TITLE, *(name for name in texts if name != TITLE)] if TITLE in texts else list(texts)
    return [
        " . ".join(part for part in row if part)
        for row in texts[columns].itertuples(index=False, name=None)
    ]


def was_cleaned(frame: pd.DataFrame, texts: pd.DataFrame) -> list[bool]:
    """Whether cleaning has changed more than blanks around a text."""
    return [
        any(as_text(old).strip() != new for old, new in zip(before, after, strict=True))
        for before, after in zip(
            frame[texts.columns].itertuples(index=False, name=None),
            texts.itertuples(index=False, name=None),
            strict=True,
        )
    ]
