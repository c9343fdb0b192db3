"""One read of the store for all who want the same: what a page costs is paid once, not once a reader.

It keeps nothing: whoever asks is answered from a read that began after it asked. So sharing can be told by
nobody, and a cursor neither skips nor doubles anything.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from fastapi.concurrency import run_in_threadpool

AT_ONCE = 8
"""Readers that go on together: between them others have their turn, instead of waiting for hundreds."""

T = TypeVar("T")
_Readers = list["asyncio.Future[Any]"]


class SharedReads:
    """Reads under way and about to begin, by what they read; used from one event loop."""

    def __init__(self) -> None:
        self._next: dict[Hashable, _Readers] = {}
        self._running: dict[Hashable, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def read(self, wanted: Hashable, read: Callable[[], T]) -> T:
        """Run `read` in a thread, once for all who ask for what is `wanted` before it begins.

        Who asks while one runs gets the next, which begins when that one has ended. What `read` raises is
        raised to all of them.
        """
        mine: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        readers = self._next.get(wanted)
        if readers is None:
            self._next[wanted] = [mine]
            task = asyncio.create_task(self._run(wanted, read))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            readers.append(mine)
        return await mine

    async def _run(self, wanted: Hashable, read: Callable[[], object]) -> None:
        before = self._running.get(wanted)
        if before is None:
            await asyncio.sleep(0)  # those woken together ask together
        else:
            await before.wait()
        ended = self._running[wanted] = asyncio.Event()
        readers = self._next.pop(wanted)
        try:
            result, failure = await run_in_threadpool(read), None
        except Exception as error:  # noqa: BLE001 - it is for the readers to handle
            result, failure = None, error
        finally:
            ended.set()
            if self._running.get(wanted) is ended:
                del self._running[wanted]
        for start in range(0, len(readers), AT_ONCE):
            for reader in readers[start : start + AT_ONCE]:
                if reader.done():
                    continue  # it left
                if failure is None:
                    reader.set_result(result)
                else:
                    reader.set_exception(failure)
            await asyncio.sleep(0)
