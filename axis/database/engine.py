"""Opens a store: SQLite in WAL mode for one machine, PostgreSQL for many replicas.

Transactions are begun explicitly (on SQLite `BEGIN IMMEDIATE` to write), since by default SQLAlchemy begins
them late, and concurrent writers lose updates.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

from axis.database.failures import StoreHealth, failing, is_store_failure
from axis.database.full_store_probe import drop_filling, put_filling
from axis.database.injected_faults import StoreFaults, StoreFullError
from axis.database.transactions import Read, Write
from axis.database.writer import Item, Lane, Outcome, Replies, Writer
from axis.database.writer_client import Told, WriterAddress, WriterClient
from axis.database.writer_turns import announce, turn

T = TypeVar("T")

BUSY_TIMEOUT_SECONDS = 30
"""How long a write waits for another process (a command beside a running hub) to finish its own."""
STATEMENTS_KEPT = 512
"""Statements that each connection to SQLite keeps prepared: those of groups come in seven lengths."""
CONNECT_TIMEOUT_SECONDS = 10
"""How long a PostgreSQL server may take to answer at all, where the URL does not say."""
PROBE_ROWS = 256
"""A mebibyte in rows of four kibibytes: what fits may be a document."""
CACHE_KIB = 4 * 1024
"""The page cache of each connection. Beyond this size the system's cache is as good, and shared."""


class Database:
    """A store: many threads read it at once, and one thread writes it.

    The thread is one of this process, or of the writer process, where there is one (`client`). Then this
    process writes by itself only what `write` is given: on SQLite in turn with the writer, on PostgreSQL
    beside it.
    """

    def __init__(
        self,
        readers: Engine,
        writers: Engine,
        *,
        max_waiting: int,
        max_group: int,
        client: WriterClient | None = None,
    ) -> None:
        self._readers = readers
        self._writers = writers
        self._client = client
        self._writer = Writer(self._begin, max_waiting=max_waiting, max_group=max_group)
        self._health = StoreHealth()
        self.faults = StoreFaults()
        self.dialect = readers.dialect.name

    @property
    def failing(self) -> bool:
        """Whether a write failed for the store's sake and no `probe` has succeeded since, or none can."""
        return self._health.failing or (self._client is not None and not self._client.connected)

    @contextlib.asynccontextmanager
    async def attached(
        self, committed: Callable[[], object], look: Callable[[], object]
    ) -> AsyncIterator[None]:
        """Keep in touch with the writer process, where there is one, until the context ends.

        `committed` is called on the event loop whenever something was committed there; `look` in a thread
        when the store has changed otherwise.
        """
        if self._client is None:
            yield
            return
        async with self._client.running(Told(committed, look, self._health.failed)):
            yield

    def announce(self) -> None:
        """Have all processes of this hub look at the store, and wait until they have; from a thread.

        Raises:
            StoreFailing: when there is no writer process to tell them.

        """
        if self._client is not None:
            announce(self._client.path)

    @contextlib.contextmanager
    def read(self) -> Iterator[Read]:
        """Open a transaction that changes nothing.

        Raises:
            StoreFailing: when the store cannot be read.

        """
        try:
            with self._readers.begin() as connection:
                yield Read(connection)
        except Exception as error:
            if is_store_failure(error):
                raise failing(error) from error
            raise

    def write(self, work: Callable[[Write], T]) -> T:
        """Run the work in a transaction of its own, in the writer's queue, and wait until it is durable.

        Raises:
            Overloaded: when too much is waiting already.
            StoreFailing: when the store could not take it. Where the connection was lost in the very moment
                of the commit it may be there all the same.

        """
        return self._writer.run(work).result()

    def submit(self, lane: Lane[Item, Outcome], item: Item) -> "Future[Outcome]":
        """Queue an item; neighbours of one lane share a transaction. The future resolves once durable.

        Raises:
            Overloaded: when too much is waiting already. The future raises as `write` does.

        """
        return self._writer.submit(lane, item) if self._client is None else self._client.submit(item)

    def submit_async(self, lane: Lane[Item, Outcome], item: Item) -> "asyncio.Future[Outcome]":
        """Queue an item for the running event loop; otherwise as `submit`."""
        if self._client is not None:
            return self._client.submit_async(item)
        return self._writer.submit_async(lane, item)

    def submit_to(self, lane: Lane[Item, Outcome], item: Item, replies: Replies, key: object) -> None:
        """Queue an item whose outcome goes to `replies` under a key; otherwise as `submit`."""
        self._writer.submit_to(lane, item, replies, key)

    def hold_up(self, work: Callable[[], None]) -> None:
        """Queue work during which this process writes nothing else."""
        self._writer.hold_up(work)

    def after_commit(self, tell: Callable[[], object]) -> None:
        """Have a function called after each commit, in the writer's thread."""
        self._writer.after_commit(tell)

    def expect(self, on_their_way: Callable[[], int]) -> None:
        """Let groups wait a moment for items that are about to be queued; the function counts them."""
        (self._client or self._writer).expect(on_their_way)

    def probe(self) -> None:
        """Where a write failed, try another that is as large as some documents, and leave nothing behind.

        Raises:
            StoreFailing: as long as the store takes nothing.

        """
        if not self._health.failing:
            return
        self.write(lambda tx: put_filling(tx, PROBE_ROWS))
        self.write(drop_filling)
        self._health.recovered()

    def close(self) -> None:
        """Finish what is queued and close all connections."""
        self._writer.close()
        self._readers.dispose()
        self._writers.dispose()

    @contextlib.contextmanager
    def _begin(self) -> Iterator[Write]:
        try:
            with self._in_turn(), self._writers.begin() as connection:
                tx = Write(connection)
                yield tx
                self.faults.meet(tx)
        except Exception as error:
            if not isinstance(error, StoreFullError) and not is_store_failure(error):
                raise
            self._health.failed(error)
            self._writers.dispose()  # one opened while its file was read-only would stay so
            raise failing(error) from error

    def _in_turn(self) -> contextlib.AbstractContextManager[None]:
        """Wait for this process's turn, where another one writes the same SQLite store."""
        if self._client is None or self.dialect != "sqlite":
            return contextlib.nullcontext()
        return turn(self._client.path)


