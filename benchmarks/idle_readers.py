"""What idle readers cost others: sends to their agency, statuses and `/readyz`, beside the same without them.

    python benchmarks/idle_readers.py [--polls 300] [--streams 300] [--rounds 3] [--sends 10]

All readers speak for the one recipient. Measured turn about in one run: the medians without readers, with
them, and their ratio. At the end each reader must have been given everything that came while it read, once
and in order, or nothing is printed.
"""

import argparse
import asyncio
import contextlib
import http.client
import itertools
import json
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.documents import RECIPIENT, SENDER, post
from benchmarks.server_processes import make_store, provision, serving

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 120
STATUS = (
    b"POST /v1/deliveries/%s/statuses HTTP/1.1\r\nHost: axis\r\nContent-Type: application/json\r\n"
    b'Authorization: Bearer %s\r\nContent-Length: 13\r\n\r\n{"code":"03"}'
)
READYZ = b"GET /readyz HTTP/1.1\r\nHost: axis\r\n\r\n"
WHAT = ("send", "/readyz after it", "status", "/readyz after that", "until all have it")


@dataclass
class Reader:
    """One that waits, and what it was given: ids of deliveries, or cursors of events."""

    token: str
    after: str
    given: list[str] = field(default_factory=list)


async def poll(port: int, reader: Reader) -> None:
    """Read the inbox for ever, waiting."""
    connection = await asyncio.open_connection(LOOPBACK, port)
    while True:
        path = f"/v1/inbox?after={reader.after}&wait=60"
        _, body = await ask(connection, get(path, reader.token))
        page = json.loads(body)
        reader.given += [item["id"] for item in page["items"]]
        reader.after = page["next"]


async def follow(port: int, reader: Reader) -> None:
    """Read the stream of events for ever."""
    lines, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(get(f"/v1/events?after={reader.after}", reader.token, "Accept: text/event-stream\r\n"))
    while line := await lines.readline():
        if line.startswith(b"id: "):
            reader.given.append(line[4:].strip().decode())


def get(path: str, token: str, header: str = "") -> bytes:
    """Write a request."""
    return f"GET {path} HTTP/1.1\r\nHost: axis\r\nAuthorization: Bearer {token}\r\n{header}\r\n".encode()


async def ask(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes
) -> tuple[int, bytes]:
    """Send a request over a kept connection and read the answer."""
    reader, writer = connection
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line[:15].lower() == b"content-length:")
    return int(lines[0].split()[1]), await reader.readexactly(length)


def read(port: int, token: str, cursors: tuple[str, str], counts: tuple[int, int], ours: Connection) -> None:
    """Read with so many polls and streams, in a process of their own, until told to stop; tell what came."""
    polling = [Reader(token, cursors[0]) for _ in range(counts[0])]
    following = [Reader(token, cursors[1]) for _ in range(counts[1])]

    async def all_of_them() -> None:
        tasks = [asyncio.create_task(poll(port, each)) for each in polling]
        tasks += [asyncio.create_task(follow(port, each)) for each in following]
        told = -1
        while not ours.poll():
            least = min(len(each.given) for each in polling + following)
            if least != told:
                ours.send(least)
            told = least
            await asyncio.sleep(0.005)
            assert not any(task.done() for task in tasks), "a reader was sent away"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(all_of_them())
    ours.send([[each.given for each in polling], [each.given for each in following]])


