"""What the server counts, in Prometheus' format and as JSON. No label holds a person or a key."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

UNMATCHED = "unmatched"
"""Route of requests that no route takes: their paths are whatever strangers try."""
LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BUCKETS = 10
TENTHS = [f"{n / BUCKETS:.1f}-{(n + 1) / BUCKETS:.1f}" for n in range(BUCKETS)]


@dataclass
class Telemetry:
    """The instruments of one server, on a registry of their own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    answers: Tally[tuple[str, str, str]] = field(default_factory=Tally)
    """Predictions by task, shop and bucket, for `/metrics/predictions`."""

    def __post_init__(self) -> None:
        made: Any = {"registry": self.registry}
        self.requests = Counter(
            "clientele_requests", "Requests answered", ["method", "route", "status"], **made
        )
        self.seconds = Histogram(
            "clientele_request_seconds",
            "Seconds from the first byte of a request to the last of its answer",
            ["method", "route"],
            buckets=LATENCIES,
            **made,
        )
        self.online = Counter(
            "clientele_predictions",
            "Online predictions; bucket is the tenth of a probability, or the class",
            ["task", "source", "bucket"],
            **made,
        )
        self.model_info = Gauge(
            "clientele_model_info", "1 for a served version", ["task", "source", "version"], **made
        )
        self.model_age = Gauge(
            "clientele_model_age_seconds",
            "Seconds since the day as of which the served version was trained",
            ["task", "source"],
            **made,
        )
        self.pool = Gauge("clientele_pool_connections", "Connections", ["state"], **made)
        self.cache = Counter("clientele_cache", "Look-ups of the cache", ["result"], **made)
        self._online: dict[tuple[str, str, str], Any] = {}
        self._requests: dict[tuple[str, str, int], Any] = {}
        self._seconds: dict[tuple[str, str], Any] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        # Looking labels up costs more than counting.
        key = (method, route, status)
        if key not in self._requests:
            self._requests[key] = self.requests.labels(method, route, str(status))
            self._seconds[key[:2]] = self.seconds.labels(method, route)
        self._requests[key].inc()
        self._seconds[key[:2]].observe(seconds)

    def predicted(self, task: str, source: str, buckets: list[str]) -> None:
        """Count predictions by what they said."""
        for bucket, count in Tally(buckets).items():
            key = (task, source, bucket)
            if key not in self._online:
                self._online[key] = self.online.labels(*key)
            self._online[key].inc(count)
            self.answers[key] += count

    def text(self) -> bytes:
        """Everything, in Prometheus' format."""
        return generate_latest(self.registry)


def bucket_of(probability: float | None) -> str:
    """The tenth that a probability falls into: "0.0-0.1" to "0.9-1.0"; "none" without one."""
    if probability is None:
        return "none"
    return TENTHS[min(int(probability * BUCKETS), BUCKETS - 1)]
