"""How fast BG/NBD fits, beside the same likelihood row by row in the same run.

    python benchmarks/bench_clv.py [--customers N ...]

Customers are drawn from a BG/NBD and observed for up to two years, in whole days. Ungrouped: one
evaluation of likelihood and gradient over every customer, times the evaluations that the fit took.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from pathlib import Path

import numpy as np

PROJECT_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_DIR))

from ml.clv.bg_nbd import BgNbd  # noqa: E402
from ml.clv.sufficient_statistics import RepeatOrders, collapse  # noqa: E402

TRUE = {"r": 0.8, "alpha": 60.0, "a": 0.9, "b": 3.0}
OLDEST = 730


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="BG/NBD on generated customers")
    parser.add_argument("--customers", type=int, nargs="+", default=[289_000, 1_000_000, 5_000_000])
    sizes = parser.parse_args().customers
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for size in sizes:
        measure(size)


def measure(size: int) -> None:
    """Print the times of one size."""
    x, last, age = draw(size)
    start = time.perf_counter()
    data = collapse(x, last, age)
    grouped = time.perf_counter() - start
    fit = BgNbd.fit(data)
    whole = time.perf_counter() - start
    ungrouped = evaluate(RepeatOrders(x, last, age, np.ones(size)), fit.model)
    once = evaluate(data, fit.model)
    fitted = ", ".join(f"{name} {value:.4f}" for name, value in fit.model.parameters.items())
    print(f"\n{size:,} customers, {data.weight.size:,} distinct histories")
    print(f"  counting equal customers once {grouped:8.2f} s")
    print(f"  fit, with that, {fit.steps} steps   {whole:8.2f} s   {fitted}")
    print(f"  one evaluation, grouped       {once:8.3f} s")
    print(f"  one evaluation, ungrouped     {ungrouped:8.3f} s, {ungrouped / once:.1f} times that")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory so far            {peak:8.0f} MB")


def evaluate(data: RepeatOrders, model: BgNbd) -> float:
    """Seconds of one likelihood with gradient, its codes made already."""
    model.log_likelihood_gradient(data)
    start = time.perf_counter()
    model.log_likelihood_gradient(data)
    return time.perf_counter() - start


def draw(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, t_x and T in whole days; several orders of a day are one."""
    rng = np.random.default_rng(1)
    age = rng.integers(1, OLDEST, size).astype(float)
    rate = rng.gamma(TRUE["r"], 1 / TRUE["alpha"], size)
    chance = rng.beta(TRUE["a"], TRUE["b"], size)
    x, last, clock = np.zeros(size), np.zeros(size), np.zeros(size)
    left = np.arange(size)
    while left.size:
        clock[left] += rng.exponential(size=left.size) / rate[left]
        left = left[clock[left] <= age[left]]
        day = np.ceil(clock[left])
        x[left] += day > last[left]
        last[left] = day
        left = left[rng.random(left.size) >= chance[left]]
    return x, np.minimum(last, age), age


if __name__ == "__main__":
    main()