@dataclass
class Bench:
    """A hub, its two agencies, and what was measured."""

    port: int
    sender: str
    recipient: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    deliveries: list[str] = field(default_factory=list)
    known: int = 0
    """Of them, those that were there before the readers of this round."""
    took: defaultdict[tuple[str, bool], list[float]] = field(default_factory=lambda: defaultdict(list))

    def round(self, sends: int, polls: int = 0, streams: int = 0) -> None:
        """Measure some sends and statuses while so many wait."""
        with self.connected() as working:
            if not polls + streams:
                for _ in range(sends):
                    self.send(working, None)
                return
            cursors = self.newest(working, "inbox"), self.newest(working, "events")
            ours, theirs = multiprocessing.get_context("spawn").Pipe()
            arguments = (self.port, self.recipient, cursors, (polls, streams), theirs)
            process = multiprocessing.get_context("spawn").Process(target=read, args=arguments)
            process.start()
            assert ours.recv() == 0
            time.sleep(2 + (polls + streams) / 200)
            self.known = len(self.deliveries)
            for _ in range(sends):
                self.send(working, ours)
            ours.send("stop")
            while not isinstance(given := ours.recv(), list):
                pass
            process.join()
        self.check(*given)
        time.sleep(1)

    @contextlib.contextmanager
    def connected(self) -> Iterator[http.client.HTTPConnection]:
        """Connect to the hub."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE_SECONDS)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection
        connection.close()

    def newest(self, working: http.client.HTTPConnection, what: str) -> str:
        """Return the cursor at which a list ends."""
        after = "0"
        while True:
            working.request("GET", f"/v1/{what}?after={after}&limit=1000", headers=bearer(self.recipient))
            page = json.load(working.getresponse())
            if not page["items"]:
                return after
            after = page["next"]

    def send(self, working: http.client.HTTPConnection, readers: Connection | None) -> None:
        """Measure a document, a status, `/readyz` after each, and how long until all readers have them."""

        def timed(what: str, request: bytes, expected: int) -> bytes:
            begun = time.perf_counter()
            working.sock.sendall(request)
            response = http.client.HTTPResponse(working.sock)
            response.begin()
            body = response.read()
            self.took[what, readers is not None].append(time.perf_counter() - begun)
            assert response.status == expected, body
            return body

        begun = time.perf_counter()
        document = post(self.sender, next(self.numbers), os.urandom(20_000), None)
        body = timed(WHAT[0], document, 201)
        timed(WHAT[1], READYZ, 200)
        delivery = json.loads(body)["deliveries"][0]["id"]
        self.deliveries.append(delivery)
        timed(WHAT[2], STATUS % (delivery.encode(), self.recipient.encode()), 201)
        timed(WHAT[3], READYZ, 200)
        if readers is not None:
            while not readers.poll(0.001) or readers.recv() < len(self.deliveries) - self.known:
                assert time.perf_counter() - begun < PATIENCE_SECONDS, "a reader was not woken"
            self.took[WHAT[4], True].append(time.perf_counter() - begun)
        time.sleep(0.3)

    def check(self, polled: list[list[str]], followed: list[list[str]]) -> None:
        """See that nothing was skipped, doubled or turned."""
        assert all(given == self.deliveries[self.known :] for given in polled), "a poll went wrong"
        for given in followed:
            assert len(given) == len(self.deliveries) - self.known, "a stream skipped or doubled something"
            assert given == sorted(followed[0], key=int), "a stream turned something, or two differ"


def bearer(token: str) -> dict[str, str]:
    """Return the header that says who asks."""
    return {"Authorization": f"Bearer {token}"}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("polls", 300), ("streams", 300), ("rounds", 3), ("sends", 10)):
        parser.add_argument(f"--{name}", type=int, default=number)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as folder:
        store = make_store(Path(folder), None)
        with serving(store, commit=True) as (port, sandbox):
            items = provision(store, sandbox, [{"code": code, "name": code} for code in (SENDER, RECIPIENT)])
            bench = Bench(port, str(items[SENDER]["token"]), str(items[RECIPIENT]["token"]))

            bench.round(2)
            bench.took.clear()
            for _ in range(args.rounds):
                bench.round(args.sends)
                bench.round(args.sends, args.polls, args.streams)
    print(f"{args.polls} polls, {args.streams} streams, {args.rounds * args.sends} sends of each; ", end="")
    print(
        f"load {os.getloadavg()[0]:.1f}\n{'':<22}{'without':>10}{'with':>10}{'ratio':>8}{'worst':>10}   (ms)"
    )
    for what in WHAT[:4]:
        without, with_ = (statistics.median(bench.took[what, each]) * 1000 for each in (False, True))
        worst = max(bench.took[what, True]) * 1000
        print(f"{what:<22}{without:>10.1f}{with_:>10.1f}{with_ / without:>8.1f}{worst:>10.1f}")
    all_have_it = [1000 * each for each in bench.took[WHAT[4], True]]
    print(f"{WHAT[4]:<32}{statistics.median(all_have_it):>10.1f}{max(all_have_it):>18.1f}")


if __name__ == "__main__":
    main()
