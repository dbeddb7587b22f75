"""What is measured, in Prometheus' words (text format 0.0.4).

Counters and histograms live in the process. With several processes, `PROMETHEUS_MULTIPROC_DIR` names a folder, made
anew at each start and named before it is loaded, in which prometheus_client adds them up: whichever process is asked
answers for all. Gauges of the business (how old, how many) are not kept at all: each scrape asks the database, so
they are the same from every process and survive a restart.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from esign.infra.logs import log_for
from esign.infra.metrics_folder import FOLDER_VARIABLE

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_REQUEST_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_TIMESTAMP_BUCKETS: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_VERIFICATION_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_log = log_for(__name__)


@dataclass(frozen=True)
class Readings:
    """What the database says at one moment. Ages are seconds; None where there is nothing to be old.

    `queues` and `dead` count by queue (`tasks`, `deliveries`, `messages`) and kind; `certificates` are seconds until
    each certificate of ours expires, by what it is for.
    """

    oldest_unsealed: float | None
    checkpoint_age: float | None
    queues: Mapping[tuple[str, str], int] = field(default_factory=dict)
    dead: Mapping[tuple[str, str], int] = field(default_factory=dict)
    certificates: Mapping[str, float] = field(default_factory=dict)
    stored_faces: int = 0
    """How many people's faces are stored."""


ReadNow: TypeAlias = Callable[[], Readings]


class _Collector(Protocol):
    def collect(self) -> Iterator[Metric]: ...


class Metrics:
    """The measuring objects, in the registry that is handed in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._readings: list[_Collector] = []
        self._requests = Histogram(
            "esign_request_seconds",
            "How long requests took, by route, method and status.",
            ("route", "method", "status"),
            buckets=_REQUEST_BUCKETS,
            registry=registry,
        )
        self._timestamps = Histogram(
            "esign_timestamp_seconds",
            "How long the timestamp authority took, by outcome.",
            ("outcome",),
            buckets=_TIMESTAMP_BUCKETS,
            registry=registry,
        )

        self._verifications = Histogram(
            "esign_verification_seconds",
            "How long judging a file that was handed in took, by verdict.",
            ("verdict",),
            buckets=_VERIFICATION_BUCKETS,
            registry=registry,
        )

    def observe_verification(self, verdict: str, seconds: float) -> None:
        """Count a file that was judged; `verdict` is a conclusion, `UNREADABLE`, or `NONE` where nothing came of it."""
        self._verifications.labels(verdict).observe(seconds)

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. `route` is the pattern of the route, `unmatched` where there was none."""
        known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
        self._requests.labels(route, known, str(status)).observe(seconds)

    @contextmanager
    def timing_timestamp(self) -> Iterator[None]:
        """Measure what the timestamp authority takes; the outcome is `failed` if something is raised."""
        begun, outcome = time.perf_counter(), "failed"
        try:
            yield
            outcome = "granted"
        finally:
            self._timestamps.labels(outcome).observe(time.perf_counter() - begun)

    def read_at_scrape(self, read: ReadNow) -> None:
        """Ask for these readings at every scrape."""
        self._readings.append(_ReadingsCollector(read))

    def exposition(self) -> bytes:
        """Return everything in the text format. Readings that fail are left out, and `esign_readings_up` is 0."""
        counted = self._registry
        if os.environ.get(FOLDER_VARIABLE):
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        read_now = CollectorRegistry()
        for collector in self._readings:
            read_now.register(collector)
        return generate_latest(counted) + generate_latest(read_now)


class _ReadingsCollector:
    def __init__(self, read: ReadNow) -> None:
        self._read = read

    def describe(self) -> Iterator[Metric]:
        """Tell nothing beforehand: registering must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        try:
            readings: Readings | None = self._read()
        except Exception as error:  # noqa: BLE001  # logged and shown as a gauge; the other metrics are still wanted
            _log.failed("readings not had", error)
            readings = None
        yield _gauge("esign_readings_up", "1 if the database answered this scrape.", 0.0 if readings is None else 1.0)
        if readings is None:
            return
        yield _gauge(
            "esign_oldest_unsealed_seconds",
            "How long ago the last signature was made in the envelope that waits longest for its seal; 0 if none.",
            readings.oldest_unsealed or 0.0,
        )
        if readings.checkpoint_age is not None:
            yield _gauge("esign_checkpoint_age_seconds", "How old the newest checkpoint is.", readings.checkpoint_age)
        yield _gauge("esign_stored_faces", "How many people's faces are stored.", readings.stored_faces)
        yield _counted("esign_queue_depth", "What waits to be done.", readings.queues)
        yield _counted("esign_dead_letters", "What was given up.", readings.dead)
        expiry = GaugeMetricFamily(
            "esign_certificate_expiry_seconds", "Seconds until a certificate of ours expires.", labels=["purpose"]
        )
        for purpose, seconds in sorted(readings.certificates.items()):
            expiry.add_metric([purpose], seconds)
        yield expiry


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _counted(name: str, about: str, counts: Mapping[tuple[str, str], int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=["queue", "kind"])
    for (queue, kind), count in sorted(counts.items()):
        family.add_metric([queue, kind], count)
    return family
