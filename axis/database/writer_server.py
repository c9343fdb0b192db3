"""The writer process's side of its connections: takes items from the fronts, and sends back their outcomes.

Items wait in the queue of `axis.database.writer`. A front's own transactions wait for their turn in the same
queue.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from axis.database import writer_frames as frames
from axis.database.writer import Lane, Replies
from axis.protocol.errors import InternalError, Overloaded

TURN_SECONDS = 30
"""How long one turn may hold all others up. Beyond that the store's own lock keeps order."""
ANNOUNCE_SECONDS = 5
"""How long fronts may take to look at a change, and a front that is not connected to come back."""

_log = logging.getLogger("axis.database")


class Queue(Protocol):
    """The queue that items wait in (`axis.database.Database`)."""

    def submit_to(self, lane: Lane[Any, Any], item: Any, replies: Replies, key: object) -> None:
        """Queue an item."""

    def hold_up(self, work: Callable[[], None]) -> None:
        """Queue work during which nothing is written."""

    def expect(self, on_their_way: Callable[[], int]) -> None:
        """Let groups wait a moment for items on their way."""

    def after_commit(self, tell: Callable[[], object]) -> None:
        """Have a function called after each commit."""


class WriterServer:
    """All connections of the writer process. Use it from the event loop."""

    def __init__(
        self,
        queue: Queue,
        lane: Lane[Any, Any],
        shared: frames.Shared,
        look: Callable[[], None],
        *,
        fronts: int,
    ) -> None:
        self.queue = queue
        self.lane = lane
        self.pickles = frames.ItemPickles(shared)
        self._look = look
        self._wanted = fronts
        self.connections: set[_Connection] = set()
        self.fronts: set[_Connection] = set()
        """Those of the connections that are of fronts."""
        self.loop = asyncio.get_running_loop()
        self._announced = 0
        self._changed = asyncio.Condition()
        queue.expect(lambda: sum(front.expected for front in tuple(self.fronts)))
        queue.after_commit(self._note_commit)

    @contextlib.asynccontextmanager
    async def listening(self, path: str) -> AsyncIterator[None]:
        """Take connections until the context ends; whoever is connected then is cut off."""
        await asyncio.to_thread(Path(path).unlink, missing_ok=True)  # of a writer that was killed
        server = await self.loop.create_unix_server(lambda: _Connection(self), path)
        try:
            yield
        finally:
            server.close()
            for connection in tuple(self.connections):
                connection.close()
            await asyncio.sleep(0)  # what was said last is sent

    async def announce(self) -> None:
        """Have this process and every front look at the store, and wait until they have."""
        await asyncio.to_thread(self._look)
        self._announced += 1
        number = self._announced
        for front in self.fronts:
            front.send(frames.frame(frames.LOOK, number))

        def all_have() -> bool:
            return len(self.fronts) >= self._wanted and all(front.looked >= number for front in self.fronts)

        async with self._changed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait_for(all_have), ANNOUNCE_SECONDS)

    async def note(self) -> None:
        """Let announcements see that a front has come, gone or looked."""
        async with self._changed:
            self._changed.notify_all()

    def joined(self, front: "_Connection") -> None:
        """Count a connection as a front, and have it look at the store: it may have missed changes."""
        self.fronts.add(front)
        front.send(frames.frame(frames.LOOK, self._announced))

    def _note_commit(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed
            self.loop.call_soon_threadsafe(self._tell_committed)

    def _tell_committed(self) -> None:
        for front in self.fronts:
            if not front.was_told:
                front.send(frames.frame(frames.COMMITTED))
            front.was_told = False


class _Connection(asyncio.Protocol):
    """One connection: a front's, or one for turns and announcements. It is the `Replies` of its items."""

    def __init__(self, server: WriterServer) -> None:
        self._server = server
        self._reader = frames.FrameReader()
        self._transport: asyncio.Transport | None = None
        self._turn: threading.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.expected = 0
        """The items that are on their way from here, or wait."""
        self.looked = -1
        """The number of the last change that this front has looked at."""
        self.was_told = False
        """Whether outcomes of the last group went here, which say that something was committed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        self._server.connections.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        self._server.connections.discard(self)
        self._end_turn()
        if self in self._server.fronts:
            self._server.fronts.discard(self)
            self._run(self._server.note())

    def data_received(self, data: bytes) -> None:
        try:
            for letter, number, payload in self._reader.feed(data):
                self._take(letter, number, payload)
        except frames.FrameError:
            _log.exception("a process speaks to the writer in another language")
            self.close()

    def send(self, data: bytes) -> None:
        """Send a frame, unless the connection is gone."""
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """End it, once what was said is sent."""
        if self._transport is not None:
            self._transport.close()

    def _take(self, letter: bytes, number: int, payload: bytes) -> None:
        if letter == frames.ITEM:
            self._queue_item(number, payload)
        elif letter == frames.EXPECT:
            self.expected = number
        elif letter == frames.LOOKED:
            self.looked = max(self.looked, number)
            self._run(self._server.note())
        elif letter == frames.FRONT:
            self._server.joined(self)
            self._run(self._server.note())
        elif letter == frames.TURN:
            self._queue_turn()
        elif letter == frames.ANNOUNCE:
            self._run(self._announce())
        else:
            raise frames.FrameError(letter)

    async def _announce(self) -> None:
        await self._server.announce()
        self.send(frames.frame(frames.ANNOUNCE))

    def _queue_item(self, number: int, payload: bytes) -> None:
        try:
            item = self._server.pickles.loads(payload)
            self._server.queue.submit_to(self._server.lane, item, self, number)
        except Overloaded as refusal:
            self._reply([(number, refusal)])
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the item that caused it
            self._reply([(number, error)])

    # As `Replies`, from the writer's thread:

    def wanted(self, _key: int) -> bool:
        return self._transport is not None

    def settle(self, outcomes: Sequence[tuple[int, Any]]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed
            self._server.loop.call_soon_threadsafe(self._settle, outcomes)

    def _settle(self, outcomes: Sequence[tuple[int, Any]]) -> None:
        self.was_told = True
        self._reply(outcomes)

    def _reply(self, outcomes: Sequence[tuple[int, Any]]) -> None:
        self.expected = max(0, self.expected - len(outcomes))
        try:
            payload = self._server.pickles.dumps(outcomes)
        except Exception:  # noqa: BLE001 - an exception of a library may hold what cannot be sent
            _log.exception("an outcome cannot be sent to the front")
            payload = self._server.pickles.dumps([(number, _sendable(each)) for number, each in outcomes])
        self.send(frames.frame(frames.SETTLED, 0, payload))

    # Turns

    def _queue_turn(self) -> None:
        turn = self._turn = threading.Event()

        def hold() -> None:
            if self._transport is None:
                return
            self._server.loop.call_soon_threadsafe(self.send, frames.frame(frames.GRANTED))
            if not turn.wait(TURN_SECONDS):
                _log.error("a process took too long over its turn to write")

        self._server.queue.hold_up(hold)

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._turn.set()
            self._turn = None

    def _run(self, work: Any) -> None:
        task = self._server.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _sendable(outcome: Any) -> Any:
    return InternalError() if isinstance(outcome, Exception) else outcome
