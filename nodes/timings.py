"""Collects how long calls took, by what they did.

Times are wall-clock seconds of this side, waiting and repeating included, counted in classes 2 % wide.
"""

import math
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_HIGH = 0.95
_CLASS = math.log(1.02)
_LEAST_SECONDS = 1e-6


class Timing(NamedTuple):
    """The times of one kind of call, in seconds; median and `high` are true to one per cent."""

    kind: str
    calls: int
    median: float
    high: float
    """95 of 100 calls were no slower."""
    slowest: float


@dataclass(slots=True)
class Timings:
    """All times of a run."""

    _counts: dict[str, Counter[int]] = field(default_factory=dict)
    _slowest: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        """Time what is done while the context is open, unless it fails."""
        begun = time.perf_counter()
        yield
        self.add(kind, time.perf_counter() - begun)

    def add(self, kind: str, seconds: float) -> None:
        """Note one time."""
        place = round(math.log(max(seconds, _LEAST_SECONDS)) / _CLASS)
        with self._lock:
            self._counts.setdefault(kind, Counter())[place] += 1
            self._slowest[kind] = max(seconds, self._slowest.get(kind, 0.0))

    def summary(self) -> list[Timing]:
        """Sum up, in order of kind."""
        with self._lock:
            return [_timing(kind, self._counts[kind], self._slowest[kind]) for kind in sorted(self._counts)]

    def told(self) -> dict[str, Any]:
        """Return JSON values that `hear` of another part takes."""
        with self._lock:
            return {
                kind: {"slowest": self._slowest[kind], "counts": sorted(counts.items())}
                for kind, counts in self._counts.items()
            }

    def hear(self, told: Mapping[str, Any]) -> None:
        """Add the times of another part."""
        with self._lock:
            for kind, values in told.items():
                self._counts.setdefault(kind, Counter()).update(dict(values["counts"]))
                self._slowest[kind] = max(values["slowest"], self._slowest.get(kind, 0.0))


def _timing(kind: str, counts: Counter[int], slowest: float) -> Timing:
    calls = counts.total()
    return Timing(kind, calls, _at(counts, calls // 2), _at(counts, int(calls * _HIGH)), slowest)


def _at(counts: Counter[int], place: int) -> float:
    """Return the time at a position, from 0, of all times in order."""
    passed = 0
    for each in sorted(counts):
        passed += counts[each]
        if passed > place:
            return math.exp(each * _CLASS)
    return math.exp(max(counts) * _CLASS)
