"""A front process's connection to the writer process: sends it items, and receives their outcomes.

It runs on the front's event loop. When the writer is gone, items not yet sent go to the next one, and those
sent without an answer are in doubt.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, cast

from axis.database import writer_frames as frames
from axis.database.failures import RETRY_AFTER_SECONDS, StoreFailing
from axis.database.writer import set_all
from axis.protocol.errors import Overloaded

RETRY_SECONDS = 0.02
"""How often a front that lost the writer tries to reach the next one."""
PATIENCE_SECONDS = 10
"""How long items wait for a writer. Beyond that they are refused, until there is one again."""

_log = logging.getLogger("axis.database")


class InDoubt(StoreFailing):
    """The store of the hub cannot be used just now. Sending again later is safe.

    The writer was lost after it was given the item: it may have been written all the same.
    `retry_after_seconds`: when to come again, for the Retry-After header.
    """


@dataclass(frozen=True, slots=True)
class WriterAddress:
    """Where the writer process is found, and what each process has of its own."""

    path: str
    """A Unix socket in a folder that nobody else can enter."""
    shared: frames.Shared
    """Collaborators that items may name."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a front does when the writer tells it something. Called on the event loop."""

    committed: Callable[[], object]
    """Something was committed, here or from another front."""
    look: Callable[[], object]
    """The store has changed: forget what is remembered of it. Called in a thread."""
    failed: Callable[[Exception], object]
    """The store failed a write."""


@dataclass(slots=True)
class _Pending:
    payload: bytes
    """Empty once it was sent."""
    future: "asyncio.Future[Any]"


