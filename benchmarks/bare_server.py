"""The bare durable server: what this machine can do at most with one document a request.

It reads the same body, hashes the attachment, verifies one P-256 signature and commits one row; it has no
rules, ledger or receipts.
"""

import asyncio
import hashlib
import queue
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

import uvicorn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

SIGNED: Final = (
    b"what the signature covers: as many bytes as signed attributes have, some hundred and forty" * 2
)
_ALGORITHM: Final = ec.ECDSA(hashes.SHA256())
_ATTACHMENT: Final = b'name="attachment"'
_END: Final = b"\r\n--"
Row = tuple[bytes, int]


class Writer:
    """Appends rows on one thread, all that wait in one transaction."""

    def __init__(self, commit: Callable[[list[Row]], None], loop: asyncio.AbstractEventLoop) -> None:
        self._commit = commit
        self._loop = loop
        self._rows: queue.SimpleQueue[tuple[Row, asyncio.Future[None]]] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def append(self, row: Row) -> "asyncio.Future[None]":
        """Queue a row; the future resolves once it is durable."""
        done = self._loop.create_future()
        self._rows.put((row, done))
        return done

    def _work(self) -> None:
        while True:
            group = [self._rows.get()]
            while not self._rows.empty():
                group.append(self._rows.get())
            self._commit([row for row, _ in group])
            self._loop.call_soon_threadsafe(_resolve, [done for _, done in group])


def _resolve(group: "list[asyncio.Future[None]]") -> None:
    for done in group:
        if not done.done():
            done.set_result(None)


def open_sqlite(path: str) -> Callable[[list[Row]], None]:
    """Return what commits a group of rows to a SQLite file."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS bare"
        " (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, size INTEGER NOT NULL)"
    )

    def commit(rows: list[Row]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare (sha256, size) VALUES (?, ?)", rows)
        connection.execute("COMMIT")

    return commit


def open_postgresql(url: str) -> Callable[[list[Row]], None]:
    """Return what commits a group of rows to a PostgreSQL database."""
    import psycopg  # noqa: PLC0415 - only where it is asked for

    connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1))
    connection.execute("DROP TABLE IF EXISTS bare")
    connection.execute(
        "CREATE TABLE bare (id bigserial PRIMARY KEY, sha256 bytea NOT NULL, size bigint NOT NULL)"
    )
    connection.commit()

    def commit(rows: list[Row]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare (sha256, size) VALUES (%s, %s)", rows)
        connection.commit()

    return commit


def make_app(open_store: Callable[[], Callable[[list[Row]], None]]) -> Any:
    """Return the ASGI application."""
    key = ec.generate_private_key(ec.SECP256R1())
    signature = key.sign(SIGNED, _ALGORITHM)
    public = key.public_key()
    commit = open_store()
    writer: Writer | None = None

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal writer
        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        if scope["method"] == "POST":
            writer = writer or Writer(commit, asyncio.get_running_loop())
            pieces = []
            while True:
                message = await receive()
                pieces.append(message.get("body", b""))
                if not message.get("more_body"):
                    break
            body = b"".join(pieces)
            start = body.index(b"\r\n\r\n", body.index(_ATTACHMENT)) + 4
            attachment = body[start : body.rindex(_END)]
            digest = hashlib.sha256(attachment).digest()
            public.verify(signature, SIGNED, _ALGORITHM)
            await writer.append((digest, len(attachment)))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    return app


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


def main(port: int, url: str) -> None:
    """Serve on a port of loopback until told to stop; `url` as SQLAlchemy writes it."""
    if url.startswith("sqlite:///"):
        app = make_app(lambda: open_sqlite(url.removeprefix("sqlite:///")))
    else:
        app = make_app(lambda: open_postgresql(url))
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
