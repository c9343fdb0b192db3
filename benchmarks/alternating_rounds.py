"""Measures the sides of a comparison in turn, round after round, and sums up each side's figures."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.load_generator import drive
from benchmarks.server_processes import Served


@dataclass(frozen=True, slots=True)
class Side:
    """One side in one round."""

    per_second: float
    processor_milliseconds: float
    """Processor time for one document; 0 where it could not be told."""
    p50: float | None = None
    """Milliseconds; None where nothing was asked over HTTP."""
    p99: float | None = None


Round = Mapping[str, Side]
"""All sides of one round, by name."""


def run_requests(
    served: Served, requests: Sequence[bytes], connections: int, *, warm_up: int, expected: int
) -> Side:
    """Send requests to a server, the first ones unmeasured.

    Raises:
        RuntimeError: when one was answered otherwise than expected.

    """
    drive(served.port, list(requests[:warm_up]), connections)
    before = served.processor_seconds()
    outcome = drive(served.port, list(requests[warm_up:]), connections)
    seconds = served.processor_seconds() - before
    if set(outcome.statuses) != {expected}:
        message = f"not every document was accepted: {outcome.statuses}"
        raise RuntimeError(message)
    processor = seconds * 1000 / (len(requests) - warm_up)
    return Side(outcome.per_second, processor, outcome.percentile(0.5), outcome.percentile(0.99))


def summarise(rounds: Sequence[Round]) -> dict[str, dict[str, Any]]:
    """Return each side's medians and spreads, and the first side's beside them, paired within the rounds."""
    first = next(iter(rounds[0]))
    return {name: _figures(rounds, name, first) for name in rounds[0]}


def _figures(rounds: Sequence[Round], name: str, first: str) -> dict[str, Any]:
    sides = [each[name] for each in rounds]
    figures: dict[str, Any] = {
        "per_second": _spread(side.per_second for side in sides),
        "processor_ms": _spread(side.processor_milliseconds for side in sides),
    }
    if sides[0].p50 is not None:
        figures["p50_ms"] = _spread(side.p50 or 0.0 for side in sides)
        figures["p99_ms"] = _spread(side.p99 or 0.0 for side in sides)
    if name != first:
        figures["ratio"] = _spread(each[first].per_second / each[name].per_second for each in rounds)
        used = [each for each in rounds if each[name].processor_milliseconds]
        if used:
            figures["processor_ratio"] = _spread(
                each[first].processor_milliseconds / each[name].processor_milliseconds for each in used
            )
    return figures


def _spread(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "lowest": ordered[0], "highest": ordered[-1]}


COLUMNS = {
    "per_second": "A SECOND",
    "processor_ms": "MS OF PROCESSOR",
    "p50_ms": "P50 MS",
    "p99_ms": "P99 MS",
    "ratio": "{} ÷ IT",
    "processor_ratio": "THE SAME, PROCESSOR",
}


def headings(summary: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the headings of a summary's table."""
    first = next(iter(summary))
    return ("", *(heading.format(first.upper()) for heading in COLUMNS.values()))


def rows_of(summary: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Return a summary as rows of a table: each median, with the lowest and highest behind it."""
    return [(name, *(_shown(figures.get(key)) for key in COLUMNS)) for name, figures in summary.items()]


def _shown(spread: Mapping[str, float] | None) -> str:
    if spread is None:
        return ""
    median, lowest, highest = (_short(spread[each]) for each in ("median", "lowest", "highest"))
    return median if lowest == highest else f"{median} ({lowest}-{highest})"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
