"""Names for segments, from what their customers are like and never from a cluster's number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Persona:
    """A name and what to do with such customers."""

    name: str
    action: str


@dataclass(frozen=True)
class Traits:
    """What a profile is like, each against the mean of the shop's customers."""

    is_recent: bool
    is_frequent: bool
    is_spending: bool
    is_top: bool
    """Frequency and spend together a standard deviation above the mean."""
    is_long_known: bool


@dataclass(frozen=True)
class Rule:
    """A persona and the traits that make it. A trait that is not named does not matter."""

    persona: Persona
    traits: dict[str, bool]

    def fits(self, traits: Traits) -> bool:
        """Whether a profile has the traits."""
        return all(getattr(traits, name) is value for name, value in self.traits.items())


def _rule(name: str, action: str, **traits: bool) -> Rule:
    return Rule(Persona(name, action), {f"is_{trait}": value for trait, value in traits.items()})


# The first rule that fits names the segment. A test goes through all profiles there can be.
RULES = (
    _rule(
        "VIP",
        "Early access, a named contact and thanks; no discounts",
        recent=True,
        top=True,
        long_known=True,
    ),
    _rule(
        "Rising stars",
        "Invite to the loyalty programme before the habit fades",
        recent=True,
        top=True,
    ),
    _rule(
        "Regulars",
        "Points and bundles that raise the basket",
        recent=True,
        frequent=True,
        spending=True,
    ),
    _rule(
        "Frequent small baskets",
        "Bundles and a free-delivery threshold above the basket",
        recent=True,
        frequent=True,
    ),
    _rule(
        "Promising big spenders",
        "Personal follow-up that leads to the next order",
        recent=True,
        spending=True,
    ),
    _rule(
        "Occasional buyers",
        "Reminders around the seasons in which they buy",
        recent=True,
        long_known=True,
    ),
    _rule("Newcomers", "Welcome series that leads to the second order", recent=True),
    _rule("Slipping VIP", "Personal contact now: ask what is missing before any offer", top=True),
    _rule("Slipping regulars", "Reminder with products like the last ones", frequent=True),
    _rule("Lost big spenders", "One personal win-back attempt with a deadline", spending=True),
    _rule(
        "Lost casuals",
        "Leave out of paid campaigns; one win-back attempt a year",
        long_known=True,
    ),
    _rule("Cooling newcomers", "Second-order offer with a deadline"),
)
OUTLIERS = Persona("Outliers", "Look at them one by one: they are like nobody else")
TOP = 1.0
"""Mean of frequency and spend, in standard deviations, from which a segment is the top."""
ACTIONS = {rule.persona.name: rule.persona.action for rule in RULES} | {
    OUTLIERS.name: OUTLIERS.action
}


def personas_of(profiles: pd.DataFrame) -> list[Persona]:
    """The persona of each segment by its mean profile.

    Args:
        profiles: one row per segment, columns `recency` (high means long ago), `frequency`,
            `spend`, `tenure` (high means known for long), each the mean of the scaled logged
            value, 0 being the mean of the shop's customers.
    """
    return [next(rule.persona for rule in RULES if rule.fits(t)) for t in _traits(profiles)]


def distinct_names(kinds: list[str], spend: list[float], taken: Collection[str] = ()) -> list[str]:
    """One distinct name per segment; those of one kind are told apart by their spend.

    Args:
        kinds: names of the personas, which may repeat.
        spend: by which those of one kind are ordered, high first.
        taken: names that segments from before keep.
    """
    names = [""] * len(kinds)
    for kind in dict.fromkeys(kinds):
        rows = [index for index, other in enumerate(kinds) if other == kind]
        rows.sort(key=lambda index: -spend[index])
        free = (name for name in _grades(kind, len(rows), taken))
        for index, name in zip(rows, free, strict=False):
            names[index] = name
    return names


def base_name(name: str) -> str:
    """The persona's name without its grade."""
    return name.partition(",")[0]


def _grades(kind: str, count: int, taken: Collection[str]) -> list[str]:
    held = {name for name in taken if base_name(name) == kind}
    if not held:
        plain = {1: [kind], 2: [f"{kind}, higher spend", f"{kind}, lower spend"]}
        return plain.get(count) or [f"{kind}, spend rank {n}" for n in range(1, count + 1)]
    numbers = (f"{kind}, group {n}" for n in range(2, count + len(held) + 2))
    return [name for name in numbers if name not in held][:count]


def _traits(profiles: pd.DataFrame) -> list[Traits]:
    recency, frequency, spend, tenure = (
        profiles[name].astype(float).tolist()
        for name in ("recency", "frequency", "spend", "tenure")
    )
    return [
        Traits(
            is_recent=r < 0,
            is_frequent=f > 0,
            is_spending=s > 0,
            is_top=f > 0 and s > 0 and (f + s) / 2 >= TOP,
            is_long_known=t > 0,
        )
        for r, f, s, t in zip(recency, frequency, spend, tenure, strict=True)
    ]
