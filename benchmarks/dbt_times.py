"""What dbt says that it took: the run_results.json of one command's invocations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = {"model": "models", "test": "data tests", "unit_test": "unit tests", "seed": "seeds"}


@dataclass(frozen=True)
class DbtTimes:
    """Seconds of one command's dbt invocations, added up.

    `wall` is dbt's own elapsed time, from its first node to its last, parsing included. `total` is
    the sum over nodes, which run side by side: it depends on the number of threads too. `by_kind`
    and `by_model` are sums over nodes.
    """

    wall: float = 0.0
    total: float = 0.0
    by_kind: dict[str, float] = field(default_factory=dict)
    by_model: dict[str, float] = field(default_factory=dict)
    by_test: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The same as a dictionary."""
        return asdict(self)


def dbt_times(run_results: Iterable[Mapping[str, Any]]) -> DbtTimes:
    """Add up the contents of run_results.json files."""
    wall = 0.0
    kinds: defaultdict[str, float] = defaultdict(float)
    models: defaultdict[str, float] = defaultdict(float)
    tests: defaultdict[str, float] = defaultdict(float)
    for found in run_results:
        wall += found["elapsed_time"]
        for node in found["results"]:
            kind, _, name = node["unique_id"].split(".")[:3]
            seconds = float(node["execution_time"])
            kinds[KINDS.get(kind, kind)] += seconds
            # A seed is built like a model; a unit test belongs to the tests.
            (models if kind in ("model", "seed") else tests)[name] += seconds
    return DbtTimes(
        wall=round(wall, 2),
        total=round(sum(kinds.values()), 2),
        by_kind=_rounded(kinds),
        by_model=_rounded(models),
        by_test=_rounded(tests),
    )


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    ranked = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))
    return {name: round(value, 3) for name, value in ranked}