def open_database(
    url: str,
    *,
    readers: int = 8,
    max_waiting: int = 1024,
    max_group: int = 64,
    writer: WriterAddress | None = None,
) -> Database:
    """Open the store at an SQLAlchemy URL, without creating or migrating its tables.

    `readers` bounds the connections that read; `max_waiting` the writes that may queue; `max_group` the
    items that may share a transaction. `writer`: the process that items of lanes are written by.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        reading, writing = _sqlite_engines(parsed, readers)
    else:
        timed = parsed
        if "connect_timeout" not in parsed.query:
            timed = parsed.update_query_dict({"connect_timeout": str(CONNECT_TIMEOUT_SECONDS)})
        reading = create_engine(timed, pool_size=readers, max_overflow=0, pool_pre_ping=True)
        writing = create_engine(timed, pool_size=1, max_overflow=0, pool_pre_ping=True)
    client = None if writer is None else WriterClient(writer, max_waiting=max_waiting)
    return Database(reading, writing, max_waiting=max_waiting, max_group=max_group, client=client)


def sqlite_path(url: str) -> Path | None:
    """Return the file a SQLite URL names, or None for any other store."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def _sqlite_engines(url: URL, readers: int) -> tuple[Engine, Engine]:
    if url.database:
        path = Path(url.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # only the owner may read documents; SQLite gives its side files the same mode
    options: dict[str, Any] = {
        "poolclass": QueuePool,
        "max_overflow": 0,
        "connect_args": {
            "timeout": BUSY_TIMEOUT_SECONDS,
            "check_same_thread": False,
            "cached_statements": STATEMENTS_KEPT,
        },
    }
    reading = create_engine(url, pool_size=readers, **options)
    writing = create_engine(url, pool_size=1, **options)
    _prepare_sqlite(reading, begin="BEGIN")
    _prepare_sqlite(writing, begin="BEGIN IMMEDIATE")
    return reading, writing


def _prepare_sqlite(engine: Engine, *, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; `begin` below does
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.execute("PRAGMA temp_store=MEMORY")

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)
