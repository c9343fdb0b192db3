"""Measures polls of empty inboxes, and pages of 100 and of 1,000, beside a bare route.

The bare route is the bare server's answer to a GET. Requests differ in their cursors, since those for one
page at one time would share a read.
"""

import itertools
import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.documents import RECIPIENT, SENDER, post
from benchmarks.load_generator import drive
from benchmarks.server_processes import Served, bare, make_store, provision, serving

DOCUMENTS = 1_000
"""Deliveries in the inbox: a page of 1,000 is all of it."""
CURSORS = 50
"""How many cursors there are: pages of 1,000 lack that many items at most."""
WARM_UP = 50
ITEMS = {"inbox, empty": 1, "events, empty": 1, "inbox of 100": 10, "inbox of 1,000": 50}
"""What is asked; the number divides how often, since a large page takes so much longer."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request cost, in one round."""

    processor_milliseconds: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Beside:
    """A kind of request beside the bare route, in one round."""

    hub: Cost
    bare: Cost

    @property
    def ratio(self) -> float:
        """The hub's processor time as a multiple of the bare route's."""
        return self.hub.processor_milliseconds / self.bare.processor_milliseconds


def measure(requests: int, connections: int, rounds: int) -> dict[str, list[Beside]]:
    """Measure each kind, turn about with the bare route; SQLite, one process (Linux alone)."""
    results: dict[str, list[Beside]] = {name: [] for name in ITEMS}
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as folder:
        store = make_store(Path(folder), None)
        with serving(store) as hub, bare(store) as server:
            agencies = provision(
                store, hub.sandbox, [{"code": code, "name": code} for code in (SENDER, RECIPIENT)]
            )
            sender, reader = str(agencies[SENDER]["token"]), str(agencies[RECIPIENT]["token"])
            drive(
                hub.port, [post(sender, number, os.urandom(2_000), None) for number in range(DOCUMENTS)], 16
            )
            paths = _paths(hub.port, reader)
            for _ in range(rounds):
                for name, share in ITEMS.items():
                    count = max(WARM_UP, requests // share)
                    asked = _cost(hub, [_get(path, reader) for path in paths[name]], count, connections)
                    nothing = _cost(server, [_get("/", reader)], requests, connections)
                    results[name].append(Beside(asked, nothing))
    return results


def medians(rounds: list[Beside]) -> dict[str, float]:
    """Return the figures of one kind, medians of its rounds."""
    return {
        "processor time, hub ÷ bare": statistics.median(each.ratio for each in rounds),
        "hub, ms of processor": statistics.median(each.hub.processor_milliseconds for each in rounds),
        "bare, ms of processor": statistics.median(each.bare.processor_milliseconds for each in rounds),
        "hub, a second": statistics.median(each.hub.per_second for each in rounds),
        "bare, a second": statistics.median(each.bare.per_second for each in rounds),
    }


def _paths(port: int, token: str) -> dict[str, list[str]]:
    """Return addresses of each kind that have no page in common."""
    answer = httpx.get(
        f"http://127.0.0.1:{port}/v1/inbox?limit={DOCUMENTS}",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=60,
    )
    answer.raise_for_status()
    page = answer.json()
    if len(page["items"]) != DOCUMENTS:
        message = f"not every document arrived: {len(page['items'])} of {DOCUMENTS}"
        raise RuntimeError(message)
    end, begin = int(page["next"]), int(page["next"]) - 1024 * DOCUMENTS  # a document is 1,024 places
    cursors = [max(0, begin + 1024 * number) for number in range(CURSORS)]
    addresses = (
        [f"/v1/inbox?after={end + number}" for number in range(CURSORS)],
        [f"/v1/events?after={end + number}" for number in range(CURSORS)],
        [f"/v1/inbox?limit=100&after={cursor}" for cursor in cursors],
        [f"/v1/inbox?limit={DOCUMENTS}&after={cursor}" for cursor in cursors],
    )
    return dict(zip(ITEMS, addresses, strict=True))


def _get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: axis\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def _cost(served: Served, requests: list[bytes], count: int, connections: int) -> Cost:
    drive(served.port, list(itertools.islice(itertools.cycle(requests), WARM_UP)), connections)
    before = served.processor_seconds()
    outcome = drive(served.port, list(itertools.islice(itertools.cycle(requests), count)), connections)
    seconds = served.processor_seconds() - before
    if not set(outcome.statuses) <= {200, 201}:
        message = f"not every request was answered: {outcome.statuses}"
        raise RuntimeError(message)
    return Cost(seconds * 1000 / count, outcome.per_second)
