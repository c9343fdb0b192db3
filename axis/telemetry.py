"""Request ids, logs and metrics of the hub.

It wraps the application. Logs go to standard error, one JSON object a line. Metrics are Prometheus text.
"""

import json
import logging
import random
import re
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from axis.protocol.request_ids import REQUEST_ID_PATTERN

REQUEST_ID = re.compile(REQUEST_ID_PATTERN)
"""A caller's own request id is kept when it looks like this; it ends up in logs."""

_access = logging.getLogger("axis.access")


def _webhook_metrics(registry: CollectorRegistry) -> tuple[Counter, Gauge]:
    attempts = Counter(
        "axis_webhook_attempts",
        "Messages posted to webhooks by this process: taken, failed, set-aside.",
        ["outcome"],
        registry=registry,
    )
    for outcome in ("taken", "failed", "set-aside"):
        attempts.labels(outcome)  # shown from the beginning, so that the first one counts as a rise
    failing = Gauge(
        "axis_webhooks_failing",
        "Webhooks whose last attempt failed; 0 in processes that push nothing.",
        registry=registry,
    )
    return attempts, failing


def _job_metrics(registry: CollectorRegistry) -> tuple[Gauge, Gauge]:
    jobs = Gauge("axis_jobs", "Jobs in the store, of all processes, by state.", ["state"], registry=registry)
    oldest = Gauge(
        "axis_jobs_oldest_seconds",
        "Age of the oldest job that has not ended; 0 where there is none.",
        registry=registry,
    )
    return jobs, oldest


def _alert_metrics(registry: CollectorRegistry) -> tuple[Gauge, Gauge]:
    alerts = Gauge(
        "axis_alerts", "Alerts that stand open, of all processes, by name.", ["name"], registry=registry
    )
    clock_offset = Gauge(
        "axis_clock_offset_seconds",
        "By how much this machine's clock is off, beyond the threshold of its alert; else 0.",
        registry=registry,
    )
    return alerts, clock_offset


class Metrics:
    """The hub's metrics, in a registry of their own so that two hubs in one process do not share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "axis_requests",
            "Requests answered, by route and status.",
            ["route", "status"],
            registry=self.registry,
        )
        self.refusals = Counter(
            "axis_refusals", "Requests refused, by the problem's code.", ["code"], registry=self.registry
        )
        self.vxp_calls = Counter(
            "axis_vxp_calls",
            "Calls of the old protocol, by operation and the error code of their reply.",
            ["operation", "code"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "axis_request_seconds",
            "Time from a request's headers to its answer's end.",
            registry=self.registry,
        )
        self.in_flight = Gauge("axis_requests_in_flight", "Requests being answered.", registry=self.registry)
        self.trust_left_out = Gauge(
            "axis_trust_left_out",
            "Certificates, lists and answers of the trust material that cannot be read.",
            registry=self.registry,
        )
        self.store_failing = Gauge(
            "axis_store_failing",
            "1 while the store takes no writes, as far as this process knows.",
            registry=self.registry,
        )
        self.injected_faults = Gauge(
            "axis_injected_faults_met",
            "Transactions that met an injected fault of a sandbox's disk or store.",
            ["service"],
            registry=self.registry,
        )
        self.objects_failing = Gauge(
            "axis_objects_failing",
            "1 while the object store cannot be used, as far as this process knows; 0 where there is none.",
            registry=self.registry,
        )
        self.webhook_attempts, self.webhooks_failing = _webhook_metrics(self.registry)
        self.jobs, self.jobs_oldest_seconds = _job_metrics(self.registry)
        self.alerts, self.clock_offset = _alert_metrics(self.registry)

    def count_alerts(self, counts: Mapping[str, int]) -> None:
        """Show how many alerts of each name stand open."""
        for name, count in counts.items():
            self.alerts.labels(name).set(count)

    def count_jobs(self, figures: Mapping[str, tuple[int, int]], now: int) -> None:
        """Show how many jobs there are in each state, and since when the oldest; times in microseconds."""
        oldest = now
        for state in ("queued", "running", "failed"):
            count, since = figures.get(state, (0, now))
            self.jobs.labels(state).set(count)
            if state != "failed":
                oldest = min(oldest, since)
        self.jobs_oldest_seconds.set((now - oldest) / 1_000_000)

    def count_webhook_attempt(self, outcome: str) -> None:
        """Count what became of a message to a webhook."""
        self.webhook_attempts.labels(outcome).inc()

    def render(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self.registry)


class Telemetry:
    """ASGI middleware that gives each request an id, logs it and counts it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._under_way = 0
        self._counters: dict[tuple[str, int], Counter] = {}
        metrics.in_flight.set_function(lambda: self._under_way)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        status = 500
        started = time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        self._under_way += 1
        try:
            await self._app(scope, receive, answer)
        finally:
            self._under_way -= 1
            self._observe(scope, state, status, time.perf_counter() - started)

    def _observe(self, scope: Scope, state: MutableMapping[str, Any], status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        code = state.get("problem_code")
        counter = self._counters.get((route, status))
        if counter is None:
            counter = self._counters[route, status] = self._metrics.requests.labels(route, str(status))
        counter.inc()
        self._metrics.seconds.observe(seconds)
        if code is not None:
            self._metrics.refusals.labels(code).inc()
        if not _access.isEnabledFor(logging.INFO):
            return
        _access.info(
            "request",
            extra={
                "facts": {
                    "request_id": state["request_id"],
                    "method": scope["method"],
                    "route": route,
                    "status": status,
                    "code": code,
                    "token": getattr(state.get("caller"), "token_id", None),
                    "milliseconds": round(seconds * 1000, 3),
                }
            },
        )


class JsonLines(logging.Formatter):
    """Writes a log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line; facts handed over by `extra={"facts": …}` stand beside its message."""
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "facts", {}))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to_standard_error(level: str = "INFO") -> None:
    """Send all logs to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True  # `axis.access` says the same with the request's id
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # no news


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            if REQUEST_ID.fullmatch(text):
                return str(text)
    # It is no secret: random bytes of the system would cost a call, and a wait for the interpreter's lock.
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"  # RFC 9562, 5.4
