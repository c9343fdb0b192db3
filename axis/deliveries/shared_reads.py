"""Lets readers who want the same page at the same time share one read of the store.

A reader gets the result of a read that began after it asked, so that it misses no later commit.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from axis.deliveries.fair_turns import FairTurns
from axis.protocol.errors import Overloaded

AT_ONCE = 8
"""Readers that go on together: between them others have their turn, instead of waiting for hundreds."""

T = TypeVar("T")
_Readers = list["asyncio.Future[Any]"]


class SharedReads:
    """Reads under way and about to begin, by what they read; used from one event loop."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        """Have at most `at_once` reads under way, in threads of their own, and `most_waiting` waiting."""
        self._turns = FairTurns(at_once, most_waiting)
        self._threads = CapacityLimiter(at_once)
        self._next: dict[Hashable, _Readers] = {}
        self._running: dict[Hashable, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def read(self, owner: Hashable, wanted: Hashable, read: Callable[[], T]) -> T:
        """Run `read` in a thread, once for all who ask for what is `wanted` before it begins.

        Who asks while one runs gets the next, which begins when that one has ended. What `read` raises is
        raised to all of them. Owners have their reads in turn, whoever asks for more.

        Raises:
            Overloaded: when too much of this owner waits already.

        """
        mine: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        readers = self._next.get(wanted)
        if readers is None:
            self._next[wanted] = [mine]
            task = asyncio.create_task(self._run(owner, wanted, read))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            readers.append(mine)
        return await mine

    async def _run(self, owner: Hashable, wanted: Hashable, read: Callable[[], object]) -> None:
        before = self._running.get(wanted)
        if before is None:
            await asyncio.sleep(0)  # those woken together ask together
        else:
            await before.wait()
        result: object = None
        failure: Exception | None = None
        try:
            async with self._turns.one(owner):  # who asks meanwhile is still in time for this read
                ended = self._running[wanted] = asyncio.Event()
                readers = self._next.pop(wanted)
                try:
                    result = await to_thread.run_sync(read, limiter=self._threads)
                except Exception as error:  # noqa: BLE001 - it is for the readers to handle
                    failure = error
                finally:
                    ended.set()
                    if self._running.get(wanted) is ended:
                        del self._running[wanted]
        except Overloaded as error:
            readers, failure = self._next.pop(wanted), error
        for start in range(0, len(readers), AT_ONCE):
            for reader in readers[start : start + AT_ONCE]:
                if reader.done():
                    continue  # it left
                if failure is None:
                    reader.set_result(result)
                else:
                    reader.set_exception(failure)
            await asyncio.sleep(0)
