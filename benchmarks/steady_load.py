"""Sends documents to a hub at a steady rate, or as fast as they are answered, from a process of its own."""

import collections
import http.client
import itertools
import math
import multiprocessing
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.documents import ATTACHMENT_BYTES, Signer, post
from benchmarks.load_generator import ANSWER_SECONDS, LOOPBACK

CONNECTIONS = 8
AS_FAST_AS_ANSWERED = math.inf


class SteadyLoad:
    """Eight senders, each with a connection; they start at once."""

    def __init__(
        self, port: int, sender: dict[str, Any], *, first: int, seconds: float, per_second: float
    ) -> None:
        """Send for so many seconds. `sender` is what the sandbox answered; numbers go up from `first`."""
        context = multiprocessing.get_context("spawn")
        self._receiving, sending = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(port, sender, first, seconds, per_second, sending))
        self._process.start()
        sending.close()  # so that the end of a failed process is seen

    def is_done(self, seconds: float) -> bool:
        """Wait for the end, so many seconds at most; tell whether it has come."""
        return self._receiving.poll(seconds)

    def statuses(self) -> dict[int, int]:
        """Wait for the end; return how many answers had each status.

        Raises:
            EOFError: when the senders failed.

        """
        statuses: dict[int, int] = self._receiving.recv()
        self._process.join()
        return statuses


def _run(
    port: int, sender: dict[str, Any], first: int, seconds: float, per_second: float, told: Connection
) -> None:
    signer, numbers, lock = Signer.of(sender), itertools.count(), threading.Lock()
    statuses: collections.Counter[int] = collections.Counter()
    begun = time.monotonic()

    def send() -> None:
        with socket.create_connection((LOOPBACK, port), ANSWER_SECONDS) as sock:
            while time.monotonic() < begun + seconds:
                number = next(numbers)
                time.sleep(max(0.0, begun + number / per_second - time.monotonic()))
                sock.sendall(post(sender["token"], first + number, os.urandom(ATTACHMENT_BYTES), signer))
                response = http.client.HTTPResponse(sock)
                response.begin()
                response.read()
                with lock:
                    statuses[response.status] += 1

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for sender_done in [pool.submit(send) for _ in range(CONNECTIONS)]:
            sender_done.result()
    told.send(dict(statuses))
