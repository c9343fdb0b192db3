"""Gives agencies turns at something that a few may do at once: one agency after the other.

An agency that asks for much waits for itself. How much may wait is limited, for each and together; beyond
that it is told to come again.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Hashable

from axis.protocol.errors import Overloaded

RETRY_AFTER_SECONDS = 1


class FairTurns:
    """Turns among owners; used from one event loop."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        """Let `at_once` go on at a time, and `most_waiting` wait."""
        self._free = at_once
        self._most_waiting = most_waiting
        self._waiting = 0
        self._queues: dict[Hashable, deque[asyncio.Future[None]]] = {}
        """The owners who wait, in the order of their next turns."""

    @contextlib.asynccontextmanager
    async def one(self, owner: Hashable) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Raises:
            Overloaded: when too much of this owner waits already.

        """
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(owner)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, owner: Hashable) -> None:
        queue = self._queues.get(owner)
        if (len(queue) if queue else 0) >= self._most_waiting - self._waiting:
            raise Overloaded(retry_after_seconds=RETRY_AFTER_SECONDS)
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(owner, deque()).append(turn)
        self._waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()  # it was given in the very moment
            raise

    def _pass_on(self) -> None:
        """Give the turn to the next owner who still waits."""
        while self._queues:
            owner, queue = next(iter(self._queues.items()))
            del self._queues[owner]
            turn = queue.popleft()
            self._waiting -= 1
            if queue:
                self._queues[owner] = queue  # at the end: the others come first
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
