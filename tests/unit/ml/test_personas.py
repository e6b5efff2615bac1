import itertools

import pandas as pd
import pytest

from ml.personas import ACTIONS, RULES, Traits, base_name, distinct_names, personas_of

COLUMNS = ["recency", "frequency", "spend", "tenure"]


def names(*rows: tuple[float, float, float, float]) -> list[str]:
    return [persona.name for persona in personas_of(pd.DataFrame(rows, columns=COLUMNS))]


def test_every_profile_has_a_name_and_every_rule_a_profile() -> None:
    profiles = [Traits(*traits) for traits in itertools.product([True, False], repeat=5)]
    first = [next(rule for rule in RULES if rule.fits(traits)) for traits in profiles]
    assert {id(rule) for rule in first} == {id(rule) for rule in RULES}
    assert len({rule.persona.name for rule in RULES}) == len(RULES)
    assert all(ACTIONS.values())


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ((-1.0, 1.5, 1.2, 0.5), "VIP"),
        ((-1.0, 1.5, 1.2, -0.5), "Rising stars"),
        ((-0.2, 0.3, 0.4, 0.4), "Regulars"),
        ((-0.2, 0.3, -0.4, 0.4), "Frequent small baskets"),
        ((-0.2, -0.3, 0.4, 0.4), "Promising big spenders"),
        ((-0.4, -0.7, -0.6, -1.6), "Newcomers"),
        ((-0.4, -0.7, -0.6, 0.6), "Occasional buyers"),
        ((0.5, 1.5, 1.2, 0.5), "Slipping VIP"),
        ((0.5, 0.5, 1.2, 0.5), "Slipping regulars"),
        ((0.5, -0.5, 1.2, 0.5), "Lost big spenders"),
        ((1.1, -0.7, -0.7, 0.4), "Lost casuals"),
        ((1.1, -0.7, -0.7, -0.4), "Cooling newcomers"),
    ],
)
def test_a_name_follows_from_the_profile_alone(
    profile: tuple[float, float, float, float], name: str
) -> None:
    assert names(profile) == [name]
    assert names((1.0, -1.0, -1.0, 1.0), profile)[1] == name


def test_segments_of_one_kind_are_told_apart_by_spend() -> None:
    assert distinct_names(["VIP", "VIP"], [0.5, 3.0]) == ["VIP, lower spend", "VIP, higher spend"]
    assert distinct_names(["VIP", "Regulars", "VIP", "VIP"], [1.0, 0.0, 3.0, 2.0]) == [
        *("VIP, spend rank 3", "Regulars", "VIP, spend rank 1", "VIP, spend rank 2")
    ]


def test_a_name_that_somebody_keeps_is_not_given_again() -> None:
    taken = {"VIP", "VIP, group 3", "Regulars"}
    given = distinct_names(["VIP", "VIP", "Newcomers"], [1.0, 2.0, 0.0], taken)
    assert given == ["VIP, group 4", "VIP, group 2", "Newcomers"]
    assert {base_name(name) for name in given} == {"VIP", "Newcomers"}