class WriterClient:
    """The lane to the writer process. Use it from the event loop, except `submit`."""

    def __init__(self, address: WriterAddress, *, max_waiting: int) -> None:
        self.path = address.path
        self._pickles = frames.ItemPickles(address.shared)
        self._max_waiting = max_waiting
        self._pending: dict[int, _Pending] = {}
        self._numbers = itertools.count(1)
        self._unsent: list[int] = []
        self._expected: Callable[[], int] = int
        self._transport: asyncio.Transport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lost = asyncio.Event()
        self._closing = False
        self._patience = 0.0
        self._flushing = False
        self._told: Told | None = None
        self._looks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether there is a writer just now."""
        return self._transport is not None

    def expect(self, on_their_way: Callable[[], int]) -> None:
        """Tell the writer with each item how many are on their way here, those that wait included."""
        self._expected = on_their_way

    @contextlib.asynccontextmanager
    async def running(self, told: Told) -> AsyncIterator[None]:
        """Keep a connection to the writer until the context ends; it begins once there is one."""
        self._loop = asyncio.get_running_loop()
        self._told = told
        self._patience = self._loop.time() + PATIENCE_SECONDS
        first = self._loop.create_future()
        task = self._loop.create_task(self._keep(first))
        await first
        try:
            yield
        finally:
            self._closing = True
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            if self._transport is not None:
                self._transport.abort()
            self._fail_all()

    def submit_async(self, item: object) -> "asyncio.Future[Any]":
        """Send an item of the running loop.

        Raises:
            Overloaded: when too many wait already, or there has been no writer for too long.

        """
        loop = asyncio.get_running_loop()
        if len(self._pending) >= self._max_waiting or self._closing:
            raise Overloaded(waiting=len(self._pending))
        if self._transport is None and loop.time() > self._patience:
            raise StoreFailing(retry_after_seconds=RETRY_AFTER_SECONDS)
        future: asyncio.Future[Any] = loop.create_future()
        number = next(self._numbers)
        self._pending[number] = _Pending(self._pickles.dumps(item), future)
        self._unsent.append(number)
        if not self._flushing and self._transport is not None:
            self._flushing = True
            loop.call_soon(self._flush)  # with all else that this turn of the loop brings
        return future

    def submit(self, item: object) -> "Future[Any]":
        """Send an item from another thread. The future raises as `submit_async` does."""
        found: Future[Any] = Future()
        if self._loop is None:
            raise Overloaded(waiting=0)

        async def send() -> Any:
            return await self.submit_async(item)

        try:
            found = asyncio.run_coroutine_threadsafe(send(), self._loop)
        except RuntimeError:
            raise Overloaded(waiting=0) from None
        return found

    def _flush(self) -> None:
        """Send what waits to be sent; items that nobody waits for any more are dropped."""
        self._flushing = False
        if self._transport is None:
            return
        parts: list[bytes] = [frames.frame(frames.EXPECT, self._expected())]
        for number in self._unsent:
            pending = self._pending[number]
            if pending.future.cancelled():
                del self._pending[number]
                continue
            parts.append(frames.frame(frames.ITEM, number, pending.payload))
            pending.payload = b""
        self._unsent.clear()
        self._transport.write(b"".join(parts))

    async def _keep(self, first: "asyncio.Future[None]") -> None:
        """Connect again and again; whenever the connection is lost, what was sent is in doubt."""
        assert self._loop is not None
        while True:
            with contextlib.suppress(OSError):
                await self._loop.create_unix_connection(lambda: _ClientProtocol(self), self.path)
                if not first.done():
                    first.set_result(None)
                await self._lost.wait()
                self._patience = self._loop.time() + PATIENCE_SECONDS
            if self._loop.time() > self._patience:
                self._fail_all()
                if not first.done():
                    first.set_exception(StoreFailing(retry_after_seconds=RETRY_AFTER_SECONDS))
            await asyncio.sleep(RETRY_SECONDS)

    def connected_to(self, transport: asyncio.Transport) -> None:
        """Begin to speak on a new connection."""
        self._lost.clear()
        self._transport = transport
        transport.write(frames.frame(frames.FRONT))
        if self._unsent:
            self._flush()

    def disconnected(self) -> None:
        """Tell those whose items were sent and not answered that these are in doubt."""
        self._transport = None
        doubtful = [number for number, pending in self._pending.items() if not pending.payload]
        if doubtful and not self._closing:
            _log.warning("the writer was lost", extra={"facts": {"in_doubt": len(doubtful)}})
        doubt = InDoubt(retry_after_seconds=RETRY_AFTER_SECONDS)
        set_all([(self._pending.pop(number).future, doubt) for number in doubtful])
        self._lost.set()

    def take(self, letter: bytes, number: int, payload: bytes) -> None:
        """Do what the writer says."""
        assert self._told is not None
        if letter == frames.SETTLED:
            self._settle(self._pickles.loads(payload))
            self._told.committed()
        elif letter == frames.COMMITTED:
            self._told.committed()
        elif letter == frames.LOOK:
            task = asyncio.get_running_loop().create_task(self._look(number, self._told.look))
            self._looks.add(task)
            task.add_done_callback(self._looks.discard)
        else:
            raise frames.FrameError(letter)

    def _settle(self, outcomes: Sequence[tuple[int, Any]]) -> None:
        assert self._told is not None
        found = [(self._pending.pop(number), outcome) for number, outcome in outcomes]
        for _, outcome in found:
            if isinstance(outcome, StoreFailing):
                self._told.failed(outcome)
        set_all([(pending.future, outcome) for pending, outcome in found])

    async def _look(self, number: int, look: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(look)
        except StoreFailing:
            return  # it looks again by itself
        if self._transport is not None:
            self._transport.write(frames.frame(frames.LOOKED, number))

    def _fail_all(self) -> None:
        pending, self._pending = self._pending, {}
        self._unsent.clear()
        error = StoreFailing(retry_after_seconds=RETRY_AFTER_SECONDS)
        set_all([(each.future, error) for each in pending.values()])


class _ClientProtocol(asyncio.Protocol):
    """One connection to a writer."""

    def __init__(self, client: WriterClient) -> None:
        self._client = client
        self._reader = frames.FrameReader()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        self._client.connected_to(self._transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self._client.disconnected()

    def data_received(self, data: bytes) -> None:
        try:
            for letter, number, payload in self._reader.feed(data):
                self._client.take(letter, number, payload)
        except frames.FrameError:
            _log.exception("the writer speaks another language")
            if self._transport is not None:
                self._transport.abort()
