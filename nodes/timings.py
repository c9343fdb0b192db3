"""Collects how long calls took, by what they did.

Times are wall-clock seconds of this side, waiting and repeating included.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

_HIGH = 0.95


class Timing(NamedTuple):
    """The times of one kind of call, in seconds."""

    kind: str
    calls: int
    median: float
    high: float
    """95 of 100 calls were no slower."""
    slowest: float


@dataclass(slots=True)
class Timings:
    """All times of a run."""

    _seconds: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        """Time what is done while the context is open, unless it fails."""
        begun = time.perf_counter()
        yield
        seconds = time.perf_counter() - begun
        with self._lock:
            self._seconds.setdefault(kind, []).append(seconds)

    def summary(self) -> list[Timing]:
        """Sum up, in order of kind."""
        with self._lock:
            return [_timing(kind, sorted(self._seconds[kind])) for kind in sorted(self._seconds)]


def _timing(kind: str, seconds: list[float]) -> Timing:
    place = min(len(seconds) - 1, int(len(seconds) * _HIGH))
    return Timing(kind, len(seconds), median(seconds), seconds[place], seconds[-1])
