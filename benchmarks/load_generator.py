"""A lean HTTP/1.1 load generator for loopback: ready-made requests over kept connections.

It knows just enough HTTP to read the hub's answers, so that the hub is measured and not the client.
"""

import asyncio
import collections
import multiprocessing
import time
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"
ANSWER_SECONDS = 60
REFUSED = 0
"""Stands for a status where the old protocol refuses: it does so with 200."""


@dataclass
class Outcome:
    """What a run of requests came to."""

    seconds: float
    statuses: dict[int, int]
    milliseconds: list[float] = field(default_factory=list)
    """The time of each answer, sorted."""

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the answer time in milliseconds that this share of the requests kept."""
        return self.milliseconds[min(len(self.milliseconds) - 1, int(share * len(self.milliseconds)))]


def drive(port: int, requests: list[bytes], connections: int) -> Outcome:
    """Send the requests over so many connections at once, from a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_drive, args=(port, requests, connections, sending))
    process.start()
    try:
        outcome: Outcome = receiving.recv()
    finally:
        process.join()
    return outcome


def _drive(port: int, requests: list[bytes], connections: int, sending: object) -> None:
    sending.send(asyncio.run(_all(port, requests, connections)))  # type: ignore[attr-defined]


async def _all(port: int, requests: list[bytes], connections: int) -> Outcome:
    waiting = collections.deque(requests)
    statuses: collections.Counter[int] = collections.Counter()
    times: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        while waiting:
            request = waiting.popleft()
            begun = time.perf_counter()
            writer.write(request)
            statuses[await asyncio.wait_for(_answer(reader), ANSWER_SECONDS)] += 1
            times.append((time.perf_counter() - begun) * 1000)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return Outcome(time.perf_counter() - started, dict(statuses), sorted(times))


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line[:15].lower() == b"content-length:")
    await reader.readexactly(length)
    if any(line[:20].lower() == b"xroadvnpt-errorcode:" for line in lines):
        return REFUSED
    return int(lines[0].split()[1])
