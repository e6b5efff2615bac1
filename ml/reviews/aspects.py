"""Aspects of a text and what is said of each: by clause, aware of negation.

A sentence is cut into clauses at commas and at words like *but*. Within a clause an opinion
belongs to the aspect that it names itself (*overpriced*), else to the nearest aspect; an aspect
of which its clause says nothing takes the opinion of the clause beside it. A negation up to four
words before an opinion turns it round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ml.reviews.lexicon import CONTRASTS, JOINS, STRONGER, WEAKER, Entry, Lexicon
from ml.reviews.text import WORD, folded

SCOPE = 4
"""Words before an opinion in which a negation turns it round."""
JOIN_DISTANCE = 3
"""Words that an *and* between an opinion and an aspect counts for."""
SCALE = 2.0
"""Sum of polarities that is 1, the end of the scale."""
CUT = 0.1
_SENTENCE_END = re.compile(r"[.!?…\n\r;]")
_CLAUSE_END = re.compile(r"[,:()\[\]–—]| - ")


@dataclass(frozen=True)
class Mention:
    """One aspect in one clause: how it is judged, -1 to 1, and the sentence it stands in."""

    aspect: str
    score: float
    start: int
    end: int


@dataclass
class _Opinion:
    place: int
    polarity: float
    entry: Entry


@dataclass
class _Clause:
    """Terms of a clause by their place among the words."""

    aspects: list[tuple[int, Entry]] = field(default_factory=list)
    opinions: list[_Opinion] = field(default_factory=list)
    joins: list[int] = field(default_factory=list)
    is_contrast: bool = False


@dataclass(frozen=True)
class _Sentence:
    tokens: list[str]
    breaks: frozenset[int]
    start: int
    end: int


def sentiment_of(score: float) -> str:
    """The word for a score."""
    return "positive" if score > CUT else "negative" if score < -CUT else "neutral"


def mentions(text: str, lexicon: Lexicon) -> list[Mention]:
    """Every aspect that a cleaned text mentions, clause by clause in their order."""
    found = []
    for sentence in _sentences(text):
        scores = _scored(_clauses(sentence, lexicon))
        found += [Mention(a, score, sentence.start, sentence.end) for a, score in scores]
    return found


def _sentences(text: str) -> Iterator[_Sentence]:
    """Sentences with the places of words before which a clause begins."""
    tokens: list[str] = []
    breaks: set[int] = set()
    start = end = 0
    for found in WORD.finditer(text):
        between = text[end : found.start()]
        if between == " ":
            pass
        elif tokens and _SENTENCE_END.search(between):
            yield _Sentence(tokens, frozenset(breaks), start, end)
            tokens, breaks = [], set()
        elif tokens and _CLAUSE_END.search(between):
            breaks.add(len(tokens))
        if not tokens:
            start = found.start()
        tokens.append(folded(found.group()))
        end = found.end()
    if tokens:
        yield _Sentence(tokens, frozenset(breaks), start, end)


def _clauses(sentence: _Sentence, lexicon: Lexicon) -> list[_Clause]:
    """Terms of each clause; negations and degrees are worked into the opinions."""
    tokens, language = sentence.tokens, lexicon.language
    contrasts = CONTRASTS[language]
    clauses = [_Clause()]
    turned: list[int] = []
    place = first = 0
    while place < len(tokens):
        token = tokens[place]
        is_contrast = token in contrasts
        if place and (is_contrast or place in sentence.breaks):
            clauses.append(_Clause(is_contrast=is_contrast))
            turned, first = [], place
        if not lexicon.has(token):
            place += 1
            continue
        found = lexicon.at(tokens, place)
        if found is None:
            if lexicon.is_negation(tokens, place):
                # Neither nice nor cheap: each turns its own.
                turned = [place] if token in ("nor", "nem") else [*turned, place]
            elif token in JOINS[language]:
                clauses[-1].joins.append(place)
            place += 1
            continue
        length, entry = found
        if entry.aspect:
            clauses[-1].aspects.append((place, entry))
        if entry.polarity:
            polarity = entry.polarity * _degree(tokens, first, place, length, language)
            if sum(place - SCOPE <= at for at in turned) % 2:
                polarity *= -1
            clauses[-1].opinions.append(_Opinion(place, polarity, entry))
        place += length
    return clauses


def _degree(tokens: list[str], first: int, place: int, length: int, language: str) -> float:
    around = {*tokens[max(first, place - 1) : place], *tokens[place + length : place + length + 1]}
    if around & WEAKER[language]:
        return 0.7
    return 1.3 if around & STRONGER[language] else 1.0


def _scored(clauses: list[_Clause]) -> Iterator[tuple[str, float]]:
    """Aspect and score of every mention; an aspect once per clause."""
    for number, clause in enumerate(clauses):
        sums = _attached(clause)
        judged = {aspect for aspect, _ in sums}
        open_aspects: dict[str, bool] = {}
        for _, entry in clause.aspects:
            if entry.aspect and entry.aspect not in judged:
                known = open_aspects.get(entry.aspect, True)
                open_aspects[entry.aspect] = known and entry.needs_opinion
        borrowed = _borrowed(clauses, number) if open_aspects and not sums else None
        for aspect, needs_opinion in open_aspects.items():
            if borrowed is not None:
                yield aspect, borrowed
            elif not needs_opinion:
                yield aspect, 0.0
        yield from sums


def _attached(clause: _Clause) -> list[tuple[str, float]]:
    sums: dict[str, float] = {}
    for opinion in clause.opinions:
        aspect = _target(clause, opinion)
        if aspect:
            sums[aspect] = sums.get(aspect, 0.0) + opinion.polarity
    return [(aspect, _scaled(total)) for aspect, total in sums.items()]


def _target(clause: _Clause, opinion: _Opinion) -> str | None:
    own = opinion.entry.opinion_aspect
    if own and (opinion.entry.is_own or not clause.aspects):
        return own
    if not clause.aspects:
        return None

    def distance(item: tuple[int, Entry]) -> tuple[int, int]:
        low, high = sorted((item[0], opinion.place))
        crossed = sum(low < join < high for join in clause.joins)
        # Of two that are as near, the one before.
        return high - low + JOIN_DISTANCE * crossed, -item[0] if item[0] < opinion.place else 0

    return min(clause.aspects, key=distance)[1].aspect


def _borrowed(clauses: list[_Clause], number: int) -> float | None:
    """What the clause after, or before, says of nothing in particular."""
    for other in (number + 1, number - 1):
        if not 0 <= other < len(clauses):
            continue
        later = clauses[max(other, number)]
        clause = clauses[other]
        if later.is_contrast or clause.aspects or not clause.opinions:
            continue
        if any(opinion.entry.opinion_aspect for opinion in clause.opinions):
            continue
        return _scaled(sum(opinion.polarity for opinion in clause.opinions))
    return None


def _scaled(total: float) -> float:
    return max(-1.0, min(1.0, total / SCALE))
