"""Customers drawn from the models themselves."""

from __future__ import annotations

import numpy as np

from ml.clv.sufficient_statistics import Floats


def beta_geometric(
    parameters: tuple[float, float, float, float],
    drops_after_first: bool,
    age: Floats,
    horizon: float,
    seed: int,
) -> dict[str, Floats]:
    """Draw x, t_x, whether alive at T and the orders in the horizon after it."""
    r, alpha, a, b = parameters
    rng = np.random.default_rng(seed)
    rate, chance = rng.gamma(r, 1 / alpha, age.size), rng.beta(a, b, age.size)
    alive = rng.random(age.size) >= chance if drops_after_first else np.full(age.size, True)
    clock, x, t_x = np.zeros(age.size), np.zeros(age.size), np.zeros(age.size)
    later, alive_at = np.zeros(age.size), alive.copy()
    while alive.any():
        clock = clock + rng.exponential(size=age.size) / rate
        inside, after = alive & (clock <= age), alive & (clock > age) & (clock <= age + horizon)
        x += inside
        t_x = np.where(inside, clock, t_x)
        later += after
        stays = rng.random(age.size) >= chance
        alive_at &= ~inside | stays
        alive = (inside | after) & stays
    return {"x": x, "t_x": t_x, "T": age, "later": later, "alive": alive_at}


def pareto(
    parameters: tuple[float, float, float, float], age: Floats, horizon: float, seed: int
) -> dict[str, Floats]:
    """Draw x, t_x, whether alive at T and the orders in the horizon after it."""
    r, alpha, s, beta = parameters
    rng = np.random.default_rng(seed)
    rate = rng.gamma(r, 1 / alpha, age.size)
    life = rng.exponential(size=age.size) / rng.gamma(s, 1 / beta, age.size)
    x, t_x, later = np.zeros(age.size), np.zeros(age.size), np.zeros(age.size)
    clock = np.zeros(age.size)
    while (clock <= np.minimum(life, age + horizon)).any():
        clock = clock + rng.exponential(size=age.size) / rate
        bought = clock <= life
        x += bought & (clock <= age)
        t_x = np.where(bought & (clock <= age), clock, t_x)
        later += bought & (clock > age) & (clock <= age + horizon)
    return {"x": x, "t_x": t_x, "T": age, "later": later, "alive": life > age}
