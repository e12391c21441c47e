"""Figures for Prometheus. Each web process counts for itself; the files in DATA/metrics join them."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily

from isthmus.apps.core.access import public

REQUESTS = Counter("isthmus_requests", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram(
    "isthmus_request_seconds",
    "Time in the application",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 1, 3),
)


def observe(view: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    REQUESTS.labels(view, method, str(status)).inc()
    SECONDS.labels(view).observe(seconds)


class JobCollector:
    """Jobs by state, read from the database when Prometheus asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from isthmus.apps.core.queries import job_counts

        family = GaugeMetricFamily("isthmus_jobs", "Background jobs by state", labels=["state"])
        for state, count in job_counts().items():
            family.add_metric([state], count)
        yield family


@public
def metrics_page(request: HttpRequest) -> HttpResponse:
    """The figures, to whoever holds the token; where none is set the page does not exist."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Http404
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    registry.register(JobCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
